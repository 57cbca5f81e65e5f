import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../../../engine/check/check.ts';
import type { CheckInput, RecordedCheck } from '../../../engine/check/check.ts';
import { previewChecks } from '../../../engine/check/preview-checks.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import type { DeclaredSource } from '../../../engine/contracts/project.ts';
import type { RunRef } from '../../../engine/contracts/run.ts';
import { relation } from '../../../engine/sql-text.ts';
import { buildSchema, liveSchema } from '../../../engine/warehouse/model-schema.ts';
import { minimal } from '../compile/compile-minimal.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import type { TestModel } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

// till.sales and till.refunds are landed; taken is above both, and total above all is never empty.
const landed = (name: string): DeclaredSource => ({ ...minimal.sources[0]!, source: 'till', name, connection: 'till' });
const sources = [landed('sales'), landed('refunds')];
const models: readonly TestModel[] = [
  { name: 'sold', template: `{{ config(materialized='view') }} select * from {{ source('till', 'sales') }}` },
  {
    name: 'returned',
    template: `{{ config(materialized='ephemeral') }} select * from {{ source('till', 'refunds') }}`,
  },
  {
    name: 'total',
    template: `{{ config(materialized='table') }} select (select count(*) from {{ ref('sold') }}) as sold, (select count(*) from {{ ref('returned') }}) as returned`,
  },
];
const total = defineTestCheck({ id: 'shop.total', kind: 'not_null', on: 'total', column: 'sold' });
const allowed = defineTestCheck({
  id: 'shop.allowed',
  kind: 'not_null',
  on: 'total',
  column: 'sold',
  settings: { empty_upstream: 'allow' },
});
const sold = defineTestCheck({ id: 'shop.sold', kind: 'not_null', on: 'sold', column: 'id' });
const failing = defineTestCheck({
  id: 'shop.failing',
  kind: 'expression',
  on: 'total',
  arguments: { expression: 'sold > 99' },
});
const checks = [total, allowed, sold, failing];

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.warehouse.execute('create schema raw_till');
  for (const table of ['sales', 'refunds']) await db.warehouse.execute(`create table raw_till.${table} (id int)`);
});
afterAll(() => db.stop());

async function runOver(
  rows: { readonly sales: number; readonly refunds: number },
  input: Partial<CheckInput> & { readonly models?: readonly TestModel[] } = {},
): Promise<{ run: RunRef; results: readonly RecordedCheck[] }> {
  for (const [table, count] of Object.entries(rows)) {
    await db.warehouse.execute(`truncate raw_till.${table}`);
    await db.warehouse.execute(`insert into raw_till.${table} select n from generate_series(1, ${count}) as n`);
  }
  const run = await db.beginRun();
  const compiled = compileTestRun(run, input.models ?? models, sources);
  await db.warehouse.execute(`create schema ${buildSchema({ vertical: 'shop', layer: 'marts' }, run.runNo)}`);
  for (const model of compiled.beside.models)
    if (model.materialized !== 'ephemeral')
      await db.warehouse.execute(
        `create ${model.materialized} ${relation(buildSchema(model, run.runNo), model.name)} as ${model.sql}`,
      );
  return { run, results: await check({ run, checks, sources, compiled, ...input }, db) };
}
const told = (results: readonly RecordedCheck[]) =>
  results.map(({ checkId, status, message }) => [checkId, status, message]);

test('what rests on rows passes', async () => {
  const { results } = await runOver({ sales: 2, refunds: 1 });
  expect(results.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'fail']);
});

