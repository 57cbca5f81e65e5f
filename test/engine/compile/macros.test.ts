import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CompiledProject } from '../../../engine/compile/compile-project.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { compileMinimal } from './compile-minimal.ts';

let world: TestWarehouse;
let asked: string[] = [];

beforeAll(async () => {
  world = await createTestWarehouse();
  await world.intruder.query(`
    create schema shop;
    create schema shop_staging;
    create table shop.people (
      id bigint, "Name" text, code varchar(20), born date, seen timestamptz, size numeric(10,2), happy boolean, tags text[]
    );
    insert into shop.people values
      (1, 'Ann', 'a', '1990-05-01', '2026-01-31 08:00+00', 1.50, true, '{x}'),
      (2, 'Bob', 'b', '1991-05-01', '2026-02-01 08:00+00', 2.00, false, null),
      (3, 'Bob', 'c', null, null, null, null, null);
    create table shop.others (id integer, code varchar(30), extra text);
    insert into shop.others values (9, 'z', 'more');
    create view shop.seen as select * from shop.people;
    create table shop.empty (id integer, name text);
    grant usage on schema shop to tickmark;
    grant select on all tables in schema shop to tickmark;
  `);
});
afterAll(() => world.stop());

const tables = {
  people: 'select 1',
  others: 'select 1',
  seen: "{{ config(materialized='view') }}select 1",
  empty: 'select 1',
  passing: "{{ config(materialized='ephemeral') }}select 1 as id",
};

const compile = (macros: Record<string, string> = {}): CompiledProject =>
  compileMinimal(tables, macros, { runClock: '2026-01-31T08:00:00Z', schemaOf: () => 'shop' });

async function sql(template: string, macros: Record<string, string> = {}): Promise<string> {
  asked = [];
  const ask = (query: string) => {
    asked.push(query);
    return world.warehouse.query<Record<string, string | null>>(query);
  };
  return (await compile(macros).renderAround(template, { file: 'x.sql' }, { ask })).sql;
}

async function value(expression: string): Promise<unknown> {
  const [row] = await world.warehouse.query(`select (${await sql(`{{ ${expression} }}`)})::text as value`);
  return row?.['value'];
}

test.each([
  [`dateadd('day', 3, "'2026-01-31'::date")`, '2026-02-03 00:00:00'],
  [
    `dbt.dateadd(datepart='month', interval=-1, from_date_or_timestamp="'2026-03-31'::timestamp")`,
    '2026-02-28 00:00:00',
  ],
  [`datediff("'2025-12-31'", "'2026-01-01'", 'year')`, '1'],
  [`datediff("'2025-12-31'", "'2026-04-01'", 'quarter')`, '2'],
  [`datediff("'2025-12-31'", "'2026-04-01'", 'month')`, '4'],
  [`datediff("'2026-01-01'", "'2026-03-01'", 'day')`, '59'],
  [`datediff("'2026-01-03'::date", "'2026-01-04'::date", 'week')`, '1'],
  [`datediff("'2026-01-04'::date", "'2026-01-10'::date", 'week')`, '0'],
  [`datediff("'2026-01-01 23:59'", "'2026-01-02 00:01'", 'hour')`, '1'],
  [`datediff("'2026-01-01 23:59:30'", "'2026-01-02 00:01:10'", 'minute')`, '2'],
  [`datediff("'2026-01-01 23:59:59.9'", "'2026-01-02 00:00:00.1'", 'second')`, '1'],
  [`datediff("'2026-01-01 00:00:00.001'", "'2026-01-01 00:00:01.500'", 'millisecond')`, '1499'],
  [`date_trunc('month', "'2026-01-31'::timestamp")`, '2026-01-01 00:00:00'],
  [`last_day("'2026-02-10'::date", 'month')`, '2026-02-28'],
  [`last_day("'2026-02-10'::date", 'quarter')`, '2026-03-31'],
  [`dbt.date(2026, 2, 3)`, '2026-02-03'],
  [`concat(["'a'", "'b'"])`, 'ab'],
  [`length("'abc'")`, '3'],
  [`replace("'abc'", "'b'", "'x'")`, 'axc'],
  [`right("'abc'", 2)`, 'bc'],
  [`split_part("'a-b-c'", "'-'", 2)`, 'b'],
  [`split_part("'a-b-c'", "'-'", -1)`, 'c'],
  [`position("'b'", "'abc'")`, '2'],
  [`safe_cast("'1'", api.Column.translate_type('integer'))`, '1'],
  [`cast_bool_to_text('true')`, 'true'],
  [`hash("'a'")`, '0cc175b9c0f1b6a831c399e269772661'],
  [`"'" ~ dbt.escape_single_quotes("it's") ~ "'"`, "it's"],
  [`string_literal('a')`, 'a'],
  [`array_append(array_construct([1, 2]), 3)`, '{1,2,3}'],
  [`array_concat(array_construct(), array_construct([1]))`, '{1}'],
  [`dbt_utils.generate_surrogate_key(["'a'", 'null', '1'])`, '0231a9babeb31ebb7a3db195a5062749'],
  [`dbt_utils.safe_add(['1', 'null'])`, '1'],
  [`dbt_utils.safe_subtract(['3', 'null', '1'])`, '2'],
  [`dbt_utils.safe_divide('1.0', '0')`, null],
  [`dbt_utils.safe_divide('1.0', '4')`, '0.25000000000000000000'],
  [`dbt_utils.width_bucket('7.0', '0', '10', '5')`, '4'],
  [`dbt_utils.width_bucket('4', '0', '10', '5')`, '3'],
  [`"round((" ~ dbt_utils.haversine_distance(48.85, 2.35, 51.51, -0.13, 'km') ~ ")::numeric)"`, '345'],
  [`dbt_utils.get_url_host("'https://www.example.com/a?b=c'")`, 'www.example.com'],
  [`dbt_utils.get_url_path("'https://www.example.com/a/b?c=d'")`, 'a/b'],
  [`dbt_utils.get_url_parameter("'https://x.org/?utm=mail&b=1'", 'utm')`, 'mail'],
])('%s is %s', async (expression, expected) => expect(await value(expression)).toBe(expected));

