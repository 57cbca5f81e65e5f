import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { compareRows } from '../faults/compare-rows.ts';
import { killWorker } from '../faults/kill-worker.ts';
import { naiveTable, naiveWorker } from '../faults/naive-worker.ts';
import { readFigures } from '../faults/read-figures.ts';
import { slowLedger } from '../faults/slow-ledger.ts';
import { until } from '../faults/until.ts';
import { inWorld } from '../setup/in-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

const SEED = 20_071_231;
/** Landing takes three seconds: long enough to be hit, short enough to get through between two kills. */
const PAUSE_MS = 1;

interface Outcome {
  readonly kills: number;
  readonly inFlight: number;
  readonly refreshes: number;
  readonly lost: number;
  readonly doubled: number;
}

test(
  'kill -9 of the worker at random moments loses and doubles no row; a plain writer doubles them',
  { timeout: 900_000 },
  async () => {
    const control = await inWorld(async (world) => {
      await world.startWorker(naiveWorker('plain'));
      return refreshUnderKills(world, 4, async (runNo) =>
        compareRows(world, `raw_erp.${naiveTable(runNo, 'gl_detail')}`),
      );
    });
    const { outcome, figures, restated } = await inWorld(async (world) => {
      const done = await refreshUnderKills(world, 20, (_, failure) => {
        expect(failure).toBeNull();
        return compareRows(world);
      });
      const { report } = await world.refresh();
      return { outcome: done, figures: await readFigures(report, world.warehouse), restated: done.refreshes };
    });
    const undisturbed = await inWorld(async (world) => {
      await slowLedger(world.erp);
      for (let refresh = 1; refresh <= restated; refresh += 1) await restateLines(world, refresh);
      const { report } = await world.refresh();
      return readFigures(report, world.warehouse);
    });

    console.log(
      `${describe(outcome)} over ${outcome.refreshes} refreshes, seed ${SEED} (control, a plain writer: ${describe(control)})`,
    );
    expect(outcome).toMatchObject({ kills: 20, lost: 0, doubled: 0 });
    expect(outcome.inFlight).toBeGreaterThan(0);
    expect(control.doubled).toBeGreaterThan(0);
    for (const part of ['status', 'checks', 'kris', 'controls', 'published', 'failing'] as const) {
      expect(figures[part]).toEqual(undisturbed[part]);
    }
  },
);

/** Refreshes again and again, the source changed before each, with up to four kills in each; every refresh is compared. */
async function refreshUnderKills(
  world: TestWorld,
  wanted: number,
  compare: (runNo: string, failure: string | null) => Promise<{ lost: number; doubled: number }>,
): Promise<Outcome> {
  const ledger = await slowLedger(world.erp);
  await ledger.pause(PAUSE_MS);
  await world.startWorker();
  const random = seeded(SEED);
  let [kills, inFlight, refreshes, lost, doubled] = [0, 0, 0, 0, 0];
  while (kills < wanted) {
    refreshes += 1;
    await restateLines(world, refreshes);
    let over = false;
    const refreshed = world.refresh().finally(() => {
      over = true;
    });
    refreshed.catch(() => undefined);
    for (let inThisRun = 0; inThisRun < 4 && kills < wanted; inThisRun += 1) {
      await wait((inThisRun === 0 ? 0 : 5_000) + random() * 4_000);
      // Every second one waits for landing to be under way, and then a while: a kill between two attempts proves nothing.
      if (inThisRun % 2 === 1) {
        await until('a write', async () => over || (await isWriting(world)), { timeoutMs: 180_000 });
        await wait(random() * 2_500);
      }
      if (over) break;
      if (await isWriting(world)) inFlight += 1;
      kills += 1;
      await killWorker(world);
    }
    const { report, failure } = await refreshed;
    const compared = await compare(report.runNo, failure);
    lost += compared.lost;
    doubled += compared.doubled;
  }
  return { kills, inFlight, refreshes, lost, doubled };
}

/** Whether a session of the worker has written data, more than a line of progress, in a transaction that is still open. */
async function isWriting(world: TestWorld): Promise<boolean> {
  const { rowCount } = await world.intruder.query(
    `select 1 from pg_stat_activity
     where datname = current_database() and application_name = 'tickmark' and backend_xid is not null
       and query not like 'insert into audit.step_events%'`,
  );
  return rowCount !== 0;
}

/** Changes a few hundred lines of the source, others each time. */
async function restateLines(world: TestWorld, refresh: number): Promise<void> {
  await world.erp.query(
    `update public.gl_detail_rows set "JE_Line_Description" = 'restated ' || $1::text
     where ("Journal_ID"::bigint + "Journal_ID_Line_Number") % 97 = $1::bigint % 97`,
    [String(refresh)],
  );
}

function describe({ kills, inFlight, lost, doubled }: Outcome): string {
  return `${kills} kill -9s, ${inFlight} in flight, ${lost} lost, ${doubled} doubled`;
}

/** mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
