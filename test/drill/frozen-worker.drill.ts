import { expect, test } from 'vitest';
import { compareRows } from '../faults/compare-rows.ts';
import { freezeWorker } from '../faults/freeze-worker.ts';
import { holdInserts, letInserts, rowsInCopy, untilWaiting } from '../faults/kill-worker.ts';
import { naiveTable, naiveWorker } from '../faults/naive-worker.ts';
import { readFigures } from '../faults/read-figures.ts';
import { slowLedger } from '../faults/slow-ledger.ts';
import { until } from '../faults/until.ts';
import { inWorld } from '../setup/in-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

/** Landing takes nine seconds, so that two workers can be in the middle of it together. */
const PAUSE_MS = 3;
/** A frozen worker still has tasks handed to it, each of which must miss its heartbeat before the other gets it. */
const LONG = { timeoutMs: 200_000 };

interface Outcome {
  readonly moment: string;
  readonly frozenForS: number;
  readonly stale: number;
  readonly lost: number;
  readonly doubled: number;
}

test('a worker that freezes past its heartbeat and thaws after another took over writes nothing stale', async () => {
  const calm = await inWorld(async (world) => {
    const { report } = await world.refresh();
    return readFigures(report, world.warehouse);
  });
  const asCalm = async (world: TestWorld, run: Refreshed): Promise<void> => {
    expect(run.failure).toBeNull();
    expect(await readFigures(run.report, world.warehouse)).toEqual(calm);
  };
  const landing = async (): Promise<Outcome[]> => [
    await frozenInLanding('while the other lands', asCalm),
    await frozenInLanding('before the rows are put in place', asCalm),
    await frozenInLanding('after the run has ended', asCalm),
  ];
  const transactions = async (): Promise<Outcome[]> => [
    await frozenInTransaction('tie_outs', 2, asCalm),
    await frozenInTransaction('builds', 1, asCalm),
    await frozenInTransaction('publications', 1, asCalm),
  ];
  // Each waits for heartbeats and idle sessions to run out: three lanes take as long as the longest.
  const [landed, committed, control] = await Promise.all([
    landing(),
    transactions(),
    frozenInLanding('while the other lands', () => undefined, naiveWorker('delete-and-insert')),
  ]);
  const outcomes = [...landed, ...committed];

  const sum = (figure: 'stale' | 'lost' | 'doubled'): number =>
    outcomes.reduce((total, outcome) => total + outcome[figure], 0);
  console.log(
    `${outcomes.length} pauses of ${outcomes.map(({ frozenForS }) => frozenForS).join(', ')} s, ${sum('stale')} stale writes accepted, ` +
      `${sum('lost')} rows lost, ${sum('doubled')} doubled (control, delete and insert in one transaction: ${control.doubled} doubled)`,
  );
  for (const { stale, lost, doubled } of outcomes)
    expect({ stale, lost, doubled }).toEqual({ stale: 0, lost: 0, doubled: 0 });
  expect(control.doubled).toBeGreaterThan(0);
});

type Refreshed = Awaited<ReturnType<TestWorld['refresh']>>;
type Judge = (world: TestWorld, run: Refreshed) => Promise<void> | undefined;
type Moment = 'while the other lands' | 'before the rows are put in place' | 'after the run has ended';

