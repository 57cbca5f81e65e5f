import { expect, test } from 'vitest';
import type { Config, VariableValue } from '../../../engine/contracts/config.ts';
import { compileMinimal } from './compile-minimal.ts';

const vars: Config['vars'] = {
  units: { type: 'list' },
  table: { type: 'text' },
  as_of: { type: 'date' },
  days: { type: 'integer', default: 30 },
  unit: { type: 'text', default: 'DE01' },
  strict: { type: 'boolean', default: false },
};

const sql = (template: string, given: Record<string, VariableValue> = {}) =>
  compileMinimal(
    {},
    {},
    { config: { vars: { ...vars, large_sale: { type: 'decimal', default: '1000.00' } } }, vars: given },
  ).render(template, { file: 'x.sql' }).sql;

test('a variable has the value given, else its declared default, else the default of the call', () => {
  expect(sql("{{ var('days') }} '{{ var('unit', 'x') }}' '{{ var('as_of', '2026-01-31') }}'")).toBe(
    "30 'DE01' '2026-01-31'",
  );
  expect(sql("{{ var('days') }} '{{ var('as_of', '2026-01-31') }}'", { days: '7', as_of: '2025-12-31' })).toBe(
    "7 '2025-12-31'",
  );
  expect(sql("{% if var('strict') %}a{% else %}b{% endif %} {{ var('strict') }}", { strict: 'true' })).toBe('a true');
  expect(sql("{% for each in var('units') %}{{ literal(each) }} {% endfor %}", { units: ['a', 'b'] })).toBe("'a' 'b'");
});

test('a variable that is not declared is the default of its call, which the template itself wrote', () => {
  expect(sql("{{ var('start', 'date_trunc') }} {{ var.has_var('start') }} {{ var.has_var('unit') }}")).toBe(
    'date_trunc False True',
  );
});

test('a text that would become SQL is refused where it is printed', () => {
  expect(() => sql("select 1,\n  {{ var('unit') }} from x")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:3: the text of var('unit') would become SQL here; use literal(var('unit')) or identifier(var('unit')) [COMPILE_VAR]]`,
  );
  expect(() =>
    sql("{% macro m(x) %}{{ x }}{% endmacro %}select {{ m(var('as_of', '2026-01-31')) }}"),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:17: the text of var('as_of') would become SQL here; use literal(var('as_of')) or identifier(var('as_of')) [COMPILE_VAR]]`,
  );
  expect(sql("select {{ literal(var('unit')) }} as {{ identifier(var('unit') ~ '_x') }}, 'a {{ var('unit') }}'")).toBe(
    `select 'DE01' as "DE01_x", 'a DE01'`,
  );
  expect(sql("{% do log(var('unit')) %}{{ log(var('unit')) }}{{ adapter.quote(var('unit')) }}")).toBe('"DE01"');
  expect(sql("{{ ref('stg_' ~ var('table')) }}", { table: 'sales' })).toBe('"shop_staging"."stg_sales"');
});

