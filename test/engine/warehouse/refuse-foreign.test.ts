import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { buildTestRun, rowsOf } from '../transform/build-test-run.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

const models = [{ name: 'sales', template: 'select 1 as id' }];

test('a schema with a table that no run built is left as it is, before and after the first run', async () => {
  await db.intruder.query('create schema shop authorization tickmark');
  await db.intruder.query('create table shop.precious as select 7 as n');
  await expect(buildTestRun(db, models)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the schema shop holds precious, which no run built [PUBLISH_SCHEMA_TAKEN]]`,
  );
  expect(await rowsOf(db, 'select n from shop.precious')).toEqual([['7']]);
  await db.intruder.query('drop table shop.precious');

  expect((await buildTestRun(db, models)).decision).toBe('published');
  await db.intruder.query('create table shop.notes as select 1 as n');
  await db.intruder.query("create function shop.f() returns int language sql as 'select 1'");
  await expect(buildTestRun(db, models)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the schema shop holds f() and 1 more, which no run built [PUBLISH_SCHEMA_TAKEN]]`,
  );
  expect(await rowsOf(db, 'select n from shop.notes')).toEqual([['1']]);
  await db.intruder.query('drop table shop.notes; drop function shop.f()');
  expect((await buildTestRun(db, models)).decision).toBe('published');
});
