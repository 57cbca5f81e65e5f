import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../../../engine/check/check.ts';
import type { CheckInput, RecordedCheck } from '../../../engine/check/check.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import type { RunRef } from '../../../engine/contracts/run.ts';
import { verifyFigures } from '../../../engine/evidence/verify-figures.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

const numbers = {
  name: 'numbers',
  template: `{{ config(materialized='ephemeral') }} select n, nullif(n, 3) as m from generate_series(1, 3) as n`,
};
const filled = defineTestCheck({
  id: 'shop.filled',
  kind: 'not_null',
  on: 'numbers',
  column: 'm',
  settings: { error_if: '> 50 %', warn_if: 'passes < 3', min_population: 2 },
});
const counted = defineTestCheck({ id: 'shop.counted', kind: 'row_count', on: 'numbers', arguments: { min: 1 } });
const summed = defineTestCheck({
  id: 'shop.summed',
  kind: 'not_null',
  on: 'numbers',
  column: 'm',
  settings: { fail_calc: 'sum(0.5)' },
});
const bespoke = (id: string, sql: string): CheckDefinition => defineTestCheck({ id, on: 'numbers', sql });

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

async function runCheck(
  checks: readonly CheckDefinition[],
  input: Partial<CheckInput> = {},
): Promise<{ run: RunRef; results: readonly RecordedCheck[] }> {
  const run = await db.beginRun();
  return {
    run,
    results: await check({ run, checks, sources: [], compiled: compileTestRun(run, [numbers]), ...input }, db),
  };
}
const recorded = async ({ runId }: RunRef) =>
  db.warehouse.query(
    `select check_id, status, population, failures, passes, percentage, thresholds, measured_hash is not null as has_hash, waiver
     from audit.check_results where run_id = $1 order by check_id`,
    [runId],
  );

test('a result is kept with what it was judged by, and what passed', async () => {
  const { run } = await runCheck([filled, counted]);
  expect(await recorded(run)).toEqual([
    {
      check_id: 'shop.counted',
      status: 'pass',
      population: '3',
      failures: '0',
      passes: null,
      percentage: null,
      thresholds: '{"severity":"error","warn_if":"!= 0","error_if":"!= 0"}',
      has_hash: 't',
      waiver: null,
    },
    {
      check_id: 'shop.filled',
      status: 'warn',
      population: '3',
      failures: '1',
      passes: '2',
      percentage: '33.333333',
      thresholds: '{"severity":"error","warn_if":"passes < 3","error_if":"> 50 %","min_population":2}',
      has_hash: 't',
      waiver: null,
    },
  ]);
  expect(await verifyFigures(db.warehouse, run.runId)).toEqual([]);
});

test('results, rows and slices are the same when they are asked for again', async () => {
  const checks = [filled, { ...filled, id: 'shop.sliced', settings: { ...filled.settings, slices: { by: 'n' } } }];
  const { run, results } = await runCheck(checks);
  const again = await check({ run, checks: [], sources: [], compiled: compileTestRun(run, [numbers]) }, db);
  expect(again).toEqual(results);
});

test('a verdict that stands is kept with the same numbers, its own thresholds and its rows', async () => {
  const fingerprintOf = (): string => 'same';
  const first = await runCheck([filled, counted], { fingerprintOf });
  await db.warehouse.execute(
    `insert into audit.publications (run_id, run_no, vertical, decision, tables) values ($1, $2, 'shop', 'published', '[]')`,
    [first.run.runId, first.run.runNo],
  );
  const second = await runCheck([filled, counted], { fingerprintOf });
  expect(second.results.map(({ reusedFromRun }) => reusedFromRun)).toEqual([first.run.runId, first.run.runId]);
  expect(await recorded(second.run)).toEqual(await recorded(first.run));
  expect(second.results.map(({ failingRowsHash }) => failingRowsHash)).toEqual(
    first.results.map(({ failingRowsHash }) => failingRowsHash),
  );
  expect(await verifyFigures(db.warehouse, second.run.runId)).toEqual([]);
});

test('a number that is not whole is no verdict, and neither is none', async () => {
  const none = { ...summed, id: 'shop.none', settings: { ...summed.settings, fail_calc: 'null' } };
  const { results } = await runCheck([summed, none]);
  expect(results.map(({ status, message }) => [status, message])).toMatchInlineSnapshot(`
    [
      [
        "error",
        "checks/shop/test.yml:7: check shop.summed: fail_calc gives a number that is not whole; thresholds compare whole numbers [CHECK_INVALID]",
      ],
      [
        "error",
        "checks/shop/test.yml:7: check shop.none: fail_calc gives no number; thresholds compare whole numbers [CHECK_INVALID]",
      ],
    ]
  `);
});

test('SQL of an author that lacks a column is refused, also while it gives no row', async () => {
  const { run, results } = await runCheck([
    bespoke('shop.no_reason', `select n as subject_id from {{ ref('numbers') }} where false`),
    bespoke('shop.divides', `select 1 / (n - 2) as subject_id, 'x' as reason from {{ ref('numbers') }}`),
    bespoke('shop.fine', `select n as subject_id, 'x' as reason from {{ ref('numbers') }} where n > 2`),
  ]);
  expect(results.map(({ status, message }) => [status, message])).toMatchInlineSnapshot(`
    [
      [
        "error",
        "checks/shop/test.yml:7: check shop.no_reason does not return a column reason [CHECK_INVALID]",
      ],
      [
        "error",
        "checks/shop/test.yml:7: check shop.divides: division by zero (SQLSTATE 22012) [CHECK_INVALID]",
      ],
      [
        "fail",
        null,
      ],
    ]
  `);
  const kept = await db.warehouse.query('select check_id from audit.failing_rows where run_id = $1', [run.runId]);
  expect(kept).toEqual([{ check_id: 'shop.fine' }]);
});
