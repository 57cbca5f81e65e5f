import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from '../../../engine/project/load-project.ts';
import { MINIMAL, writeProject } from './write-project.ts';

const load = (files: Readonly<Record<string, string>>) => loadProject(writeProject(files));
const original = (file: string) => readFileSync(join(MINIMAL, file), 'utf8');
const edited = (file: string, from: string, to: string) => {
  const text = original(file);
  expect(text).toContain(from);
  return load({ [file]: text.replace(from, to) });
};

test('the minimal project loads whole', () => {
  const project = loadProject(MINIMAL);
  expect(project.root).toBe(MINIMAL);
  expect(project.sources).toMatchObject([
    {
      source: 'till',
      name: 'sales',
      vertical: 'shop',
      connection: 'till',
      declaredIn: 'sql/shop/sources.yml',
      line: 5,
    },
  ]);
  expect(project.models.map(({ name, layer, file }) => ({ name, layer, file }))).toEqual([
    { name: 'sales_by_day', layer: 'marts', file: 'sql/shop/marts/sales_by_day.sql' },
    { name: 'stg_sales', layer: 'staging', file: 'sql/shop/staging/stg_sales.sql' },
  ]);
  expect(project.macros.map(({ file }) => file)).toEqual(['sql/macros/as_amount.sql']);
  expect(project.controls).toMatchObject([{ id: 'SHOP-1', vertical: 'shop', line: 2, confidence: '0.95' }]);
  expect(project.kris).toMatchObject([{ id: 'SHOP-LARGE', vertical: 'shop', line: 2, min_denominator: 1 }]);
});

test('a check has an id, a dimension and whether it blocks, written or not', () => {
  const { checks } = loadProject(MINIMAL);
  expect(
    checks.map(({ id, dimension, blocking, on, column, line }) => [id, dimension, blocking, on, column, line]),
  ).toEqual([
    ['shop.row_count.stg_sales', 'completeness', true, 'stg_sales', undefined, 4],
    ['shop.sales_complete', 'completeness', true, 'stg_sales', undefined, 5],
    ['shop.not_null.stg_sales.sale_id', 'completeness', true, 'stg_sales', 'sale_id', 12],
    ['shop.unique.stg_sales.sale_id', 'uniqueness', true, 'stg_sales', 'sale_id', 13],
    ['shop.not_null.stg_sales.cashier', 'completeness', false, 'stg_sales', 'cashier', 16],
    ['shop.accepted_values.stg_sales.status', 'validity', true, 'stg_sales', 'status', 19],
    ['shop.not_null.till_sales.sale_id', 'completeness', true, 'till.sales', 'sale_id', 26],
    ['shop.refund_of_a_gain', 'accuracy', true, 'stg_sales', undefined, 1],
  ]);
});

test('a bespoke check looks at its population and keeps the lines of its SQL', () => {
  const check = loadProject(MINIMAL).checks.find(({ kind }) => kind === 'bespoke');
  expect(check).toMatchObject({ on: 'stg_sales', grain: 'one row per refund that is not negative', arguments: {} });
  expect(check?.settings.description).toBe('Refunds take money out');
  expect(check?.sql?.split('\n').findIndex((line) => line.startsWith('with sales'))).toBe(8);
});

test('data_tests is the same word as checks', () => {
  const { checks } = load({
    'checks/shop/sales.yml': original('checks/shop/sales.yml').replaceAll('checks:', 'data_tests:'),
  });
  expect(checks.map(({ id }) => id)).toEqual(loadProject(MINIMAL).checks.map(({ id }) => id));
});

test('a definition keeps its hash where it stands and loses it when it says something else', () => {
  const hashOf = (text: string) =>
    load({ 'checks/shop/sales.yml': text }).checks.find(({ id }) => id === 'shop.not_null.stg_sales.cashier')
      ?.definitionHash;
  const text = original('checks/shop/sales.yml');
  expect(hashOf(`\n# moved down\n${text}`)).toBe(hashOf(text));
  expect(hashOf(text.replace('severity: warn', 'severity: error'))).not.toBe(hashOf(text));
});

test("the project's hash follows every content file, and nothing else", () => {
  const { hash } = loadProject(MINIMAL);
  expect(loadProject(writeProject({})).hash).toBe(hash);
  expect(load({ 'README.md': 'x', 'sql/shop/README.md': 'x', 'data/other.csv': 'x' }).hash).toBe(hash);
  for (const file of ['tickmark.yml', 'sql/macros/as_amount.sql', 'sql/shop/sources.yml', 'checks/shop/kris.yml']) {
    expect(load({ [file]: `${original(file)}\n` }).hash).not.toBe(hash);
  }
});

