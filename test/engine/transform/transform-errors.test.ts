import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRun } from '../../../engine/evidence/run-record.ts';
import { BuildRequest } from '../../../engine/contracts/build.ts';
import { finishTransform, planTransform, transformAll } from '../../../engine/transform/transform.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { declareTable } from '../../setup/pull-tables.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { buildTestRun, rowsOf } from './build-test-run.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

const runClock = '2026-01-31T08:00:00.000000Z';

/** As if a run had pulled the table and put it in place. */
async function landed(runNo: string): Promise<void> {
  await db.intruder.query(
    `insert into audit.tie_outs (run_id, run_no, source, table_name, tied, lines, landed_rows, added_rows, removed_rows, changed_keys, content_hash, state)
     select run_id, run_no, 'erp', 'sales', true, '[]', 1, 1, 0, 0, 'x', json_build_object('rows', '1', 'hash', run_no::text, 'columns', '[]')::text
     from audit.runs where run_no = $1`,
    [runNo],
  );
}

test('a run whose landed tables were pulled anew by a later one is refused, when it is planned and when it ends', async () => {
  await db.intruder.query('create schema raw_erp authorization tickmark');
  await db.intruder.query('create table raw_erp.sales as select 1 as id');
  await db.intruder.query('alter table raw_erp.sales owner to tickmark');
  const sources = [declareTable({ name: 'sales' })];
  const models = [{ name: 'mart', template: "select * from {{ source('erp', 'sales') }}" }];
  const [early, first, later] = [await db.beginRun(), await db.beginRun(), await db.beginRun()];
  await landed(first.runNo);
  const inputOf = (run: typeof first) => ({
    run,
    compiled: compileTestRun(run, models, sources),
    sources,
    request: BuildRequest.parse({}),
    runClock,
    root: '.',
  });
  await expect(planTransform(inputOf(early), db)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: a newer pull stands of erp [TRANSFORM_INPUT_MOVED]]`,
  );

  const plan = await planTransform(inputOf(first), db);
  await transformAll({ ...inputOf(first), plan }, db);
  await landed(later.runNo);
  await expect(finishTransform({ run: first, plan }, db)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: erp.sales changed while the models were built [TRANSFORM_INPUT_MOVED]]`,
  );
});

test('a hook of the project that fails stops the run before anything is built', async () => {
  const run = await db.beginRun();
  const input = {
    run,
    compiled: compileTestRun(run, [{ name: 'mart', template: 'select 1 as id' }]),
    sources: [],
    request: BuildRequest.parse({}),
    runClock,
    root: '.',
    onRunStart: ['select 1', 'select nope'],
  };
  await expect(planTransform(input, db)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml: on_run_start, statement 2: column "nope" does not exist (SQLSTATE 42703) [TRANSFORM_HOOK_FAILED]]`,
  );
  expect(await rowsOf(db, `select 1 from audit.build_plans where run_id = '${run.runId}'`)).toEqual([]);
});

test('a hook of a model that fails is told with the hook, and one that works sees the table', async () => {
  const template = (hook: string): string => `{{ config(materialized='table', post_hook=${hook}) }} select 1 as id`;
  const broken = await buildTestRun(db, [{ name: 'hooked', template: template('"select nope from {{ this }}"') }], {
    publish: false,
  });
  expect(broken.builds['hooked']?.error?.message).toMatchInlineSnapshot(
    `"sql/shop/marts/hooked.sql: model hooked: post_hook: column "nope" does not exist (SQLSTATE 42703) [TRANSFORM_MODEL_FAILED]"`,
  );
  await buildTestRun(db, [{ name: 'hooked', template: template('"insert into {{ this }} values (2)"') }]);
  expect(await rowsOf(db, 'select id from shop.hooked order by id')).toEqual([['1'], ['2']]);
});

test('a reader that the warehouse does not know keeps the run from being published', async () => {
  const models = [{ name: 'mart', template: 'select 1 as id' }];
  await expect(buildTestRun(db, models, { readers: ['nobody_here'] })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the warehouse has no role nobody_here [PUBLISH_READER_MISSING]]`,
  );
});

test('a run that this warehouse does not know is told', async () => {
  await expect(findRun('11111111-no-such-run', db.warehouse)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: no run 11111111-no-such-run [RUN_NOT_FOUND]]`,
  );
});
