import { expect, test } from 'vitest';
import { compileMinimal, minimal } from './compile-minimal.ts';

const model = (template: string) => compileMinimal({ x: template }).model('x');

test('a model comes with its SQL, what it depends on and what its header and config say', () => {
  const compiled = compileMinimal();
  expect(compiled.models.map(({ name }) => name)).toEqual(['stg_sales', 'sales_by_day']);
  expect(compiled.model('sales_by_day')).toMatchInlineSnapshot(`
    {
      "asksIncremental": false,
      "asksWarehouse": false,
      "columns": [],
      "config": {
        "enabled": true,
        "materialized": "table",
        "meta": {},
        "published": true,
        "tags": [
          "daily",
        ],
      },
      "constraints": [],
      "dependsOn": {
        "macros": [],
        "models": [
          "stg_sales",
        ],
        "sources": [],
      },
      "description": "What the shop took in on each day.",
      "file": "sql/shop/marts/sales_by_day.sql",
      "grain": "one row per day with a sale",
      "layer": "marts",
      "materialized": "table",
      "name": "sales_by_day",
      "owner": "shop audit",
      "published": true,
      "resource": "model",
      "sql": "with sales as (

        select * from "shop_staging"."stg_sales"

    ),

    final as (

        select
            sold_on,
            count(*) as sales,
            sum(amount) as amount,
            count(*) filter (where amount >= 1000.00) as large_sales
        from sales
        group by sold_on

    )

    select * from final",
      "tags": [
        "daily",
      ],
      "templateHash": "f306e295918935d6f6250d3431c911ef6d11a7fc911e4b7126c424f29e14e808",
      "vertical": "shop",
    }
  `);
  expect(compiled.model('stg_sales')).toMatchObject({
    materialized: 'view',
    published: false,
    tags: [],
    dependsOn: { models: [], sources: ['till.sales'] },
  });
});

test('the same project gives the same bytes', () => {
  expect(compileMinimal().models).toEqual(compileMinimal().models);
});

test('the SQL is trimmed, and one trailing semicolon is no part of it', () => {
  expect(model('\n  select 1 ;\n\n').sql).toBe('select 1');
});

test('a model without SQL is refused', () => {
  expect(() => model('/* ---\ngrain: none\n--- */\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql: the model has no SQL [COMPILE_TEMPLATE]]`,
  );
});

test('a relation is a quoted model or landed table', () => {
  const compiled = compileMinimal();
  expect(compiled.relation('stg_sales')).toBe('"shop_staging"."stg_sales"');
  expect(compiled.relation('till.sales')).toBe('"raw_till"."sales"');
  expect(() => compiled.relation('till.sale')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: no source table 'till.sale'; did you mean 'till.sales'? [COMPILE_UNKNOWN_REF]]`,
  );
  expect(() => compiled.model('stg_sale')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: no model 'stg_sale'; did you mean 'stg_sales'? [COMPILE_UNKNOWN_REF]]`,
  );
});

test('`this` and `target` are known to a model', () => {
  expect(model('select * from {{ this }} -- {{ target.name }}').sql).toBe('select * from "shop"."x" -- dev');
});

test('a reference to what is not there is told with file, line and column', () => {
  expect(() =>
    model("/* ---\ngrain: x\n--- */\nselect *\nfrom {{ ref('stg_sale') }}\n"),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:5:9: no model 'stg_sale'; did you mean 'stg_sales'? [COMPILE_UNKNOWN_REF]]`,
  );
  expect(() => model("select * from {{ source('till', 'sale') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:18: no source table 'till.sale'; did you mean 'till.sales'? [COMPILE_UNKNOWN_REF]]`,
  );
  // As in dbt, only what is reached is looked for: a package may speak of what is not there.
  expect(model("select 1 {% if false %}{{ ref('later') }}{% endif %}").sql).toBe('select 1');
  expect(() => model("select 1\n from {{ ref('stg' ~ '_x') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:2:10: no model 'stg_x' [COMPILE_UNKNOWN_REF]]`,
  );
  expect(() => model('{{ ref(stg_sales) }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:8: no word 'stg_sales' [COMPILE_TEMPLATE]]`,
  );
});

test('a circle of references is told whole, at the reference that closes it', () => {
  const refTo = (name: string) => `select *\nfrom {{ ref('${name}') }}`;
  expect(() => compileMinimal({ a: refTo('b'), b: refTo('c'), c: refTo('a') })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/c.sql:2:9: models refer to each other in a circle: a -> b -> c -> a [COMPILE_CYCLE]]`,
  );
  expect(() => model(refTo('x'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:2:9: models refer to each other in a circle: x -> x [COMPILE_CYCLE]]`,
  );
});