test('a variable without a value, or not declared, is told at its call', () => {
  expect(() => sql("select 1\nwhere d < '{{ var('as_of') }}'")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:15: variable 'as_of' has no value and no default [COMPILE_VAR]]`,
  );
  expect(() => sql("select {{ var('dayz') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:11: no variable 'dayz' under vars: in tickmark.yml; did you mean 'days'? [COMPILE_VAR]]`,
  );
  expect(() => sql("select {{ var('as_of', 'yesterday') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:11: variable 'as_of': expected a date that exists, as YYYY-MM-DD [COMPILE_VAR]]`,
  );
  expect(() => sql('select {{ var() }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:11: var takes the name of a variable and, if you like, a default, as in var('as_of', '2026-01-31') [COMPILE_TEMPLATE]]`,
  );
});

test('a value that is not of its type never reaches SQL, and is not repeated', () => {
  expect(() => sql('1', { days: '1; drop table x' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: variable 'days': expected a whole number [COMPILE_VAR]]`,
  );
  expect(() => sql('1', { unit: "x' or 'a'='a" })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: variable 'unit': expected one line of text without quotes, \\ $ ; { }, -- or /*, with no - at an end [COMPILE_VAR]]`,
  );
  expect(() => sql('1', { unti: 'DE01' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: no variable 'unti' under vars: in tickmark.yml; did you mean 'unit'? [COMPILE_VAR]]`,
  );
});

test('a negative value right behind a minus begins no comment', () => {
  expect(sql("a - {{ var('days') }}", { days: -3 })).toBe('a - -3');
  expect(sql("a -{{ var('days') }}", { days: 3 })).toBe('a -3');
  expect(sql("a -{{ var('days') }}", { days: -3 })).toBe('a -(-3)');
});

test('an environment variable is read when it is listed, set and plain', () => {
  const render = (template: string) =>
    compileMinimal(
      {},
      {},
      { config: { env_vars: ['REGION', 'NOTE'] }, env: { REGION: 'eu-1', NOTE: "it's", PATH: '/' } },
    ).render(template, { file: 'x.sql' }).sql;
  expect(render("'{{ env_var('REGION') }}'")).toBe("'eu-1'");
  expect(() => render("{{ env_var('PATH') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: 'PATH' is not under env_vars: in tickmark.yml [COMPILE_ENV_VAR]]`,
  );
  expect(() => render("{{ env_var('REGON') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: 'REGON' is not under env_vars: in tickmark.yml; did you mean 'REGION'? [COMPILE_ENV_VAR]]`,
  );
  expect(render("'{{ env_var('NOTE') }}'")).toBe("'it''s'");
  expect(() => render("{{ env_var('NOTE') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:1: the text of env_var('NOTE') would become SQL here; use literal(env_var('NOTE')) or identifier(env_var('NOTE')) [COMPILE_VAR]]`,
  );
});

test('a listed environment variable that is not set has its default', () => {
  const render = (template: string) =>
    compileMinimal({}, {}, { config: { env_vars: ['REGION'] } }).render(template, { file: 'x.sql' }).sql;
  expect(render("'{{ env_var('REGION', 'eu-1') }}'")).toBe("'eu-1'");
  expect(() => render("{{ env_var('REGION') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: the environment variable REGION is not set [COMPILE_ENV_VAR]]`,
  );
});

test('literal and identifier quote', () => {
  expect(sql(`{{ literal("it's") }} {{ literal(1.5) }} {{ literal(True) }} {{ literal(None) }}`)).toBe(
    "'it''s' 1.5 true null",
  );
  expect(sql(`{{ identifier('a"b') }}`)).toBe('"a""b"');
  expect(sql("{{ literal(var('unit')) }}")).toBe("'DE01'");
  expect(() => sql("{{ identifier('') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: a SQL name cannot be empty or hold NUL [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('{{ literal([1]) }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: literal takes one text, number, boolean or none [COMPILE_TEMPLATE]]`,
  );
});

test('source takes a past moment, and refuses what is none or another name', () => {
  const compiled = compileMinimal();
  const render = (template: string): string => compiled.render(template, { file: 'x.sql' }).sql;
  expect(render(`select * from {{ source('till', 'sales', as_of=12) }}`)).toBe(
    'select * from "raw_till"."sales__as_of"(12)',
  );
  expect(
    compiled.render(`{{ source('till', 'sales', as_of='2026-01-31') }}`, { file: 'x.sql' }).dependsOn.sources,
  ).toEqual(['till.sales']);
  expect(() => render(`{{ source('till', 'sales', as_of='yesterday') }}`)).toThrow('as_of takes a run');
  expect(() => render(`{{ source('till', 'sales', asof=12) }}`)).toThrow("source has no argument 'asof'");
});

test('as of a past moment models are put before the query, over the landed tables as of then', () => {
  const compiled = compileMinimal(
    { big: `select * from {{ ref('stg_sales') }} where amount > 9` },
    {},
    { asOf: { run: '7' } },
  );
  const query = compiled.render(`select count(*) from {{ ref('big') }}`, { file: 'x.sql' });
  const sql = compiled.standalone(query);
  expect(sql).toMatch(/^with "stg_sales" as \(\n[\s\S]*"raw_till"\."sales__as_of"\(7\)[\s\S]*\),\n"big" as \(\n/);
  expect(sql).toMatch(/select \* from \(\nselect count\(\*\) from "big"\n\) as final$/);
  expect(compileMinimal().standalone(query)).toBe(query.sql);
});