test('types have their names', async () => {
  const names = ['string', 'timestamp', 'int', 'bigint', 'float', 'numeric', 'boolean'];
  const template = names.map((name) => `{{ type_${name}() }}`).join(', ');
  expect(await sql(template)).toBe('TEXT, timestamp, integer, bigint, float, numeric(28,6), boolean');
});

test('aggregates are written for Postgres', async () => {
  const all = await sql(`select
    {{ listagg('"Name"', "', '", 'order by id') }} as names,
    {{ listagg('"Name"', "', '", 'order by id', 2) }} as two,
    {{ any_value('id') }} as one,
    {{ bool_or('happy') }} as happy
    from {{ ref('people') }}`);
  expect(await world.warehouse.query(all)).toEqual([{ names: 'Ann, Bob, Bob', two: 'Ann, Bob', one: '1', happy: 't' }]);
});

test('a spine of dates has every day up to the last', async () => {
  const spine = await sql(`{{ dbt_utils.date_spine('day', "'2026-01-30'::date", "'2026-02-02'::date") }}`);
  const rows = await world.warehouse.query(`select date_day::text as date_day from (${spine}) as spine order by 1`);
  expect(rows.map((row) => row['date_day'])).toEqual([
    '2026-01-30 00:00:00',
    '2026-01-31 00:00:00',
    '2026-02-01 00:00:00',
  ]);
  const numbers = await world.warehouse.query(
    `select count(*)::text as count from (${await sql('{{ dbt.generate_series(5) }}')}) as s`,
  );
  expect(numbers).toEqual([{ count: '5' }]);
});

test('star names the columns, and what was asked is asked once', async () => {
  expect(
    await sql(
      `select {{ dbt_utils.star(from=ref('people'), except=['NAME', 'tags', 'seen', 'size', 'happy', 'born']) }}`,
    ),
  ).toBe('select "id",\n  "code"');
  expect(await sql(`{{ dbt_utils.star(ref('others'), relation_alias='o', prefix='p_') }}`)).toBe(
    'o."id" as "p_id",\n  o."code" as "p_code",\n  o."extra" as "p_extra"',
  );
  expect(await sql(`{{ dbt_utils.star(ref('others')) }} {{ dbt_utils.star(ref('others')) }}`)).toContain('"extra"');
  expect(asked).toHaveLength(1);
});