test('a folder that is no vertical is named', () => {
  expect(() => load({ 'sql/shopp/staging/x.sql': 'select 1' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shopp: no vertical 'shopp' in tickmark.yml; did you mean 'shop'? [PROJECT_INVALID]]`,
  );
  expect(() => load({ 'checks/finance/x.yml': 'models: []' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/finance: no vertical 'finance' in tickmark.yml [PROJECT_INVALID]]`,
  );
});

test('a vertical without a folder is named', () => {
  const root = writeProject({});
  rmSync(join(root, 'sql/shop'), { recursive: true });
  expect(() => loadProject(root)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:9:3: vertical 'shop' has nothing in sql/shop/ [PROJECT_INVALID]]`,
  );
});

test('a file that is not UTF-8 is refused, and a byte order mark is none of the SQL', () => {
  const root = writeProject({ 'sql/shop/marts/x.sql': '\uFEFFselect 1' });
  expect(loadProject(root).models.find(({ name }) => name === 'x')?.template).toBe('select 1');
  writeFileSync(join(root, 'sql/shop/marts/x.sql'), Buffer.from([0x73, 0xe9, 0x6c]));
  expect(() => loadProject(root)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql: not UTF-8 text [PROJECT_INVALID]]`,
  );
});

test("a model's name stands once in the project, and fits Postgres", () => {
  expect(() => load({ 'sql/shop/marts/stg_sales.sql': 'select 1' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/staging/stg_sales.sql: a model 'stg_sales' is also in sql/shop/marts/stg_sales.sql [PROJECT_INVALID]]`,
  );
  expect(() => load({ 'sql/shop/marts/net-sales.sql': 'select 1' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/net-sales.sql: a model is named with letters, digits and _, at most 63 of them [PROJECT_INVALID]]`,
  );
});

test('a source says what its connection needs', () => {
  const source = 'sql/shop/sources.yml';
  expect(() => edited(source, '- name: till', '- name: tll')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/sources.yml:2:5: no connection 'tll' in tickmark.yml; did you mean 'till'? [PROJECT_INVALID]]`,
  );
  expect(() => edited(source, '        file: sales.csv\n', '')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/sources.yml:5:9: source table 'till.sales': its connection is of type files, so it needs a file [PROJECT_INVALID]]`,
  );
  expect(() =>
    edited(source, 'file: sales.csv', 'file: sales.csv\n        schema: public'),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/sources.yml:7:9: source table 'till.sales': schema is not for connections of type files [PROJECT_INVALID]]`,
  );
  expect(() =>
    edited('tickmark.yml', '{ type: files, directory: data }', "{ type: postgres, url: 'postgres://x' }"),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/sources.yml:6:9: source table 'till.sales': file is not for connections of type postgres [PROJECT_INVALID]]`,
  );
  expect(() =>
    edited(source, '      - name: sales', '      - { name: sales, file: a.csv }\n      - name: sales'),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/sources.yml:6:9: source table 'till.sales' is declared twice, first at sql/shop/sources.yml:5 [PROJECT_INVALID]]`,
  );
});

test('a check of an unknown kind, relation or argument is told with what was meant', () => {
  const checks = 'checks/shop/sales.yml';
  expect(() => edited(checks, '- not_null\n', '- not_nul\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:12:13: no kind of check 'not_nul'; did you mean 'not_null'? [PROJECT_INVALID]]`,
  );
  expect(() => edited(checks, '- name: stg_sales', '- name: stg_sale')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:2:5: no model 'stg_sale'; did you mean 'stg_sales'? [PROJECT_INVALID]]`,
  );
  expect(() => edited(checks, 'to: till.sales', 'to: till.sale')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:8:24: no source table 'till.sale'; did you mean 'till.sales'? [PROJECT_INVALID]]`,
  );
  expect(() =>
    edited(checks, '{ values: [paid, refunded] }', '{ value: [paid, refunded] }'),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:19:45: unknown key 'value' in arguments; did you mean 'values'? [PROJECT_INVALID]]`,
  );
  expect(() => edited(checks, ': { arguments: { values: [paid, refunded] } }', '')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:19:13: arguments.values is missing [PROJECT_INVALID]]`,
  );
  expect(() => edited(checks, 'severity: warn', 'severity: warning')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:16:25: severity: 'warning' is not one of error, warn [PROJECT_INVALID]]`,
  );
  expect(() => edited(checks, '- unique\n', '- [unique]\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:13:13: a check is the name of a kind, or one kind with its settings: - not_null, or - not_null: { severity: warn } [PROJECT_INVALID]]`,
  );
});

test('a check stands where its kind belongs', () => {
  const checks = 'checks/shop/sales.yml';
  expect(() =>
    edited(checks, '- row_count: { arguments: { min: 1 } }', '- not_null'),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:4:9: not_null looks at a column; put it under checks: of one [PROJECT_INVALID]]`,
  );
  expect(() => edited(checks, '- row_count: { arguments: { min: 1 } }', '- unique')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:4:9: unique looks at a column; put it under checks: of one, or give it columns: [PROJECT_INVALID]]`,
  );
  expect(() =>
    edited(checks, '- unique\n', '- row_count: { arguments: { min: 1 } }\n'),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:13:13: row_count looks at whole rows; put it under checks: of the model, not of a column [PROJECT_INVALID]]`,
  );
  expect(() =>
    edited(checks, '- unique\n', '- unique: { arguments: { columns: [a] } }\n'),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:13:13: unique stands under a column already; take columns: out [PROJECT_INVALID]]`,
  );
});

