import type { MoneyWorld } from './money-world.ts';
import { until } from './until.ts';

/** The warehouse's sessions that rows are being copied through at this moment. */
export async function copyPids(world: MoneyWorld): Promise<string[]> {
  const { rows } = await world.intrude(
    `select pid::text as pid from pg_stat_progress_copy
     where datname = current_database() and command = 'COPY FROM' and tuples_processed > 0`,
  );
  return rows.map(({ pid }) => pid as string);
}

/** Whether rows are being copied into the warehouse at this moment. */
export async function isCopying(world: MoneyWorld): Promise<boolean> {
  return (await copyPids(world)).length > 0;
}

/** Whether a session of the worker has written data, more than a line of progress, in a transaction that is still open. */
export async function isWriting(world: MoneyWorld): Promise<boolean> {
  const { rowCount } = await world.intrude(
    `select 1 from pg_stat_activity
     where datname = current_database() and application_name = 'tickmark' and backend_xid is not null
       and query not like 'insert into audit.step_events%'`,
  );
  return rowCount !== 0;
}

/** Whether work of the worker is under way that a fault would hit: rows on their way, or an open transaction that wrote. */
export async function isInFlight(world: MoneyWorld): Promise<boolean> {
  return (await isCopying(world)) || (await isWriting(world));
}

/** What a fault waits for. Reading begins with the first session on the source, before any row has come. */
type Moment = 'copying' | 'putting in place' | 'reading';

/** Waits for work in flight, or for the run's end: then it is false. */
export async function untilInFlight(world: MoneyWorld, moment: Moment, isOver: () => boolean): Promise<boolean> {
  const ask = async (): Promise<boolean> => {
    if (moment === 'copying') return isCopying(world);
    if (moment === 'reading') return (await world.readers()) > 0;
    return (await isWriting(world)) && !(await isCopying(world));
  };
  const found = await until(
    `the worker to be ${moment}`,
    // While the warehouse is away there is nothing to see.
    async () => (isOver() ? 'over' : (await ask().catch(() => false)) ? 'in flight' : undefined),
    { timeoutMs: 240_000, everyMs: 10 },
  );
  return found === 'in flight';
}