test('union_relations gives every column of all, null where a relation has none', async () => {
  const union = await sql(
    `{{ dbt_utils.union_relations([ref('people'), ref('others')], include=['id', 'code', 'extra']) }}`,
  );
  const rows = await world.warehouse.query(`select * from (${union}) as u order by id`);
  expect(rows.map((row) => Object.values(row))).toEqual([
    ['"shop"."people"', '1', 'a', null],
    ['"shop"."people"', '2', 'b', null],
    ['"shop"."people"', '3', 'c', null],
    ['"shop"."others"', '9', 'z', 'more'],
  ]);
  expect(union).toContain('cast("code" as character varying(30)) as "code"');
});

test('union_relations takes names to include or exclude in any case', async () => {
  const included = `{{ dbt_utils.union_relations([ref('others')], include=['ID', 'Extra'], source_column_name=none) }}`;
  const excluded = `{{ dbt_utils.union_relations([ref('others')], exclude=['CODE'], source_column_name=none) }}`;
  for (const template of [included, excluded]) {
    const rows = await world.warehouse.query(`select * from (${await sql(template)}) as u`);
    expect(rows).toEqual([{ id: '9', extra: 'more' }]);
  }
});

test('tables found by a pattern are neither those of the store nor replaced ones, and a run finds its own', async () => {
  for (const schema of ['found', 'found__store', 'found__retired_6']) {
    await world.warehouse.execute(`create schema ${schema}`);
    await world.warehouse.execute(`create table ${schema}.events_1 (id int)`);
  }
  const template = `{{ dbt_utils.get_relations_by_pattern('found%', 'events_%') | join(' ') }}`;
  expect(await sql(template)).toBe('"found"."events_1"');
  await world.warehouse.execute('create schema found__r7');
  await world.warehouse.execute('create table found__r7.events_1 (id int)');
  expect(await sql(template)).toBe('"found__r7"."events_1"');
});

test('pivot, unpivot and deduplicate reshape', async () => {
  const pivot = await sql(
    `select {{ dbt_utils.pivot('"Name"', dbt_utils.get_column_values(ref('people'), '"Name"')) }} from {{ ref('people') }}`,
  );
  expect(await world.warehouse.query(pivot)).toEqual([{ Bob: '2', Ann: '1' }]);
  const unpivot = await sql(`{{ dbt_utils.unpivot(ref('others'), cast_to='text', exclude=['id']) }}`);
  expect(await world.warehouse.query(`select * from (${unpivot}) as u order by 2`)).toEqual([
    { id: '9', field_name: 'code', value: 'z' },
    { id: '9', field_name: 'extra', value: 'more' },
  ]);
  const once = await sql(`{{ dbt_utils.deduplicate(ref('people'), '"Name"', 'id desc') }}`);
  expect((await world.warehouse.query(once)).map((row) => row['id'])).toEqual(['1', '3']);
});

test('values of a column come as what they are', async () => {
  expect(await sql(`{{ dbt_utils.get_column_values(ref('people'), 'id', order_by='id') }}`)).toBe('[1, 2, 3]');
  expect(
    await sql(`{{ dbt_utils.get_column_values(ref('people'), 'code', order_by='1', max_records=2, where='id > 1') }}`),
  ).toBe("['b', 'c']");
  expect(await sql(`{{ dbt_utils.get_column_values(ref('empty'), 'id', default=[7]) }}`)).toBe('[7]');
  expect(
    await sql(
      `{{ dbt_utils.get_column_values(api.Relation.create(schema='shop', identifier='gone'), 'id', default=[]) }}`,
    ),
  ).toBe('[]');
  expect(await sql(`{{ dbt_utils.get_single_value("select max(size) from shop.people") }}`)).toBe('2.00');
  expect(
    await sql(
      `{{ dbt_utils.get_query_results_as_dict("select id, code from shop.people where id < 3 order by 1")['code'][1] }}`,
    ),
  ).toBe('b');
});

