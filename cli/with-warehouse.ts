import { migrate } from '../engine/warehouse/migrate.ts';
import { openWarehouse } from '../engine/warehouse/warehouse.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import type { CliContext, World, WorldOptions } from './context.ts';

/** Opens the servers that a command needs and the warehouse on them, and closes what it opened whatever happens. */
export async function withWarehouse<T>(
  options: WorldOptions & { readonly readOnly?: boolean },
  context: CliContext,
  work: (opened: { readonly world: World; readonly warehouse: Warehouse }) => Promise<T>,
): Promise<T> {
  const world = await context.openWorld(options);
  try {
    await migrate(world.warehouseUrl);
    const warehouse = openWarehouse(world.warehouseUrl, { maxSessions: 4, readOnly: options.readOnly ?? false });
    try {
      return await work({ world, warehouse });
    } finally {
      await warehouse.close();
    }
  } finally {
    await world.stop();
  }
}