/** Freezes the worker in the middle of its COPY, lets another one take over, and thaws it at a moment. */
function frozenInLanding(moment: Moment, judge: Judge, program?: readonly string[]): Promise<Outcome> {
  return inWorld(async (world) => {
    const ledger = await slowLedger(world.erp);
    await ledger.pause(PAUSE_MS);
    await world.startWorker(program);
    const refreshed = world.refresh();
    refreshed.catch(() => undefined);
    await until('the COPY to be half done', async () => (await rowsInCopy(world)) > 5_000);
    if (moment === 'before the rows are put in place') await holdInserts(world, 'tie_outs');

    const { thaw, frozenForS, stop } = await freezeWorker(world, program);
    try {
      let run: Refreshed;
      let stale: number;
      if (moment === 'after the run has ended') {
        await ledger.pause(0);
        run = await refreshed;
        stale = await recordsChanged(world, () => thawToTheEnd(world, thaw));
      } else if (moment === 'before the rows are put in place') {
        await ledger.pause(0);
        await untilWaiting(world, 'tie_outs', 2, LONG);
        stale = await recordsChanged(world, () => thawToTheEnd(world, thaw));
        await letInserts(world);
        run = await refreshed;
      } else {
        await until('the other worker to be in its COPY', async () => (await copies(world)) === 2, LONG);
        await thawToTheEnd(world, thaw);
        run = await refreshed;
        // Either attempt may be the one whose rows count: the one that was recorded first, and no other.
        stale = (await pullsOnRecord(world)) - 1;
      }
      await judge(world, run);
      const landed = program ? `raw_erp.${naiveTable(run.report.runNo, 'gl_detail')}` : undefined;
      return { moment, frozenForS: frozenForS(), stale, ...(await compareRows(world, landed)) };
    } finally {
      thaw();
      await stop();
    }
  });
}

/** Freezes the worker while its transaction waits to insert into a table of the audit schema, and thaws it after the run. */
function frozenInTransaction(table: string, waiting: number, judge: Judge): Promise<Outcome> {
  return inWorld(async (world) => {
    await world.startWorker();
    await holdInserts(world, table);
    const refreshed = world.refresh();
    refreshed.catch(() => undefined);
    await untilWaiting(world, table, waiting);
    const { thaw, frozenForS, stop } = await freezeWorker(world);
    try {
      await letInserts(world);
      const run = await refreshed;
      const stale = await recordsChanged(world, async () => {
        thaw();
        await until('the thawed worker to find out', () => failedSteps(world));
      });
      await judge(world, run);
      return { moment: table, frozenForS: frozenForS(), stale, ...(await compareRows(world)) };
    } finally {
      thaw();
      await stop();
    }
  });
}

async function copies(world: TestWorld): Promise<number> {
  const { rowCount } = await world.intruder.query(
    `select 1 from pg_stat_progress_copy p join pg_stat_activity a using (pid)
     where a.datname = current_database() and a.query like 'copy "raw_erp"."gl_detail%'`,
  );
  return rowCount ?? 0;
}

/** Thaws the worker and waits until it has let go of the source: its attempt at the pull is then at its end. */
async function thawToTheEnd(world: TestWorld, thaw: () => void): Promise<void> {
  thaw();
  await until('the thawed attempt to end', async () => {
    const { rowCount } = await world.erp.query(
      `select 1 from pg_stat_activity where application_name = 'tickmark extract' and datname = current_database()`,
    );
    return rowCount === 0;
  });
}

/** The frozen attempt's own word that it failed: its session was ended while it slept. */
async function failedSteps(world: TestWorld): Promise<boolean> {
  const rows = await world.warehouse.query(
    `select 1 as one from audit.step_events where event = 'failed' and attempt = 1`,
  );
  return rows.length > 0;
}

/** How many links of the ledger, pulls and tie-outs came, went or changed while something was done. */
async function recordsChanged(world: TestWorld, act: () => Promise<void>): Promise<number> {
  const before = new Set(await recordsOf(world));
  await act();
  const after = new Set(await recordsOf(world));
  expect(before.size).toBeGreaterThan(0);
  return (
    [...before].filter((record) => !after.has(record)).length +
    [...after].filter((record) => !before.has(record)).length
  );
}

async function recordsOf(world: TestWorld): Promise<string[]> {
  const rows = await world.warehouse.query(
    `select 'ledger ' || hash as record from audit.ledger
     union all select 'pull ' || source || table_name || beside_table || md5(manifest) from audit.pulls
     union all select 'tie-out ' || source || table_name || content_hash || added_rows from audit.tie_outs`,
  );
  return rows.map(({ record }) => record as string);
}

async function pullsOnRecord(world: TestWorld): Promise<number> {
  const rows = await world.warehouse.query(`select 1 as one from audit.ledger where kind = 'land' and subject = 'erp'`);
  return rows.length;
}
