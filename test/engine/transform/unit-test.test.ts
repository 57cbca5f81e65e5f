import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { CompiledProject } from '../../../engine/compile/compile-project.ts';
import type { UnitTest } from '../../../engine/contracts/project.ts';
import { NOTHING_SAID } from '../../../engine/project/load-models.ts';
import { runUnitTest } from '../../../engine/transform/unit-test.ts';
import type { UnitTestDeps } from '../../../engine/transform/unit-test.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { compileShop } from './compile-shop.ts';

const TEXT_CODE = { ...NOTHING_SAID, options: [{ column_types: { code: 'text' } }] };

let world: TestWarehouse;
let compiled: CompiledProject;

const PER_CUSTOMER = `
select customer_id, count(*) as orders, sum(amount)::numeric(12,2) as amount, max(note) as note
from {{ ref('stg_orders') }} o
group by customer_id`;

beforeAll(async () => {
  world = await createTestWarehouse();
  compiled = compileShop({
    stg_orders: { layer: 'staging', template: "select * from {{ source('erp', 'orders') }}" },
    per_customer: PER_CUSTOMER,
    not_built: `select id, amount * 2 as twice, '{"a": 1}'::json as doc from {{ ref('stg_orders') }}`,
    on_not_built: "select id, twice, doc from {{ ref('not_built') }}",
    in_passing:
      "{{ config(materialized='ephemeral') }} select id, amount from {{ ref('stg_orders') }} where amount > 0",
    on_passing: "select sum(amount) as amount from {{ ref('in_passing') }}",
    newest: `{{ config(materialized='incremental', unique_key='id') }}
      select id, placed_on from {{ ref('stg_orders') }}
      {% if is_incremental() %} where placed_on > (select max(placed_on) from {{ this }}) {% endif %}`,
    vars_of_it:
      "select id, {{ literal(var('factor')) }}::integer * amount as amount, {{ literal(env_var('REGION')) }} as region from {{ ref('stg_orders') }}",
    asking: `{%- set statuses = run_query('select distinct note from ' ~ ref('stg_orders') ~ ' order by 1') -%}
      select {% for row in statuses.rows %}count(*) filter (where note = {{ literal(row[0]) }}) as n{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
      from {{ ref('stg_orders') }}`,
    broken: "select id,\n  nothing\nfrom {{ ref('stg_orders') }}",
    on_broken: "select id as customer_id from {{ ref('broken') }}",
    kinds: "select id, placed_on, paid, tags, doc, code from {{ ref('all_kinds') }}",
    all_kinds: 'select 1',
    with_macro: "select id, {{ rate() }} * amount as rated from {{ ref('stg_orders') }}",
    rates: { resource: 'seed', file: 'sql/shop/seeds/rates.csv', template: '0'.repeat(64), properties: TEXT_CODE },
    on_seed: "select code, rate * 2 as rate, since + 1 as next from {{ ref('rates') }}",
    on_on_seed: "select code, rate / 2 as half from {{ ref('on_seed') }}",
    rates_kept: {
      resource: 'snapshot',
      template: `{{ config(strategy='check', unique_key='code', check_cols='all') }} select * from {{ ref('rates') }}`,
    },
    on_snapshot:
      "select code from {{ ref('rates_kept') }} where dbt_valid_to is null and dbt_valid_from < timestamp '2026-02-01'",
    cannot_be_described: 'select nothing as id',
    on_old: "select id from {{ ref('cannot_be_described') }}",
    changed: 'select 1.0 as id',
    on_changed: "select id from {{ ref('changed') }}",
  });
  await world.intruder.query(`
    create schema raw_erp; create schema shop_staging; create schema shop;
    create table raw_erp.orders (id integer, customer_id integer, amount numeric(10,2), placed_on date, note varchar(5), _row_hash bytea);
    create view shop_staging.stg_orders as select id, customer_id, amount, placed_on, note from raw_erp.orders;
    create table shop.all_kinds (id bigint, placed_on timestamptz, paid boolean, tags text[], doc jsonb, code char(3));
    create table shop.changed (id integer); create table shop.cannot_be_described (id integer);
    create view shop.newest as select 1 as id, date '2026-01-01' as placed_on;
    grant usage on schema raw_erp, shop_staging, shop to tickmark;
    grant select on all tables in schema raw_erp, shop_staging, shop to tickmark`);
});

afterAll(() => world.stop());

type Given = UnitTest['given'][number];
const dict = (input: string, ...rows: Readonly<Record<string, unknown>>[]): Given => ({ input, format: 'dict', rows });
const rows = (...given: Readonly<Record<string, unknown>>[]): UnitTest['expect'] => ({ format: 'dict', rows: given });

