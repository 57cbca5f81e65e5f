import { expect, test } from 'vitest';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import { loadProject } from '../../../engine/project/load-project.ts';
import { catchError } from '../../setup/catch-error.ts';
import { writeProject } from './write-project.ts';

const CHECKS = 'checks/shop/sales.yml';
const load = (files: Readonly<Record<string, string>>) => loadProject(writeProject(files)).checks;
/** The checks of stg_sales and of its column `amount`, as a YAML file of nothing else declares them. */
const ofSales = (onModel: string, onColumn = '', files: Readonly<Record<string, string>> = {}) =>
  load({
    [CHECKS]: `models:\n  - name: stg_sales\n    data_tests: [${onModel}]\n    columns:\n      - name: amount\n        data_tests: [${onColumn}]\n`,
    ...files,
  }).filter(({ kind }) => kind !== 'bespoke');
const one = (checks: readonly CheckDefinition[]): CheckDefinition => {
  expect(checks).toHaveLength(1);
  return checks[0]!;
};
const refusal = async (onModel: string, onColumn?: string, files?: Readonly<Record<string, string>>) =>
  (await catchError(() => ofSales(onModel, onColumn, files))).message;

test.each([
  ['as text', 'not_null'],
  ['as a map', 'not_null: { severity: WARN, where: "1 = 1" }'],
  ['with its settings under config', 'not_null: { config: { severity: Warn, where: "1 = 1" } }'],
  ['with test_name', '{ test_name: not_null, config: { severity: warn }, where: "1 = 1" }'],
])('a test is read %s', (form, written) => {
  const check = one(ofSales('', written));
  expect(check).toMatchObject({
    id: 'shop.not_null.stg_sales.amount',
    name: 'not_null_stg_sales_amount',
    kind: 'not_null',
    column: 'amount',
    test: { name: 'not_null', namespace: undefined, kwargs: { column_name: 'amount' }, isNamed: false },
    refersTo: ['stg_sales'],
  });
  if (form !== 'as text') expect(check.settings).toMatchObject({ severity: 'warn', where: '1 = 1' });
});

test.each([
  ['under arguments', `relationships: { arguments: { to: "ref('sales_by_day')", field: sold_on } }`],
  ['beside, as dbt once had them', `relationships: { to: ref('sales_by_day'), field: sold_on }`],
  ['as a template', `relationships: { to: "{{ ref('minimal', 'sales_by_day') }}", field: sold_on }`],
  ['as a bare name', 'relationships: { arguments: { to: sales_by_day, field: sold_on } }'],
])('arguments are read %s', (_, written) => {
  const check = one(ofSales('', written));
  expect(check.arguments).toEqual({ to: 'sales_by_day', field: 'sold_on' });
  expect(check.refersTo).toEqual(['stg_sales', 'sales_by_day']);
});

test('a test of a source table refers to it by both of its names', () => {
  const check = one(ofSales('', `relationships: { to: "source('till', 'sales')", field: sale_id }`));
  expect(check.arguments['to']).toBe('till.sales');
});

test.each([
  ['not_null', 'not_null_stg_sales_amount'],
  ['accepted_values: { values: [1, 2.5, true] }', 'accepted_values_stg_sales_amount__1__2_5__True'],
  [
    `relationships: { to: ref('sales_by_day'), field: sold_on }`,
    'relationships_stg_sales_amount__sold_on__ref_sales_by_day_',
  ],
  [
    'dbt_utils.accepted_range: { min_value: 0, inclusive: false }',
    'dbt_utils_accepted_range_stg_sales_amount__False__0',
  ],
  ['not_null: { name: amount is there }', 'amount is there'],
])('%s has the name that dbt gives it', (written, name) => {
  expect(one(ofSales('', written)).name).toBe(name);
});

test('a long name is cut for the table of failures, as real dbt 1.11 cuts it', () => {
  const written = 'dbt_utils.unique_combination_of_columns: { combination_of_columns: [amount, sale_id] }';
  expect(one(ofSales(written))).toMatchObject({
    name: 'dbt_utils_unique_combination_of_columns_stg_sales_amount__sale_id',
    alias: 'dbt_utils_unique_combination_o_17368622e418712d8b16e5fe5895f0e1',
  });
});

