import { expect, test } from 'vitest';
import type { CompiledProject, RenderHow } from '../../../engine/compile/compile-project.ts';
import { compileMinimal } from './compile-minimal.ts';

const render = async (compiled: CompiledProject, name: string, how: RenderHow = {}): Promise<string> =>
  (await compiled.renderModel(name, how)).sql;

test('is_incremental is what the build says, and the relation this is stays live', async () => {
  const compiled = compileMinimal(
    {
      x: `{{ config(materialized='incremental') }}select 1 as id {% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}`,
    },
    {},
    { thisOf: ({ vertical, name }) => `"${vertical}"."${name}"`, schemaOf: () => 'shop__r7' },
  );
  expect(compiled.model('x')).toMatchObject({ asksIncremental: true, asksWarehouse: false, sql: 'select 1 as id' });
  expect(compiled.relation('x')).toBe('"shop__r7"."x"');
  expect(await render(compiled, 'x', { isIncremental: true })).toBe(
    'select 1 as id where id > (select max(id) from "shop"."x")',
  );
  expect(await render(compiled, 'x', { isIncremental: true, self: '"store"."x__r6"' })).toContain(
    'from "store"."x__r6"',
  );
});

test('a reference that is only made when incremental is known beforehand', () => {
  const compiled = compileMinimal({
    x: `select 1 {% if is_incremental() %}from {{ ref('y') }}{% endif %}`,
    y: 'select 1',
  });
  expect(compiled.model('x').dependsOn.models).toEqual(['y']);
  expect(compiled.models.map(({ name }) => name).slice(2)).toEqual(['y', 'x']);
});

test('a slice of a microbatch sees the rows of that slice', async () => {
  const compiled = compileMinimal({
    events: "{{ config(event_time='at') }}select now() as at",
    plain: 'select 1',
    x: `select * from {{ ref('events') }} join {{ ref('plain') }} on true join {{ ref('events').render() }} as all_events on true -- {{ model.batch.event_time_start }} {{ model.batch.id }}`,
  });
  expect(await render(compiled, 'x', { batch: { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' } })).toBe(
    `select * from (select * from "shop"."events" where at >= '2026-01-01T00:00:00Z' and at < '2026-01-02T00:00:00Z') join "shop"."plain" on true join "shop"."events" as all_events on true -- 2026-01-01 00:00:00+00:00 20260101T00`,
  );
});

test('rows of a unit test stand for models, landed tables and this', async () => {
  const compiled = compileMinimal(
    {
      x: `select '{{ env_var('REGION') }}', {{ cents('a') }} from {{ ref('stg_sales') }}, {{ source('till', 'sales') }} {% if is_incremental() %}, {{ this }}{% endif %}`,
    },
    { 'sql/macros/a.sql': '{% macro cents(x) %}{{ x }} / 100{% endmacro %}' },
    { config: { env_vars: ['REGION'] }, env: { REGION: 'eu' } },
  );
  expect(compiled.model('x').sql).toContain(`select 'eu', a / 100`);
  expect(compiled.model('x').dependsOn.macros).toEqual(['minimal.cents']);
  const how = {
    replaced: new Map([
      ['stg_sales', '(select 1)'],
      ['till.sales', '(select 2)'],
      ['this', '(select 3)'],
    ]),
    macros: { is_incremental: true, cents: 'a_cent' },
    env: { REGION: '5' },
  };
  expect(await render(compiled, 'x', how)).toBe(`select '5', a_cent from (select 1), (select 2) , (select 3)`);
});

test('what a template asks is answered, and without anyone to ask it is told', async () => {
  const compiled = compileMinimal({
    x: `{% set names = run_query('select name from t').columns[0].values() if execute else [] %}select {% for name in names %}'{{ name }}'{% if not loop.last %}, {% endif %}{% else %}null{% endfor %}`,
  });
  expect(compiled.model('x')).toMatchObject({ asksWarehouse: true, sql: 'select null' });
  const asked: string[] = [];
  const ask = (sql: string) => {
    asked.push(sql);
    return Promise.resolve([{ name: 'a' }, { name: 'b' }]);
  };
  expect(await render(compiled, 'x', { ask })).toBe("select 'a', 'b'");
  expect(asked).toEqual(['select name from t']);
  await expect(render(compiled, 'x')).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:16: the template asks the warehouse (run_query, adapter), which is not open here [COMPILE_TEMPLATE]]`,
  );
});

test('a reference that comes up only in a build is refused, and how to say it beforehand', async () => {
  const template = `{% if execute %}{% set n = run_query('select 1 as n').columns[0].values()[0] %}select * from {{ ref('stg_sales') }}{% else %}select 1{% endif %}`;
  const ask = () => Promise.resolve([{ n: '1' }]);
  await expect(render(compileMinimal({ x: template }), 'x', { ask })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:97: x refers to 'stg_sales' only when it is run, so it was not known beforehand; say it in a comment: -- depends_on: {{ ref('stg_sales') }} [COMPILE_UNKNOWN_REF]]`,
  );
  const said = compileMinimal({ x: `-- depends_on: {{ ref('stg_sales') }}\n${template}` });
  expect(said.model('x').dependsOn.models).toEqual(['stg_sales']);
  expect(await render(said, 'x', { ask })).toMatch(/select \* from "shop_staging"."stg_sales"$/);
});

test('a hook is rendered around its model', async () => {
  const compiled = compileMinimal({ x: "{{ config(meta={'owner': 'ann'}) }}select 1" });
  const { sql } = await compiled.renderAround(
    "grant select on {{ this }} to {{ model.config.meta.owner }}; -- {{ model.name }} {{ config.get('materialized') }}",
    { file: 'x.sql' },
    { around: 'x', self: '"shop"."x"' },
  );
  expect(sql).toBe('grant select on "shop"."x" to ann; -- x table');
});

test('with no rows asked for references show their columns only', () => {
  const compiled = compileMinimal({ x: `select * from {{ ref('stg_sales') }}` }, {}, { flags: { empty: true } });
  expect(compiled.model('x').sql).toBe('select * from (select * from "shop_staging"."stg_sales" where false limit 0)');
});

test('a model that is deferred is read where it stands', () => {
  const compiled = compileMinimal(
    { x: `select * from {{ ref('stg_sales') }}` },
    {},
    { deferred: { stg_sales: '"prod"."stg_sales"' } },
  );
  expect(compiled.model('x').sql).toBe('select * from "prod"."stg_sales"');
  expect(compiled.relation('stg_sales')).toBe('"prod"."stg_sales"');
});
