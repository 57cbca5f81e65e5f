import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { buildTestRun, rowsOf } from './build-test-run.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

const staging = {
  name: 'stg_sales',
  layer: 'staging' as const,
  template: 'select * from (values (1, 10.50), (2, 20.25)) as v (id, amount)',
};
const sales = { name: 'sales', template: "select id, amount * 2 as double from {{ ref('stg_sales') }}" };
const summary = {
  name: 'summary',
  template: "{{ config(materialized='view') }} select sum(double) as total from {{ ref('sales') }}",
};
const models = [staging, sales, summary];

describe('a run', () => {
  test('builds every model, and what is live are views over tables in the store', async () => {
    const { builds, decision, run } = await buildTestRun(db, models);
    expect(decision).toBe('published');
    expect(Object.values(builds).map(({ model, status, rows }) => [model, status, rows])).toEqual([
      ['stg_sales', 'success', null],
      ['sales', 'success', '2'],
      ['summary', 'success', null],
    ]);
    expect(builds['sales']?.storeTable).toBe(`"shop__store"."sales__r${run.runNo}"`);
    expect(await rowsOf(db, 'select * from shop.summary')).toEqual([['61.50']]);
    expect(await rowsOf(db, 'select double from shop.sales order by id')).toEqual([['21.00'], ['40.50']]);
    expect(await rowsOf(db, 'select count(*) from shop_staging.stg_sales')).toEqual([['2']]);
  });

  test('with nothing changed builds nothing, says why, and keeps the very table', async () => {
    const before = await buildTestRun(db, models);
    const again = await buildTestRun(db, models);
    expect(again.plan.isNothing).toBe(true);
    expect(Object.values(again.builds).map(({ status, reason }) => [status, reason])).toEqual(
      Array(3).fill(['no-op', `same definition and inputs as in run ${before.run.runNo}`]),
    );
    expect(again.builds['sales']?.storeTable).toBe(before.builds['sales']?.storeTable);
    expect(await rowsOf(db, 'select * from shop.summary')).toEqual([['61.50']]);
  });

  test('with one model changed builds it and what is below it, and says so', async () => {
    await buildTestRun(db, models);
    const changed = await buildTestRun(db, [
      staging,
      { ...sales, template: sales.template.replace('* 2', '* 3') },
      summary,
    ]);
    expect(
      Object.values(changed.builds).map(({ model, status, reason }) => [model, status, reason.replace(/\d+/, 'N')]),
    ).toEqual([
      ['stg_sales', 'no-op', 'same definition and inputs as in run N'],
      ['sales', 'success', 'its definition changed'],
      ['summary', 'success', 'sales is built anew'],
    ]);
    expect(await rowsOf(db, 'select * from shop.summary')).toEqual([['92.25']]);
  });

  test('keeps what was not selected as it is: a table, and a view over what is built now', async () => {
    await buildTestRun(db, models);
    const other = { ...staging, template: staging.template.replace('10.50', '100.50') };
    const partly = await buildTestRun(db, [other, sales, summary], { request: { models: ['stg_sales'] } });
    expect(Object.values(partly.builds).map(({ model, status }) => [model, status])).toEqual([
      ['stg_sales', 'success'],
      ['sales', 'carried'],
      ['summary', 'carried'],
    ]);
    expect(await rowsOf(db, 'select * from shop.summary')).toEqual([['61.50']]);
    expect(await rowsOf(db, 'select max(amount) from shop_staging.stg_sales')).toEqual([['100.50']]);
    const rest = await buildTestRun(db, [other, sales, summary]);
    expect(rest.builds['sales']?.status).toBe('success');
    expect(await rowsOf(db, 'select * from shop.summary')).toEqual([['241.50']]);
  });

  test('drops a model that is not in the project any more', async () => {
    await buildTestRun(db, models);
    const without = await buildTestRun(db, [staging, sales]);
    expect(without.plan.isNothing).toBe(false);
    expect(await rowsOf(db, "select to_regclass('shop.summary')")).toEqual([[null]]);
  });

  test('of a model that fails skips what is below it and only that, and leaves what is live; a retry builds only what is missing', async () => {
    await buildTestRun(db, models);
    const other = { name: 'other', template: 'select 7 as n' };
    const broken = { ...sales, template: "select id, 1 / (id - 1) as double from {{ ref('stg_sales') }}" };
    const failed = await buildTestRun(db, [staging, broken, summary, other]);
    expect(failed.decision).toBe('held');
    expect(failed.reason).toBe('not built: sales, summary');
    expect(Object.values(failed.builds).map(({ model, status }) => [model, status])).toEqual([
      ['stg_sales', 'no-op'],
      ['sales', 'error'],
      ['summary', 'skipped'],
      ['other', 'success'],
    ]);
    expect(failed.builds['summary']?.reason).toBe('sales was not built');
    expect(failed.builds['sales']?.error?.message).toMatchInlineSnapshot(
      `"sql/shop/marts/sales.sql: model sales: division by zero (SQLSTATE 22012) [TRANSFORM_MODEL_FAILED]"`,
    );
    expect(await rowsOf(db, 'select * from shop.summary')).toEqual([['61.50']]);
    expect(await rowsOf(db, "select to_regclass('shop.other')")).toEqual([[null]]);

    const retried = await buildTestRun(db, [staging, sales, summary, other]);
    expect(retried.decision).toBe('published');
    expect(retried.builds['other']).toMatchObject({
      status: 'no-op',
      reason: `built in run ${failed.run.runNo}, which was not published, from the same definition and inputs`,
    });
    expect(await rowsOf(db, 'select n from shop.other')).toEqual([['7']]);
  });

  test('tells the line of the SQL that the warehouse stumbles over', async () => {
    const wrong = { name: 'wrong', template: 'select\n  1 as one,\n  nope as two' };
    const { builds } = await buildTestRun(db, [wrong], { publish: false });
    expect(builds['wrong']?.error?.message).toMatchInlineSnapshot(
      `"sql/shop/marts/wrong.sql: model wrong, at line 3 of its compiled SQL: column "nope" does not exist (SQLSTATE 42703) [TRANSFORM_MODEL_FAILED]"`,
    );
  });

  test('drops the tables that nothing needs any more', async () => {
    await buildTestRun(db, models);
    await buildTestRun(db, [staging, { ...sales, template: sales.template.replace('* 2', '* 5') }, summary]);
    const tables = await rowsOf(
      db,
      "select relname from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'shop__store' and relname like 'sales%'",
    );
    expect(tables).toHaveLength(1);
  });
});