test('two tests that differ in their arguments have ids of their own, whatever their order', () => {
  const [a, b] = ['accepted_values: { values: [1] }', 'accepted_values: { values: [2] }'];
  const ids = (written: string) =>
    ofSales('', written)
      .map(({ id }) => id)
      .sort();
  expect(ids(`${a}, ${b}`)).toEqual([
    'shop.accepted_values_stg_sales_amount__1',
    'shop.accepted_values_stg_sales_amount__2',
  ]);
  expect(ids(`${b}, ${a}`)).toEqual(ids(`${a}, ${b}`));
});

test('a name that was given is the id, and where it was given twice the relation tells them apart', () => {
  expect(one(ofSales('', 'not_null: { name: Amount is there }')).id).toBe('shop.amount_is_there');
  const ids = ofSales('row_count: { name: there, min: 1 }', 'not_null: { name: there }').map(({ id }) => id);
  expect(ids).toEqual(['shop.there.stg_sales.1', 'shop.there.stg_sales.amount']);
});

test('a test that is switched off is none', () => {
  expect(ofSales('', 'not_null: { config: { enabled: false } }, unique')).toHaveLength(1);
});

test('a column may be an expression', () => {
  const check = one(ofSales(`unique: { column_name: "sale_id || '-' || amount" }`));
  expect(check).toMatchObject({ column: undefined, arguments: { column_name: "sale_id || '-' || amount" } });
  expect(one(ofSales('unique: { arguments: { column_name: sale_id } }'))).toMatchObject({
    column: 'sale_id',
    arguments: {},
  });
});

test('a kind is found by its name and by its other names, which keep their ids and their arguments', () => {
  const written = 'dbt_utils.accepted_range: { min_value: 0 }, accepted_range: { min_value: 0, max_value: 9 }';
  const [theirs, ours] = ofSales('', written);
  expect(theirs).toMatchObject({
    id: 'shop.dbt_utils.accepted_range.stg_sales.amount',
    kind: 'accepted_range',
    test: { name: 'accepted_range', namespace: 'dbt_utils' },
  });
  expect(ours).toMatchObject({ id: 'shop.accepted_range.stg_sales.amount', kind: 'accepted_range' });
});

test('arguments of another name of a kind are translated, and those of the test stay as they were written', () => {
  const named = ['dbt_utils.unique_combination_of_columns: { combination_of_columns: [Sale_id, "lower(x)"] }'];
  expect(one(ofSales(named.join(', ')))).toMatchObject({
    kind: 'unique',
    arguments: { columns: ['sale_id', 'lower(x)'], nulls: 'equal' },
    test: { kwargs: { combination_of_columns: ['Sale_id', 'lower(x)'] } },
  });
  expect(one(ofSales('dbt_utils.expression_is_true: { expression: amount > 0 }'))).toMatchObject({
    kind: 'expression',
    arguments: { expression: 'amount > 0', nulls: 'ignore' },
  });
});

test('settings are kept as they are written', () => {
  const settings = `{ severity: error, error_if: ">10", warn_if: "BETWEEN 1 AND 5", fail_calc: "sum(n)", limit: 5, store_failures_as: table, tags: nightly, meta: { owner: me }, alias: gone, schema: audit, database: x }`;
  expect(one(ofSales('', `not_null: { config: ${settings} }`)).settings).toMatchObject({
    error_if: '>10',
    warn_if: 'between 1 and 5',
    fail_calc: 'sum(n)',
    limit: 5,
    store_failures_as: 'table',
    tags: ['nightly'],
    meta: { owner: 'me' },
    alias: 'gone',
  });
});

test('what data_tests: in tickmark.yml says counts less than the test, and what is deeper counts more', () => {
  const config = `name: minimal
warehouse: { url: postgres://nobody@localhost/none }
connections: { till: { type: files, directory: data } }
vars: { large_sale: { type: decimal, default: '100' } }
data_tests:
  +severity: warn
  +tags: [all]
  shop: { +limit: 7, deep: { +limit: 3 } }
verticals: { shop: {} }
`;
  const files = { 'tickmark.yml': config };
  expect(one(ofSales('', 'not_null', files)).settings).toMatchObject({ severity: 'warn', limit: 7, tags: ['all'] });
  expect(one(ofSales('', 'not_null: { severity: error, tags: [mine] }', files))).toMatchObject({
    blocking: true,
    settings: { severity: 'error', tags: ['all', 'mine'] },
  });
});

