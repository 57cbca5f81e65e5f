import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import type { CliContext, WorldOptions } from './context.ts';

/** Work that may or may not ask the warehouse: servers are opened at its first question, and closed after it. */
export async function withLazyWarehouse<T>(
  options: WorldOptions & { readonly readOnly?: boolean },
  context: CliContext,
  work: (open: () => Promise<Warehouse>) => Promise<T>,
): Promise<T> {
  const done = Promise.withResolvers<void>();
  let opening: Promise<Warehouse> | undefined;
  let closed: Promise<void> | undefined;
  const open = (): Promise<Warehouse> => {
    opening ??= new Promise((resolve, reject) => {
      closed = import('./with-warehouse.ts')
        .then(({ withWarehouse }) =>
          withWarehouse(options, context, ({ warehouse }) => {
            resolve(warehouse);
            return done.promise;
          }),
        )
        .catch(reject);
    });
    return opening;
  };
  try {
    return await work(open);
  } finally {
    done.resolve();
    await closed;
  }
}
