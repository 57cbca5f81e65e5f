import { expect, test } from 'vitest';
import { compileProject } from '../../../engine/compile/compile-project.ts';
import type { CompiledModel, ModelFile } from '../../../engine/contracts/model.ts';
import { NOTHING_SAID } from '../../../engine/project/load-models.ts';
import { testModel } from '../../setup/compile-test-run.ts';
import { compileMinimal, minimal } from './compile-minimal.ts';

function compile(
  template: string,
  options: readonly Record<string, unknown>[],
  of: Partial<ModelFile> = {},
): CompiledModel {
  const model = testModel({
    name: 'x',
    template,
    properties: { ...NOTHING_SAID, options, file: 'sql/shop/models.yml', line: 4 },
    ...of,
  });
  const project = { ...minimal, models: [...minimal.models, model] };
  return compileProject(project, { schemaOf: () => 'shop', vars: {}, env: {}, target: { name: 'dev' } }).model('x');
}

test('what a file says counts more than YAML, which counts more than tickmark.yml', () => {
  const { config } = compile("{{ config(materialized='table', tags='c', meta={'b': 2}, post_hook='three') }}select 1", [
    { materialized: 'view', tags: ['a'], meta: { a: 1, b: 1 }, 'post-hook': 'one', grants: { select: ['x'] } },
    { materialized: 'incremental', tags: 'b', post_hook: [{ sql: 'two' }], unique_key: 'id' },
  ]);
  expect(config).toEqual({
    materialized: 'table',
    tags: ['a', 'b', 'c'],
    meta: { a: 1, b: 2 },
    post_hook: [{ sql: 'one' }, { sql: 'two' }, { sql: 'three' }],
    grants: { select: ['x'] },
    unique_key: ['id'],
    published: false,
    enabled: true,
  });
});

test('a seed and a snapshot are what they are', () => {
  expect(compile('0'.repeat(64), [{ materialized: 'view' }], { resource: 'seed' })).toMatchObject({
    materialized: 'seed',
    sql: '',
  });
  expect(compile('select 1', [{ materialized: 'view' }], { resource: 'snapshot' }).materialized).toBe('snapshot');
});

test('config takes a dict as well, and says it again when it is asked', () => {
  const { sql, config } = compile(
    "{{ config({'pre-hook': 'a', 'materialized': 'view'}) }}select '{{ config.get('materialized') }}', '{{ config.get('alias', 'none') }}', '{{ config.require('materialized') }}'",
    [],
  );
  expect(sql).toBe("select 'view', 'none', 'view'");
  expect(config.pre_hook).toEqual([{ sql: 'a' }]);
});

test('an option in YAML that does not exist or fit is told where it stands', () => {
  expect(() => compile('select 1', [{ materialised: 'view' }])).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/models.yml:4: config: unknown key 'materialised'; did you mean 'materialized'? [COMPILE_TEMPLATE]]`,
  );
  expect(() => compile('select 1', [{ batch_size: 'week' }])).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/models.yml:4: config: batch_size: 'week' is not one of hour, day, month, year [COMPILE_TEMPLATE]]`,
  );
  expect(() => compile("select {{ config.require('alias') }}", [])).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:18: config.require: x has no option 'alias' [COMPILE_TEMPLATE]]`,
  );
});

test('a model with an alias is found by it', () => {
  const compiled = compileMinimal({
    x: "{{ config(alias='known_as') }}select 1 from {{ this }}",
    y: "select * from {{ ref('x') }}",
  });
  expect(compiled.model('y').sql).toBe('select * from "shop"."known_as"');
  expect(compiled.model('x').sql).toBe('select 1 from "shop"."known_as"');
});

test('a disabled model is not there, and a reference to it says so', () => {
  const off = "{{ config(enabled=false) }}select * from {{ ref('nowhere') }}";
  expect(compileMinimal({ x: off }).models.map(({ name }) => name)).not.toContain('x');
  expect(() => compileMinimal({ x: off, y: "select *\nfrom {{ ref('x') }}" })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/y.sql:2:9: the model 'x' is disabled (enabled: false), so nothing can refer to it [COMPILE_UNKNOWN_REF]]`,
  );
});

test('ref takes the project or a package before the name, and no version', () => {
  expect(
    compileMinimal({ x: `select * from {{ ref('${minimal.config.name}', 'stg_sales') }}` }).model('x').dependsOn.models,
  ).toEqual(['stg_sales']);
  expect(() =>
    compileMinimal({ x: `select * from {{ ref('nobody', 'stg_sales') }}` }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:18: no project or package 'nobody' [COMPILE_UNKNOWN_REF]]`,
  );
  expect(() => compileMinimal({ x: `select * from {{ ref('stg_sales', v=2) }}` })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:18: ref: models have no versions here; name the model itself, and leave v out [COMPILE_TEMPLATE]]`,
  );
  expect(() =>
    compileMinimal({ x: `select * from {{ ref('stg_sales', verson=2) }}` }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:18: ref has no argument 'verson'; it takes the name of one model, as in ref('orders') [COMPILE_TEMPLATE]]`,
  );
});

test('templates in YAML are run, and give what they are', () => {
  const options = [
    {
      enabled: "{{ var('large_sale', '1') != '0' }}",
      materialized: "{{ 'view' if target.name == 'dev' else 'table' }}",
      tags: ['{{ target.name }}', 'x-{{ target.type }}'],
      post_hook: 'analyze {{ this }}',
      meta: { n: '{{ 1 + 1 }}' },
    },
  ];
  expect(compile('select 1', options).config).toMatchObject({
    enabled: true,
    materialized: 'view',
    tags: ['dev', 'x-postgres'],
    post_hook: [{ sql: 'analyze {{ this }}' }],
    meta: { n: 2 },
  });
  expect(() => compile('select 1', [{ alias: "{{ vra('x') }}" }])).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/models.yml:4: no word 'vra'; did you mean 'var'? [COMPILE_TEMPLATE]]`,
  );
});

test('options of other warehouses are taken and do nothing', () => {
  const { config } = compile(
    "{{ config(sort='id', cluster_by=['a'], primary_index='id', partition_by={'field': 'day', 'data_type': 'date'}) }}select 1",
    [],
  );
  expect(config).toEqual({
    partition_by: ['day'],
    materialized: 'table',
    published: false,
    enabled: true,
    tags: [],
    meta: {},
  });
});

test("a variable's text does not become SQL by way of an option", () => {
  const of = (option: string) =>
    compileMinimal(
      { x: `{{ config(${option}) }}select 1` },
      {},
      {
        config: {
          vars: {
            large_sale: { type: 'decimal', default: '1000.00' },
            unit: { type: 'text' },
            days: { type: 'integer' },
          },
        },
        vars: { unit: 'DE01', days: 3 },
      },
    ).model('x').config;
  expect(of("alias='x_' ~ var('unit')").alias).toBe('x_DE01');
  expect(
    of(`post_hook="delete from t where unit = '" ~ var('unit') ~ "' and days > " ~ var('days')`).post_hook,
  ).toEqual([{ sql: "delete from t where unit = 'DE01' and days > 3" }]);
  expect(() => of("incremental_predicates=['unit = ' ~ var('unit')]")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:4: the text of var('unit') would become SQL here; use literal(var('unit')) or identifier(var('unit')) [COMPILE_VAR]]`,
  );
});