test.each([
  ['not_nul', `no kind of check 'not_nul'; did you mean 'not_null'?`],
  ['dbt_utils.accepted_rang', `no kind of check 'dbt_utils.accepted_rang'; did you mean 'dbt_utils.accepted_range'?`],
  ['not_null: { wher: x }', `unknown key 'wher'; did you mean 'where'?`],
  ['not_null: { config: { severty: x } }', `unknown key 'severty' in config; did you mean 'severity'?`],
  ['not_null: { severity: eror }', `severity: 'eror' is not one of error, warn; did you mean 'error'?`],
  [
    'not_null: { error_if: many }',
    'error_if: expected a comparison with a whole number of violations or with their share of the rows looked at, such as "> 0" or "> 0.5 %"; "passes < 95 %" compares the rows without one',
  ],
  ['not_null: { where: a, config: { where: b } }', 'where stands beside config: and in it; keep one'],
  ['accepted_values: {}', 'arguments.values is missing'],
  ['accepted_values: { arguments: { value: [1] } }', `unknown key 'value' in arguments; did you mean 'values'?`],
  ['relationships: { to: sales_by_dy, field: x }', `no model 'sales_by_dy'; did you mean 'sales_by_day'?`],
  [
    `relationships: { to: "ref(x)", field: x }`,
    `arguments.to: expected a model, source.table, ref('model') or source('source', 'table')`,
  ],
  ['dbt_utils.accepted_range', 'accepted_range needs a min_value or a max_value; without them it could only pass'],
  [
    'dbt_utils.equal_rowcount: { compare_model: sales_by_day }',
    'dbt_utils.equal_rowcount looks at whole rows; put it under checks: of the model, not of a column',
  ],
  ['not_null: { column_name: x }', 'not_null stands under a column already; take column_name: out'],
  [
    '[not_null]',
    'a check is the name of a kind, or one kind with its settings: - not_null, or - not_null: { severity: warn }',
  ],
  ['not_null: { limit: 0 }', 'limit: must be 1 or more'],
  ['accepted_rang: { min_value: 0 }', `no kind of check 'accepted_rang'; did you mean 'accepted_range'?`],
  [
    'not_constant: { error_if: "> 5 %" }',
    `error_if: not_constant judges groups of rows, so a share of the rows means nothing; compare the number of violations, as in '> 0'`,
  ],
  [
    'accepted_values: { values: [1], warn_if: "passes < 95 %" }',
    `warn_if: accepted_values judges values, so no row passes by itself; compare the number of violations, as in '> 0'`,
  ],
  ['not_null: { slices: { by: "a; b" } }', 'slices.by: expected the name of a column'],
  [
    'relationships: { to: sales_by_day }',
    'relationships under a column needs field: the column of the other relation; fields: goes with columns:',
  ],
  ['unique: { columns: [a] }', 'unique stands under a column already; take columns: out'],
  [
    'dbt_utils.unique_combination_of_columns: { combination_of_columns: [a] }',
    'dbt_utils.unique_combination_of_columns stands under a column already; take columns: out',
  ],
])('%s under a column is refused', async (written, message) => {
  const told = await refusal('', written);
  expect(told).toMatch(/^checks\/shop\/sales\.yml:6:\d+: /);
  expect(told.replace(/^\S+ /, '').replace(' [PROJECT_INVALID]', '')).toBe(message);
});

test('a test of a column under a model is told where it belongs', async () => {
  expect(await refusal('dbt_utils.not_constant')).toMatchInlineSnapshot(
    `"checks/shop/sales.yml:3:18: dbt_utils.not_constant looks at a column; put it under checks: of one [PROJECT_INVALID]"`,
  );
});

const MACRO = `{# {% test hidden(model) %} #}
{% test has_rows(model, at_least=1) %}
  {{ config(severity='warn', tags=['macro'], fail_calc = some_macro()) }}
  select 1 where false
{% endtest %}
{% macro test_is_odd(model, column_name) %} select {{ column_name }} from {{ model }} {% endmacro %}
{% test not_null(model, column_name) %} select 1 from {{ model }} {% endtest %}`;