const run = (
  model: string,
  given: readonly Given[],
  expected: UnitTest['expect'],
  more: Partial<UnitTest> = {},
  deps: UnitTestDeps = { compiled, warehouse: world.warehouse },
) =>
  runUnitTest(
    {
      name: 'it_adds_up',
      model,
      vertical: 'shop',
      description: undefined,
      given,
      expect: expected,
      overrides: { vars: {}, macros: {}, envVars: {} },
      tags: [],
      file: 'sql/shop/shop.yml',
      line: 12,
      ...more,
    },
    deps,
  );

const ORDERS = [
  { id: 1, customer_id: 1, amount: '10.00', note: 'first' },
  { id: 2, customer_id: 1, amount: 5.5 },
  { id: 3, customer_id: 2, amount: 7 },
];
const message = async (...given: Parameters<typeof run>) => {
  const { status, message: said } = await run(...given);
  return `${status}: ${said}`;
};

test('a test passes when the columns that it names are as expected, in any order of rows', async () => {
  const outcome = await run(
    'per_customer',
    [dict("ref('stg_orders')", ...ORDERS)],
    rows({ customer_id: 2, amount: 7.0 }, { customer_id: 1, amount: 15.5 }),
  );
  expect(outcome).toMatchObject({ name: 'it_adds_up', model: 'per_customer', status: 'pass', message: null });
});

test('what differs is shown row by row: changed, surplus and missing', async () => {
  const expected = rows(
    { customer_id: 1, orders: 3, amount: 15.5, note: 'first' },
    { customer_id: 9, orders: 1, amount: 1, note: null },
  );
  expect(await message('per_customer', [dict("ref('stg_orders')", ...ORDERS)], expected)).toMatchInlineSnapshot(`
    "fail: actual differs from expected:

    @@  | customer_id | orders | amount | note
    →   | 1           | 3→2    | 15.50  | first
    +++ | 2           | 1      | 7.00   | null
    --- | 9           | 1      | 1.00   | null"
  `);
});

test('a row that stands twice has to stand twice', async () => {
  const twice = [dict("ref('stg_orders')", { id: 1, amount: 2 }, { id: 1, amount: 2 })];
  expect((await run('not_built', twice, rows({ id: 1, twice: 4 }, { id: 1, twice: 4 }))).status).toBe('pass');
  expect(await message('not_built', twice, rows({ id: 1, twice: 4 }))).toMatchInlineSnapshot(`
    "fail: actual differs from expected:

    @@  | id | twice
    +++ | 1  | 4.00
    1 row is as expected"
  `);
});

test('no row expected means no row at all', async () => {
  expect((await run('per_customer', [dict("ref('stg_orders')")], rows())).status).toBe('pass');
  expect((await run('per_customer', [dict("ref('stg_orders')", ...ORDERS)], rows())).status).toBe('fail');
});

test('a long difference is cut off after twenty rows', async () => {
  const many = Array.from({ length: 300 }, (_, id) => ({ id, amount: 1 }));
  const said = await message(
    'not_built',
    [dict("ref('stg_orders')", ...many)],
    rows({ id: 5, twice: 2 }, { id: 6, twice: 9 }),
  );
  expect(said.split('\n').slice(0, 6)).toMatchInlineSnapshot(`
    [
      "fail: actual differs from expected:",
      "",
      "@@  | id | twice",
      "→   | 6  | 9→2.00",
      "+++ | 0  | 2.00",
      "+++ | 1  | 2.00",
    ]
  `);
  expect(said.split('\n').slice(-3)).toMatchInlineSnapshot(`
    [
      "+++ | 20 | 2.00",
      "... and 279 more",
      "1 row is as expected",
    ]
  `);
});

test('rows come as CSV and as SQL too, where nothing between commas is null', async () => {
  const csv: Given = {
    input: "ref('stg_orders')",
    format: 'csv',
    csv: 'id,customer_id,Amount,note\n1,1,2.50,"a,b"\n2,1,,\n',
  };
  const sql: UnitTest['expect'] = {
    format: 'sql',
    sql: "select 1 as customer_id, 2 as orders, 2.5 as amount, 'a,b' as note;",
  };
  expect((await run('per_customer', [csv], sql)).message).toBeNull();
  const given: Given = {
    input: "ref('stg_orders')",
    format: 'sql',
    sql: 'select 4 as customer_id, 1.25 as amount, null as note -- one',
  };
  expect((await run('per_customer', [given], { format: 'csv', csv: 'customer_id,orders\n4,1\n' })).message).toBeNull();
});

