import { expect, test } from 'vitest';
import { compileMinimal } from './compile-minimal.ts';

const macros = {
  'sql/macros/tests.sql': `{% test is_even(model, column_name, than=2) %}
select * from {{ model }} where {{ column_name }} % {{ than }} <> 0
{% endtest %}
{% macro test_in_other(model, column_name, to, field='id') %}select * from {{ model }} where {{ column_name }} not in (select {{ field }} from {{ to }}){% endmacro %}`,
};
const place = { file: 'checks/shop/models.yml', line: 9 };

test('a generic test is the query of its macro', () => {
  const compiled = compileMinimal({}, macros);
  expect(compiled.hasTest('is_even')).toBe(true);
  expect(compiled.hasTest('is_odd')).toBe(false);
  const model = '(select * from "shop"."x" where true) dbt_subquery';
  const even = compiled.testQuery('is_even', { model, column_name: 'amount', than: 4 }, place);
  expect(even.sql).toBe(`select * from ${model} where amount % 4 <> 0`);
  expect(even.dependsOn.macros).toEqual(['minimal.test_is_even']);
  const other = compiled.testQuery(
    'in_other',
    { model: 'm', column_name: 'c', to: "ref('stg_sales')", field: "{{ 'a' ~ 'b' }}" },
    place,
  );
  expect(other).toMatchObject({
    sql: 'select * from m where c not in (select ab from "shop_staging"."stg_sales")',
    dependsOn: { models: ['stg_sales'] },
  });
});

test('a test that is not there, or is given what it does not take, is told', () => {
  const compiled = compileMinimal({}, macros);
  expect(() => compiled.testQuery('is_evn', { model: 'm' }, place)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/models.yml:9: no test 'is_evn'; did you mean 'is_even'? [COMPILE_TEMPLATE]]`,
  );
  expect(() =>
    compiled.testQuery('is_even', { model: 'm', column_name: 'c', tham: 2 }, place),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/tests.sql:1:9: macro 'test_is_even' has no argument 'tham'; did you mean 'than'? (test is_even, used at checks/shop/models.yml:9) [COMPILE_TEMPLATE]]`,
  );
  expect(() =>
    compiled.testQuery('in_other', { model: 'm', column_name: 'c', to: "ref('stg_sale')" }, place),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/models.yml:9: no model 'stg_sale'; did you mean 'stg_sales'? [COMPILE_UNKNOWN_REF]]`,
  );
});

test('macros are listed as they are written', () => {
  const { macros: listed } = compileMinimal({}, macros);
  expect(listed.filter(({ file }) => file === 'sql/macros/tests.sql')).toMatchInlineSnapshot(`
    [
      {
        "arguments": [
          "model",
          "column_name",
          "than",
        ],
        "file": "sql/macros/tests.sql",
        "line": 1,
        "name": "test_is_even",
        "package": "minimal",
        "text": "{% test is_even(model, column_name, than=2) %}
    select * from {{ model }} where {{ column_name }} % {{ than }} <> 0
    {% endtest %}",
      },
      {
        "arguments": [
          "model",
          "column_name",
          "to",
          "field",
        ],
        "file": "sql/macros/tests.sql",
        "line": 4,
        "name": "test_in_other",
        "package": "minimal",
        "text": "{% macro test_in_other(model, column_name, to, field='id') %}select * from {{ model }} where {{ column_name }} not in (select {{ field }} from {{ to }}){% endmacro %}",
      },
    ]
  `);
});

test('a macro is run by itself', async () => {
  const compiled = compileMinimal(
    {},
    {
      'sql/macros/a.sql': "{% macro grants(role) %}grant select on {{ ref('stg_sales') }} to {{ role }}{% endmacro %}",
    },
  );
  expect((await compiled.runMacro('grants', { role: 'ann' }, {})).sql).toBe(
    'grant select on "shop_staging"."stg_sales" to ann',
  );
  await expect(compiled.runMacro('grnts', {}, {})).rejects.toThrowErrorMatchingInlineSnapshot(
    `[EngineError: no macro 'grnts'; did you mean 'grants'? [COMPILE_TEMPLATE]]`,
  );
});

test("a singular test's settings come with its query", () => {
  const { sql, config } = compileMinimal().render(
    "{{ config(severity='warn', tags=['a']) }}select * from {{ ref('stg_sales') }}",
    place,
  );
  expect({ sql, config }).toEqual({
    sql: 'select * from "shop_staging"."stg_sales"',
    config: { severity: 'warn', tags: ['a'] },
  });
});
