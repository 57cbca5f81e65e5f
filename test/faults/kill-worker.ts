import type { TestWorld } from '../setup/test-world.ts';
import { until } from './until.ts';

/** `kill -9` of the worker that runs, and a wait until another one was started in its place. */
export async function killWorker(world: Pick<TestWorld, 'workerPid'>): Promise<void> {
  const pid = world.workerPid();
  if (pid === undefined) throw new Error('no worker runs');
  process.kill(pid, 'SIGKILL');
  await until('a new worker', () => {
    const next = world.workerPid();
    return next !== undefined && next !== pid;
  });
}

/** Kills the worker once a write is seen to be under way; gives how many rows it had written by then. */
export async function killMidWrite(
  world: TestWorld,
  write: { readonly rowsSoFar: () => Promise<number>; readonly atLeast: number; readonly below: number },
): Promise<number> {
  const rows = await until('rows to be written', async () => {
    const written = await write.rowsSoFar();
    return written >= write.atLeast && written;
  });
  if (rows >= write.below) throw new Error(`the write was over before the kill: ${rows} rows`);
  await killWorker(world);
  return rows;
}

/** Rows that a COPY into the ledger's landing table has processed at this moment; 0 when none runs. */
export async function rowsInCopy(world: TestWorld): Promise<number> {
  const { rows } = await world.intruder.query<{ tuples: number }>(
    `select p.tuples_processed::int as tuples from pg_stat_progress_copy p join pg_stat_activity a using (pid)
     where a.datname = current_database() and a.query like 'copy "raw_erp"."gl_detail__r%'`,
  );
  return rows[0]?.tuples ?? 0;
}

/**
 * Kills the worker while its open transaction waits to insert into a table of the audit schema: what the transaction wrote
 * before is in flight, and nothing of it is committed.
 */
export async function killAtInsert(world: TestWorld, into: string, waiting: number): Promise<void> {
  await holdInserts(world, into);
  await untilWaiting(world, into, waiting);
  await killWorker(world);
  await letInserts(world);
}

/**
 * Kills the worker when it has said COMMIT of the pull of the ledger: the pull is recorded, but neither the worker nor Temporal
 * was told. The commit waits for a lock of ours meanwhile, and goes on when its client is long dead.
 */
export async function killBeforeAcknowledging(world: TestWorld): Promise<void> {
  const { intruder } = world;
  await intruder.query(`
    select pg_advisory_lock(20071231);
    create function public.slow_commit() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(20071231);
      return null;
    end
    $$;
    create constraint trigger slow_commit after insert on audit.pulls deferrable initially deferred
    for each row when (new.source = 'erp') execute function public.slow_commit();
  `);
  await until('the pull to commit', async () => {
    const { rowCount } = await intruder.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event = 'advisory' and query = 'commit'`,
    );
    return rowCount === 1;
  });
  await killWorker(world);
  await intruder.query('select pg_advisory_unlock(20071231)');
  await until('the pull to be recorded', async () => {
    const { rowCount } = await intruder.query(`select 1 from audit.pulls where source = 'erp'`);
    return rowCount !== 0;
  });
  await intruder.query('drop trigger slow_commit on audit.pulls; drop function public.slow_commit()');
}

/** From here on inserts into a table of the audit schema wait; reading it goes on. */
export async function holdInserts(world: TestWorld, table: string): Promise<void> {
  await world.intruder.query(`begin; lock table audit.${table} in exclusive mode`);
}

/** Waits until so many sessions wait to insert. */
export async function untilWaiting(
  world: TestWorld,
  table: string,
  sessions: number,
  options: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const waiting = 'select 1 from pg_locks where relation = $1::regclass and not granted';
  await until(
    `${sessions} inserts into ${table}`,
    async () => (await world.intruder.query(waiting, [`audit.${table}`])).rowCount === sessions,
    options,
  );
}

/** Lets the inserts go on that `holdInserts` held. */
export async function letInserts(world: TestWorld): Promise<void> {
  await world.intruder.query('rollback');
}