test('values keep their types: dates, booleans, arrays, JSON, long numbers and texts longer than their column', async () => {
  const row = {
    id: 9007199254740993n,
    placed_on: '2026-01-31 10:00:00+02',
    paid: true,
    tags: ['a', "it's"],
    doc: { b: [1, null] },
    code: 'abcd',
  };
  const expected = { ...row, placed_on: '2026-01-31T08:00:00Z', id: '9007199254740993' };
  expect(
    (await run('kinds', [dict("ref('all_kinds')", row, { id: 2 })], rows(expected, { id: 2 }))).message,
  ).toBeNull();
  expect(
    await message('kinds', [dict("ref('all_kinds')", { id: Number('9007199254740993') })], rows({ id: 1 })),
  ).toMatchInlineSnapshot(
    `"error: sql/shop/shop.yml:12: unit test it_adds_up of kinds: given ref('all_kinds'): row 1, column id: a number of so many digits is put in quotes, or some of them are lost [TRANSFORM_UNIT_TEST]"`,
  );
});

test('a model that was never built has the columns of its SQL, and JSON is compared as JSON', async () => {
  const given = [dict("ref('not_built')", { id: 1, twice: 2.5, doc: '{"b":1,  "a":2}' })];
  expect((await run('on_not_built', given, rows({ id: 1, twice: 2.5, doc: { a: 2, b: 1 } }))).message).toBeNull();
});

test('ephemeral models are tested and stood in for like others', async () => {
  const orders = dict("ref('stg_orders')", { id: 1, amount: -1 }, { id: 2, amount: 4 });
  expect((await run('in_passing', [orders], rows({ id: 2, amount: 4 }))).message).toBeNull();
  const passing = dict("ref('in_passing')", { amount: 1 }, { amount: 2 });
  expect((await run('on_passing', [passing], rows({ amount: 3 }))).message).toBeNull();
});

test('a source is stood in for by its table', async () => {
  const given = [dict("source('erp', 'orders')", { id: 1, note: 'x' })];
  expect((await run('stg_orders', given, rows({ id: 1, note: 'x', amount: null }))).message).toBeNull();
});

test('an incremental model is told which way it is built, and this is given', async () => {
  const orders = dict("ref('stg_orders')", { id: 1, placed_on: '2026-01-01' }, { id: 2, placed_on: '2026-02-01' });
  const upon = (isIncremental: unknown) => ({
    overrides: { vars: {}, macros: { is_incremental: isIncremental }, envVars: {} },
  });
  expect((await run('newest', [orders], rows({ id: 1 }, { id: 2 }), upon(false))).message).toBeNull();
  const standing = dict('this', { id: 1, placed_on: '2026-01-15' });
  expect((await run('newest', [orders, standing], rows({ id: 2 }), upon(true))).message).toBeNull();
  expect(await message('newest', [orders], rows({ id: 2 }), upon(true))).toMatchInlineSnapshot(
    `"error: sql/shop/shop.yml:12: unit test it_adds_up of newest: with is_incremental: true the rows that stand have to be given, as input: this [TRANSFORM_UNIT_TEST]"`,
  );
  expect(await message('newest', [orders], rows({ id: 2 }))).toMatchInlineSnapshot(
    `"error: sql/shop/shop.yml:12: unit test it_adds_up of newest: the model asks is_incremental(); say true or false under overrides: macros: is_incremental [TRANSFORM_UNIT_TEST]"`,
  );
});

test('variables, the environment and macros are overridden', async () => {
  const overrides = { vars: { factor: 3 }, macros: {}, envVars: { REGION: 'north' } };
  const given = [dict("ref('stg_orders')", { id: 1, amount: 2 })];
  const outcome = await run('vars_of_it', given, rows({ id: 1, amount: 6, region: 'north' }), { overrides });
  expect(outcome.message).toBeNull();
});

test('a template that asks the warehouse is answered from the rows given', async () => {
  const given = [dict("ref('stg_orders')", { note: 'a' }, { note: 'b' }, { note: 'b' })];
  expect((await run('asking', given, rows({ n1: 1, n2: 2 }))).message).toBeNull();
});