test('a macro of the project is a kind of check, with what it says of itself', async () => {
  const files = { 'sql/macros/tests.sql': MACRO };
  const [rows, odd, none] = ofSales('has_rows: { at_least: 2 }', 'minimal.is_odd, not_null', files);
  expect(rows).toMatchObject({
    id: 'shop.has_rows.stg_sales',
    kind: 'generic',
    name: 'has_rows_stg_sales_2',
    arguments: { at_least: 2 },
    settings: { severity: 'warn', tags: ['macro'] },
  });
  expect(odd).toMatchObject({ kind: 'generic', column: 'amount', test: { name: 'is_odd', namespace: 'minimal' } });
  // A project's own test of a name counts more than ours, as in dbt.
  expect(none).toMatchObject({ kind: 'generic', name: 'not_null_stg_sales_amount' });
  expect(await refusal('hidden', '', files)).toContain("no kind of check 'hidden'");
});

test('a macro of a package is a kind under its name only', async () => {
  const files = { 'sql/packages/tools/macros/tests.sql': '{% test wide(model) %} select 1 {% endtest %}' };
  expect(one(ofSales('tools.wide', '', files))).toMatchObject({ kind: 'generic', name: 'tools_wide_stg_sales_' });
  expect(await refusal('wide', '', files)).toContain("no kind of check 'wide'");
});

test("a SQL file without a header is dbt's singular test", () => {
  const sql = `-- amounts\n{{ config(\n  severity = 'warn', tags=['a', "b"], limit=10, meta={'x': none}) }}\nselect * from {{ ref('stg_sales') }} s join {{ source('till', 'sales') }} using (sale_id)`;
  const checks = load({ 'checks/shop/deep/Odd-amounts.sql': sql });
  expect(checks.find(({ kind }) => kind === 'singular')).toMatchObject({
    id: 'shop.odd_amounts',
    name: 'Odd-amounts',
    on: 'stg_sales',
    refersTo: ['stg_sales', 'till.sales'],
    blocking: false,
    settings: { severity: 'warn', tags: ['a', 'b'], limit: 10 },
    sql: expect.stringContaining("ref('stg_sales')"),
  });
});

test('YAML says more of a singular test, and the test itself counts most', () => {
  const files = {
    'checks/shop/odd.sql': `{{ config(severity='error') }} select 1`,
    'checks/shop/odd.yml':
      'data_tests:\n  - name: odd\n    description: Odd ones\n    config: { severity: warn, limit: 4 }\n',
  };
  expect(load(files).find(({ name }) => name === 'odd')?.settings).toMatchObject({
    description: 'Odd ones',
    severity: 'error',
    limit: 4,
  });
  const off = { ...files, 'checks/shop/odd.yml': 'data_tests:\n  - name: odd\n    config: { enabled: false }\n' };
  expect(load(off).find(({ name }) => name === 'odd')).toBeUndefined();
});

test('a singular test that cannot be read is told with its place', async () => {
  const message = async (files: Readonly<Record<string, string>>) => (await catchError(() => load(files))).message;
  expect(await message({ 'checks/shop/odd.sql': '-- nothing\n' })).toMatchInlineSnapshot(
    `"checks/shop/odd.sql:1:1: the test has no SQL [PROJECT_INVALID]"`,
  );
  expect(
    await message({ 'checks/shop/odd.sql': `{{ config(severity=var('x'), limit=1) }} select 1` }),
  ).toMatchInlineSnapshot(
    `"checks/shop/odd.sql:1:1: config(severity=...) of a test is written out, as a text, a number, true or false, or a list [PROJECT_INVALID]"`,
  );
  expect(await message({ 'checks/shop/odd.sql': `{{ config(severty='warn') }} select 1` })).toMatchInlineSnapshot(
    `"checks/shop/odd.sql:1:1: unknown key 'severty'; did you mean 'severity'? [PROJECT_INVALID]"`,
  );
  expect(await message({ 'checks/shop/odd.yml': 'data_tests:\n  - name: od\n' })).toMatchInlineSnapshot(
    `"checks/shop/odd.yml:2:5: no test 'od': a file od.sql in checks/ [PROJECT_INVALID]"`,
  );
});
