import { EngineError } from '../engine/errors.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import type { CliContext } from './context.ts';
import type { TemporalTarget } from './with-temporal.ts';
import { interruptible } from './interruptible.ts';
import { withWarehouse } from './with-warehouse.ts';

/**
 * Opens warehouse and Temporal, with a worker of its own where they are embedded; a configured Temporal server has its workers
 * already.
 */
export function withWorker<T>(
  { root, context }: { readonly root: string; readonly context: CliContext },
  work: (opened: { readonly temporal: TemporalTarget; readonly warehouse: Warehouse }) => Promise<T>,
): Promise<T> {
  return withWarehouse({ root, temporal: true }, context, async ({ world, warehouse }) => {
    if (world.temporal === null) throw new EngineError('TEMPORAL_UNREACHABLE', 'no Temporal server was opened');
    const worker = world.temporal.kind === 'embedded' ? await context.spawnWorker(world, context.say) : undefined;
    try {
      return await interruptible(work({ temporal: world.temporal, warehouse }), context);
    } finally {
      await worker?.stop();
    }
  });
}
