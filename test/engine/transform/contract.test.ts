import { afterAll, beforeAll, expect, test } from 'vitest';
import { constraintDdl } from '../../../engine/transform/contract-constraints.ts';
import { contractInsert, contractTable } from '../../../engine/transform/contract-ddl.ts';
import { enforceContract } from '../../../engine/transform/contract.ts';
import { columnsOf } from '../../../engine/warehouse/relation-columns.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { column, contracted } from './contract-model.ts';

let world: TestWarehouse;

beforeAll(async () => {
  world = await createTestWarehouse();
});

afterAll(() => world.stop());

const enforce = (...given: [model: Parameters<typeof enforceContract>[0], sql: string]) =>
  world.warehouse.transaction((session) => enforceContract(...given, session));
const refusal = async (...given: Parameters<typeof enforce>) => (await catchError(() => enforce(...given))).message;

test('a model that keeps its contract gives the columns in the order of the contract', async () => {
  const model = contracted([column('amount', 'decimal(18, 2)'), column('ID', 'int4'), column('note', 'string')]);
  const sql = "select 1 as id, 'a' as note, 2::numeric(18,2) as amount -- the last word";
  expect(await enforce(model, sql)).toEqual({
    columns: [
      { name: 'amount', type: 'numeric(18,2)', written: 'decimal(18, 2)' },
      { name: 'id', type: 'integer', written: 'int4' },
      { name: 'note', type: 'text', written: 'text' },
    ],
  });
});

test('without an enforced contract nothing is compared', async () => {
  const columns = [column('id', 'text')];
  expect(await enforce(contracted(columns, { contract: { enforced: false } }), 'select 1 as id')).toBeNull();
});

test('every difference of names, types and precision stands in one table', async () => {
  const model = contracted([
    column('id', 'int'),
    column('sold_on', 'date', { line: 9 }),
    column('amount', 'numeric(18,2)', { line: 11 }),
    column('currency', 'varchar(3)', { line: 13 }),
    column('qty', 'integer', { line: 15 }),
  ]);
  const sql = `select 1 as id, now() as sold_on, 1::numeric(18,4) as amount, 'x'::varchar(5) as currency, 7 as qtty, true as paid`;
  expect(await refusal(model, sql)).toMatchInlineSnapshot(`
    "sql/shop/shop.yml:9: model sales breaks its contract

    | column   | defined                  | contracted           | mismatch_reason                             |
    | -------- | ------------------------ | -------------------- | ------------------------------------------- |
    | sold_on  | timestamp with time zone | date                 | data type mismatch                          |
    | amount   | numeric(18,4)            | numeric(18,2)        | precision mismatch                          |
    | currency | character varying(5)     | character varying(3) | precision mismatch                          |
    | qty      |                          | integer              | missing in definition; did you mean 'qtty'? |
    | qtty     | integer                  |                      | missing in contract                         |
    | paid     | boolean                  |                      | missing in contract                         |
     [TRANSFORM_CONTRACT]"
  `);
});

test('a double precision is no real and a bigint no integer, but what dbt takes for one another is', async () => {
  const sql = 'select 1::float8 as a, 1::bigint as b';
  expect(await refusal(contracted([column('a', 'real'), column('b', 'int')]), sql)).toMatchInlineSnapshot(`
    "sql/shop/shop.yml:7: model sales breaks its contract

    | column | defined          | contracted | mismatch_reason    |
    | ------ | ---------------- | ---------- | ------------------ |
    | a      | double precision | real       | data type mismatch |
    | b      | bigint           | integer    | data type mismatch |
     [TRANSFORM_CONTRACT]"
  `);
  const alike = contracted([
    column('a', 'double precision'),
    column('b', 'smallint'),
    column('c', 'varchar(10)'),
    column('d', 'numeric(10,2)'),
    column('e', 'varchar[]'),
    column('f', 'timestamp with time zone'),
  ]);
  const given = `select 1::real as a, 1 as b, 'x'::text as c, 1.5 as d, array['a'] as e, now() as f`;
  expect((await enforce(alike, given))?.columns.map(({ type }) => type)).toEqual([
    'double precision',
    'smallint',
    'character varying(10)',
    'numeric(10,2)',
    'character varying[]',
    'timestamp with time zone',
  ]);
});

