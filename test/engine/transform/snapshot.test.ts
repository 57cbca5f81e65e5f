import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { declareTable } from '../../setup/pull-tables.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { buildTestRun, rowsOf } from './build-test-run.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.intruder.query('create schema src authorization tickmark');
});
afterAll(() => db.stop());
beforeEach(async () => {
  await db.intruder.query('drop table if exists src.people');
  await db.intruder.query('create table src.people (id int, name text, changed_at timestamp)');
  await db.intruder.query('alter table src.people owner to tickmark');
  await db.intruder.query("insert into src.people values (1, 'Ann', '2026-01-01'), (2, 'Bob', '2026-01-01')");
});

const sources = [
  { ...declareTable({ name: 'people' }), source: 'src', external: { schema: 'src', identifier: 'people' } },
];

let count = 0;
function snapshot(config: string) {
  count += 1;
  return {
    name: `people_${count}`,
    resource: 'snapshot' as const,
    template: `{{ config(unique_key='id', ${config}) }} select * from {{ source('src', 'people') }}`,
  };
}

async function build(model: ReturnType<typeof snapshot>, day: string): Promise<void> {
  const built = await buildTestRun(db, [model], { sources, runClock: `2026-01-${day}T00:00:00.000000Z` });
  const error = built.builds[model.name]?.error ?? null;
  if (error !== null) throw new Error(error.message);
}

const versions = (model: { name: string }, more = ''): ReturnType<typeof rowsOf> =>
  rowsOf(
    db,
    `select id, name, dbt_valid_from::date, dbt_valid_to::date${more} from shop.${model.name} order by id, dbt_valid_from, name`,
  );

describe('a snapshot', () => {
  test('by timestamp ends the version that stood when a newer one comes', async () => {
    const model = snapshot("strategy='timestamp', updated_at='changed_at'");
    await build(model, '02');
    await build(model, '03');
    await db.intruder.query("update src.people set name = 'Anna', changed_at = '2026-01-05' where id = 1");
    await db.intruder.query("insert into src.people values (3, 'Cid', '2026-01-04')");
    await build(model, '06');
    expect(await versions(model)).toEqual([
      ['1', 'Ann', '2026-01-01', '2026-01-05'],
      ['1', 'Anna', '2026-01-05', null],
      ['2', 'Bob', '2026-01-01', null],
      ['3', 'Cid', '2026-01-04', null],
    ]);
  });

  test('by check compares the columns, and versions begin when they were seen', async () => {
    const model = snapshot("strategy='check', check_cols=['name']");
    await build(model, '02');
    await db.intruder.query('update src.people set name = null where id = 1');
    await db.intruder.query("update src.people set changed_at = '2026-01-05' where id = 2");
    await build(model, '06');
    expect(await versions(model)).toEqual([
      ['1', 'Ann', '2026-01-02', '2026-01-06'],
      ['1', null, '2026-01-06', null],
      ['2', 'Bob', '2026-01-02', null],
    ]);
  });

  test.each([
    ["strategy='timestamp', updated_at='changed_at'", null],
    ["strategy='timestamp', updated_at='changed_at', hard_deletes='invalidate'", '2026-01-06'],
    ["strategy='timestamp', updated_at='changed_at', invalidate_hard_deletes=true", '2026-01-06'],
  ])('leaves rows that were deleted, unless they are to be ended: %s', async (config, ended) => {
    const model = snapshot(config);
    await build(model, '02');
    await db.intruder.query('delete from src.people where id = 2');
    await build(model, '06');
    expect((await versions(model)).at(-1)).toEqual(['2', 'Bob', '2026-01-01', ended]);
  });

  test('with new_record says that a row was deleted, and when it came back', async () => {
    const model = snapshot("strategy='timestamp', updated_at='changed_at', hard_deletes='new_record'");
    await build(model, '02');
    await db.intruder.query('delete from src.people where id = 2');
    await build(model, '06');
    await build(model, '07');
    await db.intruder.query("insert into src.people values (2, 'Bob', '2026-01-08')");
    await build(model, '09');
    expect((await versions(model, ', dbt_is_deleted')).filter(([id]) => id === '2')).toEqual([
      ['2', 'Bob', '2026-01-01', '2026-01-06', 'False'],
      ['2', 'Bob', '2026-01-06', '2026-01-08', 'True'],
      ['2', 'Bob', '2026-01-08', null, 'False'],
    ]);
  });

  test('takes a column that is new, and says with dbt_valid_to_current until when what stands is valid', async () => {
    const model = snapshot("strategy='check', check_cols='all', dbt_valid_to_current=\"'9999-12-31'::timestamp\"");
    await build(model, '02');
    await db.intruder.query("alter table src.people add column city text default 'Bern'");
    await build(model, '06');
    expect(await versions(model, ', city')).toEqual([
      ['1', 'Ann', '2026-01-02', '2026-01-06', null],
      ['1', 'Ann', '2026-01-06', '9999-12-31', 'Bern'],
      ['2', 'Bob', '2026-01-02', '2026-01-06', null],
      ['2', 'Bob', '2026-01-06', '9999-12-31', 'Bern'],
    ]);
  });

  test('names its own columns as it is told', async () => {
    const model = snapshot(
      "strategy='timestamp', updated_at='changed_at', snapshot_meta_column_names={'dbt_valid_from': 'since'}",
    );
    await build(model, '02');
    expect(await rowsOf(db, `select id, since::date from shop.${model.name} order by 1`)).toEqual([
      ['1', '2026-01-01'],
      ['2', '2026-01-01'],
    ]);
  });

  test.each([
    "strategy='timestamp'",
    "strategy='check'",
    "updated_at='changed_at'",
    "strategy='timestamp', updated_at='changed_at', snapshot_meta_column_names={'valid': 'x'}",
  ])('says what is missing: %s', async (config) => {
    await expect(build({ ...snapshot(config), name: 'people' }, '02')).rejects.toThrowErrorMatchingSnapshot();
  });
});
