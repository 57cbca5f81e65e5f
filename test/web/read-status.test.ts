import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunRef } from '../../engine/contracts/run.ts';
import { endRun } from '../../engine/evidence/run-record.ts';
import { readStatus } from '../../web/read-status.ts';
import { Status } from '../../web/status.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeEach(async () => {
  db = await createTestWarehouse();
});
afterEach(() => db.stop());

test('before the first run there is nothing, and it is said as nothing', async () => {
  expect(await read()).toMatchObject({ published: null, lastRun: null, checks: [], pulls: [], steps: [] });
});

test('while a run is under way the figures are those of the run before it', async () => {
  const first = await db.beginRun({ vertical: 'shop' });
  await record(first, 'pass');
  await endRun({ run: first, status: 'succeeded', reason: null }, db.warehouse);
  const second = await db.beginRun({ vertical: 'shop' });
  expect(await read()).toMatchObject({
    lastRun: { runNo: second.runNo, status: 'running' },
    checks: [{ id: 'shop.rows', status: 'pass' }],
  });

  await record(second, 'fail');
  expect((await read()).checks).toMatchObject([{ status: 'pass' }]);
  await endRun({ run: second, status: 'held', reason: 'blocked by shop.rows (fail)' }, db.warehouse);
  expect(await read()).toMatchObject({ lastRun: { status: 'held' }, checks: [{ status: 'fail' }] });
});

async function read(): Promise<Status['verticals'][number]> {
  const status = Status.parse(await readStatus({ name: 'test', verticals: ['shop'] }, db.warehouse));
  return status.verticals[0] as Status['verticals'][number];
}

async function record(run: RunRef, status: 'pass' | 'fail'): Promise<void> {
  await db.warehouse.execute(
    `insert into audit.check_results (run_id, check_id, vertical, kind, dimension, on_relation, status, blocking, population, failures, failing_rows_kept, reads, definition_hash, sql, sql_hash, duration_ms)
     values ($1, 'shop.rows', 'shop', 'row_count', 'completeness', 'sales', $2, true, 3, 0, 0, '[]', '', '', '', 1)`,
    [run.runId, status],
  );
}