test('what is wrong with a test is said with its place', async () => {
  const orders = dict("ref('stg_orders')", ...ORDERS);
  const one = rows({ customer_id: 1 });
  const said = [
    await message('per_customer', [], one),
    await message('per_customer', [dict("ref('stg_orders')", { custmer_id: 1 })], one),
    await message('per_customer', [dict("ref('stg_orders')", { id: 1 }, { id: 'x' })], one),
    await message('per_customer', [orders], rows({ amuont: 1 })),
    await message('per_customer', [orders], rows({ orders: 'many' })),
    await message('per_customer', [orders, orders], one),
    await message('per_customer', [dict("reff('stg_orders')")], one),
    await message(
      'per_customer',
      [{ input: "ref('stg_orders')", format: 'sql', sql: 'select customer_id from nowhere' }],
      one,
    ),
    await message('per_customer', [{ input: "ref('stg_orders')", format: 'csv', csv: 'id,amount\n1\n' }], one),
    await message('per_customer', [dict("ref('stg_orders')", { id: { a: 1 } })], one),
    await message('stg_orders', [dict("source('erp', 'gone')", { id: 1 })], one),
    await message('broken', [orders], one),
    await message('per_customer', [orders], rows({})),
    await message('on_broken', [dict("ref('broken')", { id: 1 })], one),
  ];
  expect(said).toMatchInlineSnapshot(`
    [
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: the model reads ref('stg_orders'), and the test gives no rows for it; rows: [] gives none [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: given ref('stg_orders'): no column 'custmer_id'; did you mean 'customer_id'?; its columns: id, customer_id, amount, placed_on, note [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: given ref('stg_orders'): row 2, column id: the value is no integer [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: expect: no column 'amuont'; did you mean 'amount'?; its columns: customer_id, orders, amount, note [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: expect: row 1, column orders: the value is no bigint [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: ref('stg_orders') is given twice [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: input reff('stg_orders') is no ref('model'), source('source', 'table') or this [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: given ref('stg_orders'): relation "nowhere" does not exist (SQLSTATE 42P01) [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: given ref('stg_orders'): the CSV cannot be read, at line 2 (CSV_RECORD_INCONSISTENT_FIELDS_LENGTH) [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: given ref('stg_orders'): row 1, column id: a mapping stands for JSON, and the column is integer [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of stg_orders: given source('erp', 'gone'): its columns are not known: it does not stand in the warehouse; build or land it, or give rows with format: sql [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of broken: model broken, at line 2 of its compiled SQL: column "nothing" does not exist (SQLSTATE 42703) [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of per_customer: expect: its rows name no column [TRANSFORM_UNIT_TEST]",
      "error: sql/shop/shop.yml:12: unit test it_adds_up of on_broken: given ref('broken'): its columns are not known: column "nothing" does not exist (SQLSTATE 42703) [TRANSFORM_UNIT_TEST]",
    ]
  `);
});

test('a macro gives what the test says instead of being run', async () => {
  const overrides = { vars: {}, macros: { rate: 3 }, envVars: {} };
  const given = [dict("ref('stg_orders')", { id: 1, amount: 2 })];
  expect((await run('with_macro', given, rows({ id: 1, rated: 4 }))).message).toBeNull();
  expect((await run('with_macro', given, rows({ id: 1, rated: 6 }), { overrides })).message).toBeNull();
});

test('seeds, snapshots and models above them are known before any of them is built', async () => {
  const root = await mkdtemp(join(tmpdir(), 'tickmark-unit-test-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'sql/shop/seeds'), { recursive: true });
  await writeFile(join(root, 'sql/shop/seeds/rates.csv'), 'code,rate,since\n007,1.25,2026-01-01\n');
  const seed = [dict("ref('rates')", { code: '007', rate: 1.5, since: '2026-02-01' })];
  const twice = rows({ code: '007', rate: 3, next: '2026-02-02' });
  const deps = { compiled, warehouse: world.warehouse, project: { root } };
  expect((await run('on_seed', seed, twice, {}, deps)).message).toBeNull();
  const above = [dict("ref('on_seed')", { code: '007', rate: 3 })];
  expect((await run('on_on_seed', above, rows({ code: '007', half: 1.5 }), {}, deps)).message).toBeNull();
  const kept = [dict("ref('rates_kept')", { code: '007', dbt_valid_from: '2026-01-01', dbt_valid_to: null })];
  expect((await run('on_snapshot', kept, rows({ code: '007' }), {}, deps)).message).toBeNull();
});

test('columns of a model that has changed since it was built are those of its definition', async () => {
  const given = [dict("ref('changed')", { id: 1.5 })];
  const deps = { compiled, warehouse: world.warehouse };
  expect((await run('on_changed', given, rows({ id: 2 }), {}, deps)).message).toBeNull();
  const stale = new Set(['changed']);
  expect((await run('on_changed', given, rows({ id: 1.5 }), {}, { ...deps, stale })).message).toBeNull();
  const old = [dict("ref('cannot_be_described')", { id: 1 })];
  const known = new Map();
  for (let time = 0; time < 2; time++) {
    const both = { ...deps, stale: new Set(['cannot_be_described']), known };
    expect((await run('on_old', old, rows({ id: 1 }), {}, both)).message).toBeNull();
  }
});

test('nothing is left behind, whatever came of it', async () => {
  await run('per_customer', [dict("ref('stg_orders')", ...ORDERS)], rows({ customer_id: 1 }));
  await run('broken', [dict("ref('stg_orders')", ...ORDERS)], rows({ customer_id: 1 }));
  const left = await world.warehouse.query("select relname::text from pg_class where relname like 'given%'");
  expect(left).toEqual([]);
});