test('models come after those they refer to, however they are listed', () => {
  const compiled = compileMinimal({
    a: "select * from {{ ref('b') }}",
    b: "select * from {{ ref('c') }}",
    c: 'select 1',
  });
  expect(compiled.models.map(({ name }) => name)).toEqual(['stg_sales', 'sales_by_day', 'c', 'b', 'a']);
});

test('config takes its own options only', () => {
  expect(model("{{ config(materialized='view', tags='nightly') }}{{ config(published=true) }}select 1")).toMatchObject({
    materialized: 'view',
    tags: ['nightly'],
    published: true,
  });
  expect(() => model("{{ config(materialised='view') }}select 1")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:4: config: unknown key 'materialised'; did you mean 'materialized'? [COMPILE_TEMPLATE]]`,
  );
  expect(() => model("{{ config(materialized='tabel') }}select 1")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:4: config: materialized: 'tabel' is not one of view, table, incremental, ephemeral, seed, snapshot; did you mean 'table'? [COMPILE_TEMPLATE]]`,
  );
  expect(() => model("{{ config('view') }}select 1")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:4: config takes named options, such as config(materialized='table') [COMPILE_TEMPLATE]]`,
  );
});

test('a header takes its own keys only', () => {
  expect(() => model('/* ---\ngrian: one row per sale\n--- */\nselect 1')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:2:1: unknown key 'grian'; did you mean 'grain'? [PROJECT_INVALID]]`,
  );
});

test("a check's condition renders with the same words, and its errors stand where it stands", () => {
  const { render } = compileMinimal();
  expect(
    render("amount >= {{ var('large_sale') }} and sale_id in (select sale_id from {{ ref('stg_sales') }})", {
      file: 'x.yml',
    }),
  ).toEqual({
    sql: 'amount >= 1000.00 and sale_id in (select sale_id from "shop_staging"."stg_sales")',
    dependsOn: { models: ['stg_sales'], sources: [], macros: [] },
  });
  const place = { file: 'checks/shop/x.yml', line: 7 };
  expect(() => render("{{ var('large') }}", place)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/x.yml:7: no variable 'large' under vars: in tickmark.yml [COMPILE_VAR]]`,
  );
  expect(() => render("{{ var('large') }}", { ...place, column: 10 })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/x.yml:7:13: no variable 'large' under vars: in tickmark.yml [COMPILE_VAR]]`,
  );
  expect(() => render("a\n  and {{ var('large') }}", place)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/x.yml:8:10: no variable 'large' under vars: in tickmark.yml [COMPILE_VAR]]`,
  );
  expect(() => render('{{ this }}', place)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/x.yml:7: 'this' is the relation of a model, and there is none here [COMPILE_TEMPLATE]]`,
  );
});

test('a bespoke check renders from its definition', () => {
  const check = minimal.checks.find(({ kind }) => kind === 'bespoke')!;
  const { sql, dependsOn } = compileMinimal().render(check.sql!, { file: check.file, line: check.line });
  expect(sql).toMatch(/^with sales as \([\s\S]*select \* from final$/);
  expect(dependsOn).toMatchObject({ models: ['stg_sales'], sources: [] });
});

test('500 models compile in well under a second', () => {
  const models: Record<string, string> = { m0: "select * from {{ source('till', 'sales') }}" };
  for (let i = 1; i < 500; i++) models[`m${i}`] = `select {{ as_amount('amount') }} from {{ ref('m${i - 1}') }}`;
  const start = performance.now();
  expect(compileMinimal(models).models).toHaveLength(502);
  expect(performance.now() - start).toBeLessThan(1_000);
});
