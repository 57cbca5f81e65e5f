import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from '../../../engine/project/load-project.ts';
import { refusals } from './refusals.ts';
import { writeProject } from './write-project.ts';

const load = (files: Readonly<Record<string, string>>) => loadProject(writeProject(files));
const added = (files: Readonly<Record<string, string>>) =>
  load(files)
    .models.filter(({ file }) => file in files)
    .map(({ name, resource, layer, file, firstLine }) => [name, resource, layer, file, firstLine]);

test("a model's first folder decides its layer, however deep it lies", () => {
  expect(
    added({
      'sql/shop/top.sql': 'select 1',
      'sql/shop/staging/erp/deep/stg_deep.sql': 'select 1',
      'sql/shop/mart/core/Orders_2.sql': 'select 1',
      'sql/shop/finance/staging/not_staging.sql': 'select 1',
      'sql/shop/engagement/export.sql': 'select 1',
    }),
  ).toMatchInlineSnapshot(`
    [
      [
        "export",
        "model",
        "engagement",
        "sql/shop/engagement/export.sql",
        1,
      ],
      [
        "not_staging",
        "model",
        "marts",
        "sql/shop/finance/staging/not_staging.sql",
        1,
      ],
      [
        "Orders_2",
        "model",
        "marts",
        "sql/shop/mart/core/Orders_2.sql",
        1,
      ],
      [
        "stg_deep",
        "model",
        "staging",
        "sql/shop/staging/erp/deep/stg_deep.sql",
        1,
      ],
      [
        "top",
        "model",
        "marts",
        "sql/shop/top.sql",
        1,
      ],
    ]
  `);
});

test('a seed is a CSV file, known by the hash of its bytes and not by its text', () => {
  const project = load({ 'sql/shop/seeds/lists/rates.csv': 'a,b\n1,2\n' });
  expect(project.models.find(({ name }) => name === 'rates')).toMatchObject({
    resource: 'seed',
    layer: 'marts',
    template: '492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470',
  });
  const other = load({ 'sql/shop/seeds/lists/rates.csv': 'a,b\n1,3\n' });
  expect(other.hash).not.toBe(project.hash);
});

test('each snapshot block of a file is a snapshot, with the line at which its query begins', () => {
  const text = [
    '{# {% snapshot no %} #}',
    '{% snapshot first %}',
    "{{ config(strategy='check', unique_key='id', check_cols='all') }}",
    'select 1 as id',
    '{% endsnapshot %}',
    '{%- snapshot second -%} select 2 as id {%- endsnapshot -%}',
  ].join('\n');
  const [, second] = load({ 'sql/shop/snapshots/history.sql': text }).models.filter(
    ({ resource }) => resource === 'snapshot',
  );
  expect(second?.template).toBe(`${' '.repeat(23)} select 2 as id `);
  expect(added({ 'sql/shop/snapshots/history.sql': text })).toMatchInlineSnapshot(`
    [
      [
        "first",
        "snapshot",
        "marts",
        "sql/shop/snapshots/history.sql",
        2,
      ],
      [
        "second",
        "snapshot",
        "marts",
        "sql/shop/snapshots/history.sql",
        6,
      ],
    ]
  `);
});

test('a snapshot that YAML alone declares keeps the history of a whole relation', () => {
  const project = load({
    'sql/shop/snapshots/history.yml':
      "snapshots:\n  - name: sales_history\n    relation: source('till', 'sales')\n    config: { unique_key: sale_id, strategy: check, check_cols: all }\n",
  });
  expect(project.models.find(({ name }) => name === 'sales_history')).toMatchObject({
    resource: 'snapshot',
    file: 'sql/shop/snapshots/history.yml',
    firstLine: 2,
    template: "select * from {{ source('till', 'sales') }}",
    properties: { options: [{ unique_key: 'sale_id', strategy: 'check', check_cols: 'all' }] },
  });
});

test('macros belong to the project, or to the package in whose folder they lie', () => {
  const project = load({
    'sql/macros/dates/day.sql': '{% macro day() %}1{% endmacro %}',
    'sql/packages/other_utils/macros/sql/star.sql': '{% macro star() %}*{% endmacro %}',
    'sql/macros/macros.yml':
      'macros:\n  - name: day\n    description: A day.\n    arguments: [{ name: of, type: date }]\n',
  });
  expect(project.macros.map(({ file, package: from }) => [file, from])).toEqual([
    ['sql/macros/as_amount.sql', 'minimal'],
    ['sql/macros/dates/day.sql', 'minimal'],
    ['sql/packages/other_utils/macros/sql/star.sql', 'other_utils'],
  ]);
  expect(project.macroProperties).toMatchObject([{ name: 'day', package: 'minimal', description: 'A day.', line: 2 }]);
});

