import { afterAll, beforeAll, expect, test } from 'vitest';
import { previousRelations } from '../../../engine/check/previous-relations.ts';
import type { DeclaredSource } from '../../../engine/contracts/project.ts';
import { EngineError } from '../../../engine/errors.ts';
import { minimal } from '../compile/compile-minimal.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

const landed = (name: string): DeclaredSource => ({ ...minimal.sources[0]!, source: 'till', name, connection: 'till' });
const sources = [landed('sales'), landed('late'), { ...landed('there'), external: { schema: 'x', identifier: 'y' } }];
const models = [
  { name: 'total', template: `{{ config(materialized='table') }} select 1 as n` },
  { name: 'young', template: `{{ config(materialized='table') }} select 1 as n` },
  { name: 'seen', template: `{{ config(materialized='view') }} select 1 as n` },
];
const definition = defineTestCheck({ id: 'shop.any', on: 'total', column: 'n' });

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.warehouse.execute('create schema shop');
  await db.warehouse.execute('create table shop.total (n int)');
  await db.warehouse.execute('create schema raw_till');
  await db.warehouse.execute(
    `create function raw_till.sales__as_of(bigint) returns table (n int) language sql as 'select 1'`,
  );
});
afterAll(() => db.stop());

/** What each relation was, after all of them were asked for and looked up. */
async function lookUp(names: readonly string[], modelsAre: 'previous' | 'current' = 'previous') {
  const run = await db.beginRun();
  const previous = previousRelations({ live: compileTestRun(run, models, sources).live, sources, modelsAre });
  expect(names.map(previous.of(definition))).toEqual(names.map(() => undefined));
  expect(previous.isAsked()).toBe(true);
  await db.warehouse.transaction(previous.lookUp);
  const found = names.map(previous.of(definition));
  expect(previous.isAsked()).toBe(false);
  return { run, found };
}
const all = ['total', 'young', 'till.sales', 'till.late', 'till.there'];

test('before anything was published nothing was there, then it is what the published run left', async () => {
  const { run, found } = await lookUp(all);
  expect(found).toEqual(all.map(() => undefined));
  await db.warehouse.execute(
    `insert into audit.publications (run_id, run_no, vertical, decision, tables) values ($1, $2, 'shop', 'published', '[]')`,
    [run.runId, run.runNo],
  );
  const asOf = `"raw_till"."sales__as_of"(${run.runNo})`;
  expect((await lookUp(all)).found).toEqual(['"shop"."total"', undefined, asOf, undefined, undefined]);
  expect((await lookUp(all, 'current')).found).toEqual([undefined, undefined, asOf, undefined, undefined]);
});

test('a view has no earlier version', async () => {
  const run = await db.beginRun();
  const previous = previousRelations({ live: compileTestRun(run, models).live, sources, modelsAre: 'previous' });
  const error = (() => {
    try {
      return previous.of(definition)('seen');
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(EngineError);
  expect((error as EngineError).message).toMatchInlineSnapshot(
    `"checks/shop/test.yml:7: check shop.any: seen is a view: no earlier version of it is kept; put the check on a table, or on a landed table [CHECK_INVALID]"`,
  );
});