test('a pass over an empty table far above is no pass; a failure stays one', async () => {
  const { run, results } = await runOver({ sales: 0, refunds: 0 });
  expect(told(results)).toMatchInlineSnapshot(`
    [
      [
        "shop.total",
        "no_data",
        "it rests on till.sales and till.refunds, which are empty; may_be_empty: true says of a relation that it may be, empty_upstream: allow of a check that it stands all the same",
      ],
      [
        "shop.allowed",
        "pass",
        null,
      ],
      [
        "shop.sold",
        "no_data",
        "nothing to look at",
      ],
      [
        "shop.failing",
        "fail",
        null,
      ],
    ]
  `);
  expect(results[0]).toMatchObject({ blocking: true, inputsHash: null, reusedFromRun: null });
  const [row] = await db.warehouse.query(
    `select status, message from audit.check_results where run_id = $1 and check_id = 'shop.total'`,
    [run.runId],
  );
  expect(row).toEqual({ status: 'no_data', message: results[0]?.message });
});

test('what may be empty is said of the table and of the model, each for itself', async () => {
  const relaxed = models.map((model) =>
    model.name === 'returned'
      ? { ...model, template: model.template.replace('config(', 'config(may_be_empty=true, ') }
      : model,
  );
  const mayBe = sources.map((source) => ({ ...source, may_be_empty: source.name === 'refunds' }));
  const rows = { sales: 1, refunds: 0 };
  expect(told((await runOver(rows, { sources: mayBe })).results)[0]?.[2]).toContain(
    'it rests on returned, which is empty',
  );
  expect(told((await runOver(rows, { models: relaxed })).results)[0]?.[2]).toContain(
    'it rests on till.refunds, which is empty',
  );
  const { results } = await runOver(rows, { models: relaxed, sources: mayBe });
  expect(results[0]).toMatchObject({ status: 'pass', message: null });
});

test('a verdict that would be reused is taken back as well, and does not stand for later runs', async () => {
  const fingerprintOf = (): string => 'same';
  const first = await runOver({ sales: 1, refunds: 1 }, { fingerprintOf });
  await db.warehouse.execute(
    `insert into audit.publications (run_id, run_no, vertical, decision, tables) values ($1, $2, 'shop', 'published', '[]')`,
    [first.run.runId, first.run.runNo],
  );
  const again = await runOver({ sales: 1, refunds: 1 }, { fingerprintOf });
  expect(again.results[0]).toMatchObject({ status: 'pass', reusedFromRun: first.run.runId });
  const emptied = await runOver({ sales: 1, refunds: 0 }, { fingerprintOf });
  expect(emptied.results[0]).toMatchObject({ status: 'no_data', reusedFromRun: null, inputsHash: null });
});

test('an author sees it too', async () => {
  const { run } = await runOver({ sales: 1, refunds: 0 });
  const beside = buildSchema({ vertical: 'shop', layer: 'marts' }, run.runNo);
  await db.warehouse.execute(`alter schema ${beside} rename to ${liveSchema({ vertical: 'shop', layer: 'marts' })}`);
  const compiled = compileTestRun(run, models, sources).live;
  const previews = await previewChecks({ selected: [total, sold], checks, sources, compiled, examples: 1 }, db);
  expect(previews.map(({ status, message }) => [status, message?.split(';')[0] ?? null])).toEqual([
    ['no_data', 'it rests on till.refunds, which is empty'],
    ['pass', null],
  ]);
});

test('a check of a model that was not built is skipped, and says why', async () => {
  const onlyReads: CheckDefinition = {
    ...defineTestCheck({
      id: 'shop.reads',
      on: 'sold',
      sql: `select 1 as subject_id, 'x' as reason from {{ ref('total') }} where false`,
    }),
  };
  const notBuilt = new Map([['total', 'it failed']]);
  const { run, results } = await runOver({ sales: 1, refunds: 1 }, { notBuilt, checks: [total, sold, onlyReads] });
  expect(told(results)).toEqual([
    ['shop.total', 'skipped', 'total was not built: it failed'],
    ['shop.sold', 'pass', null],
    ['shop.reads', 'skipped', 'total was not built: it failed'],
  ]);
  expect(results[0]).toMatchObject({ blocking: true, population: '0', passes: null });
  const [row] = await db.warehouse.query(
    `select status, percentage from audit.check_results where run_id = $1 and check_id = 'shop.total'`,
    [run.runId],
  );
  expect(row).toEqual({ status: 'skipped', percentage: null });
});
