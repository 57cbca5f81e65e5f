import type { Session } from '../warehouse/warehouse.ts';

/** Does work and takes back what it did to the session: rows that it changed, and the locks on what it read. */
export async function takenBack<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.execute('savepoint taken_back');
  try {
    return await work();
  } finally {
    await session.execute('rollback to savepoint taken_back');
    await session.execute('release savepoint taken_back');
  }
}
