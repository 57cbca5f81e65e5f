import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** Does work; when the warehouse refuses, takes back what was done of it and gives undefined. */
export async function attempt<T>(session: Session, work: () => Promise<T>): Promise<T | undefined> {
  await session.execute('savepoint attempt');
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint attempt');
    return undefined;
  } finally {
    await session.execute('release savepoint attempt');
  }
}
