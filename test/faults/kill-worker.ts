import type { TestWorld } from '../setup/test-world.ts';
import { until } from './until.ts';

/** `kill -9` of the worker that runs, and a wait until another one was started in its place. */
export async function killWorker(world: TestWorld): Promise<void> {
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
 * Kills the worker when the pull of the ledger is recorded but Temporal was not told: the worker still waits for the source to
 * end its session, which is stopped meanwhile.
 */
export async function killBeforeAcknowledging(world: TestWorld): Promise<void> {
  await holdInserts(world, 'pulls');
  await untilWaiting(world, 'pulls', 1);
  const { rows } = await world.erp.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'tickmark extract' and datname = current_database()`,
  );
  if (rows.length !== 1) throw new Error(`${rows.length} sessions read the source, expected 1`);
  const backend = rows[0]!.pid;
  process.kill(backend, 'SIGSTOP');
  try {
    await letInserts(world);
    await until('the pull to be recorded', async () => {
      const { rowCount } = await world.intruder.query(`select 1 from audit.pulls where source = 'erp'`);
      return rowCount === 1;
    });
    await killWorker(world);
  } finally {
    process.kill(backend, 'SIGCONT');
  }
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
