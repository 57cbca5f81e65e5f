import { beforeAll, expect, test } from 'vitest';
import { killAtInsert, killBeforeAcknowledging, killMidWrite, rowsInCopy } from '../faults/kill-worker.ts';
import { naiveTable, naiveWorker } from '../faults/naive-worker.ts';
import { readFigures } from '../faults/read-figures.ts';
import { slowLedger } from '../faults/slow-ledger.ts';
import { inWorld } from '../setup/in-world.ts';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

const LEDGER_ROWS = 28_160;
/** A pause at one line in ten makes reading the ledger take about nine seconds. */
const PAUSE_MS = 3;
/** Three missed heartbeats take about 50 seconds; the rest is for a machine that others use as well. */
const SLOW_MS = 180_000;

let undisturbed: ReturnType<typeof readFigures>;
beforeAll(async () => {
  const world = await createTestWorld();
  // The first worker bundles the workflows, once for all. Its run goes on beside the tests: they wait most of their time for
  // Temporal to miss a heartbeat, and together take as long as the longest.
  await world.startWorker();
  undisturbed = refreshOnce(world);
  undisturbed.catch(() => undefined);
});

test.concurrent('the undisturbed run has figures to compare with', { timeout: SLOW_MS }, async () => {
  const { status, pulls, checks, kris, controls, published, failing, alerts } = await undisturbed;
  expect(status).toBe('succeeded');
  for (const figures of [pulls, checks, kris, controls, published, alerts]) expect(figures.length).toBeGreaterThan(0);
  for (const { rows } of [...published, failing]) expect(rows).toBeGreaterThan(0n);
});

test.concurrent(
  'a worker killed in the middle of landing, before the pull is recorded and before it is acknowledged changes no figure',
  { timeout: SLOW_MS },
  () =>
    inWorld(async (world) => {
      const ledger = await slowLedger(world.erp);
      await ledger.pause(PAUSE_MS);
      const kills = async (): Promise<number> => {
        const half = { atLeast: 5_000, below: LEDGER_ROWS, rowsSoFar: () => rowsInCopy(world) };
        const inFlight = await killMidWrite(world, half);
        await ledger.pause(0);
        await killAtInsert(world, 'pulls', 1);
        await killBeforeAcknowledging(world);
        return inFlight;
      };
      const [{ report, failure }, rowsInFlight] = await Promise.all([world.refresh(), kills()]);

      expect(failure).toBeNull();
      expect(rowsInFlight).toBeGreaterThanOrEqual(5_000);
      expect(await attempts(world, 'land', 'erp.gl_detail')).toEqual(['1 started', '2 done', '3 done', '4 done']);
      expect(await readFigures(report, world.warehouse)).toEqual(await undisturbed);
    }),
);

test.concurrent(
  'a worker killed while it puts rows in place, builds models and publishes changes no figure',
  { timeout: SLOW_MS },
  () =>
    inWorld(async (world) => {
      const kills = async (): Promise<void> => {
        // Both sources are tied out and their rows written, in two transactions.
        await killAtInsert(world, 'tie_outs', 2);
        await killAtInsert(world, 'builds', 1);
        await killAtInsert(world, 'publications', 1);
      };
      const [{ report, failure }] = await Promise.all([world.refresh(), kills()]);

      expect(failure).toBeNull();
      for (const [step, subject] of [
        ['verify', 'erp'],
        ['verify', 'posting_log'],
        ['publish', null],
      ] as const) {
        expect(await attempts(world, step, subject)).toEqual(['1 started', '2 done']);
      }
      // Of this step a batch was repeated, not the planning before it nor the record at its end.
      expect(await attempts(world, 'transform', null)).toEqual(['1 done']);
      expect(await readFigures(report, world.warehouse)).toEqual(await undisturbed);
    }),
);

test.concurrent(
  'the same kills make a plain writer double rows, and the tie-out refuses them',
  { timeout: SLOW_MS },
  () =>
    inWorld(async (world) => {
      await world.startWorker(naiveWorker('plain'));
      const ledger = await slowLedger(world.erp);
      await ledger.pause(PAUSE_MS);
      const kills = async (): Promise<number> => {
        const half = { atLeast: 5_000, below: LEDGER_ROWS, rowsSoFar: () => rowsInNaiveTable(world) };
        const inFlight = await killMidWrite(world, half);
        await ledger.pause(0);
        await killBeforeAcknowledging(world);
        return inFlight;
      };
      const [{ report, failure }, rowsInFlight] = await Promise.all([world.refresh(), kills()]);

      const doubled = (await rowsInNaiveTable(world)) - LEDGER_ROWS;
      expect(doubled).toBeGreaterThanOrEqual(rowsInFlight + LEDGER_ROWS);
      expect(doubled).toBeLessThan(2 * LEDGER_ROWS);
      expect(failure).toContain('VERIFY_TIE_OUT');
      expect(failure).toContain(`erp.gl_detail rows read back: source ${LEDGER_ROWS}, landed ${LEDGER_ROWS + doubled}`);
      expect(report.status).toBe('failed');
      expect(report.publishedTables).toEqual([]);
    }),
);

async function refreshOnce(world: TestWorld): ReturnType<typeof readFigures> {
  try {
    const { report } = await world.refresh();
    return await readFigures(report, world.warehouse);
  } finally {
    await world.stop();
  }
}

async function rowsInNaiveTable(world: TestWorld): Promise<number> {
  const table = `raw_erp.${naiveTable('1', 'gl_detail')}`;
  const { rows } = await world.intruder.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
    table,
  ]);
  if (!rows[0]?.exists) return 0;
  const counted = await world.intruder.query<{ rows: number }>(`select count(*)::int as rows from ${table}`);
  return counted.rows[0]!.rows;
}

/** The last that each attempt at a step said: an attempt that was killed only ever said that it started. */
async function attempts(world: TestWorld, step: string, subject: string | null): Promise<string[]> {
  const rows = await world.warehouse.query(
    `select distinct on (attempt) attempt || ' ' || event as said from audit.step_events
     where step = $1 and subject is not distinct from $2 order by attempt, event_no desc`,
    [step, subject],
  );
  return rows.map(({ said }) => said as string);
}