test('a contract without columns, or with a column without a type or declared twice, is refused at its place', async () => {
  expect(await refusal(contracted([]), 'select 1 as id')).toMatchInlineSnapshot(
    `"sql/shop/marts/sales.sql: model sales has an enforced contract, and declares no columns [TRANSFORM_CONTRACT]"`,
  );
  expect(await refusal(contracted([column('id')]), 'select 1 as id')).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:7: model sales has an enforced contract, and column id has no data_type [TRANSFORM_CONTRACT]"`,
  );
  expect(
    await refusal(contracted([column('id', 'int'), column('Id', 'int', { line: 8 })]), 'select 1 as id'),
  ).toMatchInlineSnapshot(`"sql/shop/shop.yml:8: model sales declares column id twice [TRANSFORM_CONTRACT]"`);
});

test('a data type that Postgres does not know is refused at its column', async () => {
  const types = (text: string) => contracted([column('a', 'int'), column('b', text, { line: 8 }), column('c', 'int')]);
  const sql = 'select 1 as a, 1 as b, 1 as c';
  expect(await refusal(types('intt'), sql)).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:8: model sales column b has the data_type intt: type "intt" does not exist (SQLSTATE 42704) [TRANSFORM_CONTRACT]"`,
  );
  expect(await refusal(types('int) as x, (select 1'), sql)).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:8: model sales column b has the data_type int) as x, (select 1: that is not the name of a type [TRANSFORM_CONTRACT]"`,
  );
  expect(await refusal(types('numeric(1,2,3)'), sql)).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:8: model sales column b has the data_type numeric(1,2,3): that is not the name of a type [TRANSFORM_CONTRACT]"`,
  );
});

test('with alias_types false string is no other name of text', async () => {
  const columns = [column('note', 'string')];
  const strict = contracted(columns, { contract: { enforced: true, alias_types: false } });
  expect(await refusal(strict, "select 'a' as note")).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:7: model sales column note has the data_type string: type "string" does not exist (SQLSTATE 42704) [TRANSFORM_CONTRACT]"`,
  );
  expect(await enforce(contracted(columns), "select 'a' as note")).not.toBeNull();
});

test('a column in quotes keeps its capitals', async () => {
  const model = contracted([column('Id', 'int', { quote: true })]);
  expect(await enforce(model, 'select 1 as "Id"')).toMatchObject({ columns: [{ name: 'Id', type: 'integer' }] });
  expect(await refusal(model, 'select 1 as id')).toMatchInlineSnapshot(`
    "sql/shop/shop.yml:7: model sales breaks its contract

    | column | defined | contracted | mismatch_reason                           |
    | ------ | ------- | ---------- | ----------------------------------------- |
    | Id     |         | integer    | missing in definition; did you mean 'id'? |
    | id     | integer |            | missing in contract                       |
     [TRANSFORM_CONTRACT]"
  `);
});

test('SQL that cannot be planned is the error that it is, with its place in the SQL', async () => {
  const error = await catchError(() => enforce(contracted([column('id', 'int')]), 'select 1 as id,\n  nothing'));
  expect(error).toMatchObject({ code: 'WAREHOUSE_FAILED', database: { position: 19, sqlState: '42703' } });
});

test('the table has the types of the contract; a value that does not fit is refused and never cut off', async () => {
  const model = contracted([column('note', 'varchar(3)'), column('amount', 'numeric(10,2)')]);
  const built = (sql: string) =>
    world.warehouse.transaction(async (session) => {
      const contract = await enforceContract(model, sql, session);
      await session.execute(contractTable(contract!, '"public"."held"', { unlogged: true }));
      await session.execute(contractInsert(contract!, '"public"."held"', sql));
      const columns = await columnsOf(session, ['"public"."held"']);
      const rows = await session.query('select * from public.held');
      await session.execute('drop table public.held');
      return { columns: columns.get('"public"."held"'), rows };
    });
  expect(await built(`select 1.5 as amount, 'abc' as note`)).toEqual({
    columns: [
      { name: 'note', type: 'character varying(3)' },
      { name: 'amount', type: 'numeric(10,2)' },
    ],
    rows: [{ note: 'abc', amount: '1.50' }],
  });
  await expect(built(`select 1.5 as amount, 'abcd' as note`)).rejects.toThrow('a text is longer than its column');
});

test('what is custom of a column stands in its definition', async () => {
  const custom = { type: 'custom', expression: 'default \'none\' collate "C"' } as const;
  const model = contracted([column('note', 'text', { constraints: [custom] })]);
  const contract = await enforce(model, "select 'a' as note");
  expect(contractTable(contract!, '"s"."t"')).toBe(
    'create table "s"."t" (\n  "note" text default \'none\' collate "C"\n)',
  );
  expect(await constraintDdl(model, '"s"."t"', () => Promise.resolve(undefined))).toEqual([]);
});