test('run_query gives a table as agate does', async () => {
  const query = 'select id, code, happy, born, seen, size from shop.people order by id';
  expect(
    await sql(
      `{% set t = run_query('${query}') %}{{ t.columns[0].values() }} {{ t.columns['code'].values() }} {{ t.column_names }}`,
    ),
  ).toBe(`[1, 2, 3] ['a', 'b', 'c'] ['id', 'code', 'happy', 'born', 'seen', 'size']`);
  expect(
    await sql(
      `{% for row in run_query('${query}') %}{{ row[0] + 1 }} {{ row['code'] }} {{ row.happy }} {{ row.born }} {{ row.seen }} {{ row.size }}{% if not loop.last %}; {% endif %}{% endfor %}`,
    ),
  ).toBe(
    '2 a True 1990-05-01 2026-01-31 08:00:00+00:00 1.50; 3 b False 1991-05-01 2026-02-01 08:00:00+00:00 2.00; 4 c None None None None',
  );
  expect(
    await sql(
      `{% set t = run_query('select * from shop.empty') %}{{ t.rows | length }} {{ t.columns['name'].values() }}{% if t %}x{% endif %}`,
    ),
  ).toBe('0 []');
  expect(
    await sql(
      `{% call statement('s', fetch_result=True) %}select max(id) from shop.people{% endcall %}{{ load_result('s')['data'][0][0] }} {{ load_result('s').table.columns[0].values()[0] }}`,
    ),
  ).toBe('3 3');
});

test('relations and their columns are looked up', async () => {
  expect(
    await sql(
      `{% for c in adapter.get_columns_in_relation(ref('people')) %}{{ c.name }}:{{ c.data_type }}:{{ c.is_string() }}:{{ c.is_numeric() }} {% endfor %}`,
    ),
  ).toBe(
    'id:bigint:False:False Name:text:True:False code:character varying(20):True:False born:date:False:False seen:timestamp with time zone:False:False size:numeric(10,2):False:True happy:boolean:False:False tags:ARRAY:False:False',
  );
  expect(
    await sql(
      `{{ adapter.get_relation(database='x', schema='shop', identifier='seen').type }} {{ load_relation(ref('people')).is_table }} {{ adapter.get_relation('x', 'shop', 'gone') }}`,
    ),
  ).toBe('view True None');
  expect(await sql(`{{ dbt_utils.get_relations_by_pattern('sho_', 'peo%') }}`)).toBe('["shop"."people"]');
});

test('answers lead to questions until there are none', async () => {
  const template = `{% set first = run_query('select min(id) from shop.people').columns[0].values()[0] %}{% set next = run_query('select min(id) from shop.people where id > ' ~ first).columns[0].values()[0] %}{{ next }}`;
  expect(await sql(template)).toBe('2');
  expect(asked.filter((query) => !query.includes('pg_typeof'))).toEqual([
    'select min(id) from shop.people',
    'select min(id) from shop.people where id > 1',
  ]);
});

test("a project's own version of a macro is used", async () => {
  const own = {
    'sql/macros/a.sql': `{% macro postgres__hash(field) %}sha({{ field }}){% endmacro %}{% macro default__twice(x) %}{{ x }}{{ x }}{% endmacro %}{% macro twice(x) %}{{ return(adapter.dispatch('twice')(x)) }}{% endmacro %}`,
  };
  expect(await sql(`{{ dbt_utils.generate_surrogate_key(['a']) }} {{ twice('b') }}`, own)).toBe(
    `sha(coalesce(cast(a as TEXT), '_dbt_utils_surrogate_key_null_')) bb`,
  );
});

test.each([
  [`{{ dbt_utils.surrogate_key(['a']) }}`],
  [`{{ dbt_utils.star(ref('passing')) }}`],
  [`{{ datediff('a', 'b', 'decade') }}`],
  [`{{ dbt_utils.haversine_distance(1, 2, 3, 4, unit='ly') }}`],
  [`{{ dbt_utils.safe_add('a', 'b') }}`],
  [`{{ dbt_utils.star('people') }}`],
  [`{{ dbt.dateadd('day', 1, 'x', 'y') }}`],
  [`{{ dbt.dateadd('day', 1, from='x') }}`],
  [`{{ adapter.dispatch('nowhere', 'dbt_utils')() }}`],
  [`{{ adapter.drop_relation(ref('people')) }}`],
])('%s is refused', async (template) => {
  await expect(sql(template)).rejects.toMatchObject({ name: 'EngineError' });
  const message = await sql(template).catch((error: unknown) => (error as Error).message);
  expect({ template, message }).toMatchSnapshot();
});