test('a row_count without a bound could only pass, so it is refused', () => {
  expect(() => edited('checks/shop/sales.yml', '{ arguments: { min: 1 } }', '')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:4:9: row_count needs a min or a max; without them it could only pass [PROJECT_INVALID]]`,
  );
});

test('two checks of one id name both places, and ask for an id where neither has one', () => {
  const checks = 'checks/shop/sales.yml';
  expect(() =>
    edited(checks, '- unique\n', "- unique\n          - unique: { where: 'amount > 0' }\n"),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:14: two checks would be named 'shop.unique.stg_sales.sale_id'; give an id to this one or to the one at checks/shop/sales.yml:13 [PROJECT_INVALID]]`,
  );
  expect(() =>
    edited(checks, '- unique\n', '- unique: { id: shop.sales_complete }\n'),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:13: check 'shop.sales_complete' is declared twice, first at checks/shop/sales.yml:5 [PROJECT_INVALID]]`,
  );
});

test('a bespoke check is named for its file and says what it looks at', () => {
  const check = 'checks/shop/refund_of_a_gain.sql';
  expect(() => edited(check, 'id: shop.refund_of_a_gain', 'id: refund')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/refund_of_a_gain.sql:2:1: id must be 'shop.refund_of_a_gain', as the file is named [PROJECT_INVALID]]`,
  );
  expect(() => edited(check, 'population: stg_sales\n', '')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/refund_of_a_gain.sql:1:1: population is missing [PROJECT_INVALID]]`,
  );
  expect(() => edited(check, 'population: stg_sales', 'population: stg_sals')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/refund_of_a_gain.sql:7:1: no model 'stg_sals'; did you mean 'stg_sales'? [PROJECT_INVALID]]`,
  );
  expect(() => edited(check, 'dimension: accuracy', 'dimension: acuracy')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/refund_of_a_gain.sql:4:1: dimension: 'acuracy' is not one of completeness, accuracy, validity, uniqueness, consistency, timeliness; did you mean 'accuracy'? [PROJECT_INVALID]]`,
  );
  expect(() => load({ [check]: original(check).replace(/\*\/[\s\S]*$/, '*/\n') })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/refund_of_a_gain.sql:1:1: the SQL is missing after the header [PROJECT_INVALID]]`,
  );
});

test('a control tests checks that exist, over a population that exists', () => {
  const controls = 'checks/shop/controls.yml';
  expect(() => edited(controls, '[shop.refund_of_a_gain]', '[shop.refund_of_gain]')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/controls.yml:9:13: no check 'shop.refund_of_gain'; did you mean 'shop.refund_of_a_gain'? [PROJECT_INVALID]]`,
  );
  expect(() => edited(controls, 'model: stg_sales', 'model: sales_by_dy')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/controls.yml:8:19: no model 'sales_by_dy'; did you mean 'sales_by_day'? [PROJECT_INVALID]]`,
  );
  expect(() => edited(controls, "'0.05'", '0.05')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/controls.yml:10:5: controls[0].tolerable_deviation_rate: expected text, got a number; put it in quotes [PROJECT_INVALID]]`,
  );
  const text = original(controls);
  expect(() => load({ [controls]: text + text.replace('controls:\n', '') })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/controls.yml:11: control 'SHOP-1' is declared twice, first at checks/shop/controls.yml:2 [PROJECT_INVALID]]`,
  );
});

test('a KRI measures relations that exist, and is red beyond amber', () => {
  const kris = 'checks/shop/kris.yml';
  expect(() =>
    edited(kris, 'denominator: { model: stg_sales }', 'denominator: { model: sales }'),
  ).toThrowErrorMatchingInlineSnapshot(`[EngineError: checks/shop/kris.yml:8:20: no model 'sales' [PROJECT_INVALID]]`);
  expect(() => edited(kris, "red: '30'", "red: '3'")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/kris.yml:11:5: red must be at or above amber, because higher_is_worse [PROJECT_INVALID]]`,
  );
});

test('a reconcile that looks for differences but compares nothing is refused, because it could only pass', () => {
  expect(() =>
    edited(
      'checks/shop/sales.yml',
      '- row_count: { arguments: { min: 1 } }',
      '- reconcile: { id: shop.same, arguments: { to: till.sales, keys: [id], find: differing } }',
    ),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks/shop/sales.yml:4:37: arguments.compare is missing [PROJECT_INVALID]]`,
  );
});
