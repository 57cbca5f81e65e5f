import type { Session, Warehouse } from '../warehouse/warehouse.ts';

/** Ends a transaction on purpose. */
class RolledBack extends Error {}

/** Does work in a transaction that is rolled back whatever happens: when the process dies, the server does it. */
export async function rollBack<T>(warehouse: Warehouse, work: (session: Session) => Promise<T>): Promise<T> {
  let done: { readonly result: T } | undefined;
  try {
    await warehouse.transaction(async (session) => {
      done = { result: await work(session) };
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack) || done === undefined) throw error;
  }
  return (done as unknown as { readonly result: T }).result;
}