test('a note without docs blocks is nobody’s content', () => {
  const plain = load({});
  const noted = load({ 'sql/shop/README.md': '# Shop', 'checks/shop/notes.md': 'x', 'sql/README.md': 'x' });
  expect(noted.hash).toBe(plain.hash);
});

test('a file that would be overlooked is refused', () => {
  expect(
    refusals([
      { 'sql/shop/stagin/x.sql': 'select 1' },
      { 'sql/shop/Seeds/x.csv': 'a\n' },
      { 'sql/shop/seeds/x.sql': 'select 1' },
      { 'sql/shop/marts/x.csv': 'a\n' },
      { 'sql/shop/marts/x.py': 'x' },
      { 'sql/shop/marts/x.txt': 'x' },
      { 'sql/shop/snapshots/x.sql': 'select 1' },
      { 'sql/shop/snapshots/x.sql': '{% snapshot x %} select 1' },
      { 'sql/shop/x.md': 'a\n{% docs x %} b' },
      { 'sql/x.sql': 'select 1' },
      { 'sql/shpo/x.sql': 'select 1' },
      { 'sql/macros/x.txt': 'x' },
      { 'sql/packages/x.sql': 'x' },
      { 'sql/packages/other/models/x.sql': 'x' },
      { 'checks/shop/x.txt': 'models: []' },
      { 'checks/shop/x.csv': 'a\n' },
      { 'checks/x.yml': 'models: []' },
    ]),
  ).toMatchInlineSnapshot(`
    "sql/shop/stagin: 'stagin' is nearly one of staging, engagement, seeds, snapshots, which decide what their files become; did you mean 'staging'? [PROJECT_INVALID]
    sql/shop/Seeds: 'Seeds' is nearly one of staging, engagement, seeds, snapshots, which decide what their files become; did you mean 'seeds'? [PROJECT_INVALID]
    sql/shop/seeds/x.sql: a seed is a .csv file; a query belongs in another folder [PROJECT_INVALID]
    sql/shop/marts/x.csv: a .csv file is read in seeds/, or, with rows of a unit test, in a folder fixtures/ [PROJECT_INVALID]
    sql/shop/marts/x.py: a model in Python cannot be built; write it in SQL [PROJECT_INVALID]
    sql/shop/marts/x.txt: not read; a file here ends in .sql, .yml, .csv or .md [PROJECT_INVALID]
    sql/shop/snapshots/x.sql: no snapshot begins here; write {% snapshot name %} ... {% endsnapshot %} [PROJECT_INVALID]
    sql/shop/snapshots/x.sql:1:1: {% snapshot %} is not closed: no {% endsnapshot %} follows [COMPILE_TEMPLATE]
    sql/shop/x.md:2:1: {% docs %} is not closed: no {% enddocs %} follows [COMPILE_TEMPLATE]
    sql/x.sql: a file here is not read; it belongs in the folder of a vertical [PROJECT_INVALID]
    sql/shpo: no vertical 'shpo' in tickmark.yml; did you mean 'shop'? [PROJECT_INVALID]
    sql/macros/x.txt: not read; a file here ends in .sql or .yml [PROJECT_INVALID]
    sql/packages/x.sql: a file here is not read; it belongs in the folder of a package, under macros/ [PROJECT_INVALID]
    sql/packages/other/models: not read; of a package only macros/ is [PROJECT_INVALID]
    checks/shop/x.txt: not read; a file here ends in .yml or .sql [PROJECT_INVALID]
    checks/shop/x.csv: a .csv file is read in a folder fixtures/, with rows of a unit test [PROJECT_INVALID]
    checks/x.yml: a file here is not read; it belongs in the folder of a vertical [PROJECT_INVALID]"
  `);
});

test('a folder that links to one above it is refused, and not walked without end', () => {
  const root = writeProject({ 'sql/shop/marts/x.sql': 'select 1' });
  symlinkSync(join(root, 'sql/shop/marts'), join(root, 'sql/shop/marts/again'));
  expect(() => loadProject(root)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again/again: more than 24 folders deep; does a link lead back? [PROJECT_INVALID]]`,
  );
});
