import { expect, test } from 'vitest';
import { loadProject } from '../../../engine/project/load-project.ts';
import { refusals } from './refusals.ts';
import { writeProject } from './write-project.ts';

const load = (files: Readonly<Record<string, string>>) => loadProject(writeProject(files));

test('a unit test has its rows as they are written, whatever their form', () => {
  const { unitTests } = load({
    'sql/shop/marts/tests.yml': `unit_tests:
  - name: adds_up
    description: One day.
    model: sales_by_day
    config: { tags: [fast], meta: { a: 1 } }
    overrides:
      vars: { large_sale: 5 }
      env_vars: { A: 1 }
      macros: { is_incremental: true, other.star: x }
    given:
      - input: ref('stg_sales')
        rows:
          - { sale_id: 1, amount: 10.10, at: 2026-01-31, none: null, yes: true }
      - input: source('till', 'sales')
        format: csv
        fixture: some_sales
      - input: this
        format: sql
        rows: select 1 as a
      - input: ref('rates')
    expect:
      format: csv
      rows: |
        a,b
        1,2
  - name: off
    model: sales_by_day
    config: { enabled: false }
    expect: { rows: [] }
`,
    'checks/shop/deep/fixtures/some_sales.csv': 'sale_id\n1\n',
    'sql/shop/seeds/rates.csv': 'a\n1\n',
  });
  expect(unitTests).toMatchInlineSnapshot(`
    [
      {
        "description": "One day.",
        "expect": {
          "csv": "a,b
    1,2
    ",
          "format": "csv",
        },
        "file": "sql/shop/marts/tests.yml",
        "given": [
          {
            "format": "dict",
            "input": "ref('stg_sales')",
            "rows": [
              {
                "amount": "10.10",
                "at": "2026-01-31",
                "none": null,
                "sale_id": 1,
                "yes": true,
              },
            ],
          },
          {
            "csv": "sale_id
    1
    ",
            "format": "csv",
            "input": "source('till', 'sales')",
          },
          {
            "format": "sql",
            "input": "this",
            "sql": "select 1 as a",
          },
          {
            "csv": "a
    1
    ",
            "format": "csv",
            "input": "ref('rates')",
          },
        ],
        "line": 2,
        "model": "sales_by_day",
        "name": "adds_up",
        "overrides": {
          "envVars": {
            "A": "1",
          },
          "macros": {
            "is_incremental": true,
            "other.star": "x",
          },
          "vars": {
            "large_sale": 5,
          },
        },
        "tags": [
          "fast",
        ],
        "vertical": "shop",
      },
    ]
  `);
});

test('what a unit test names is there, and its rows are of their form', () => {
  const file = 'sql/shop/t.yml';
  const one = (given: string, rest = '') =>
    `unit_tests:\n  - name: t\n    model: sales_by_day\n    given:\n      - ${given}\n    expect: { rows: [] }\n${rest}`;
  const rows = "input: ref('stg_sales')";
  expect(
    refusals([
      { [file]: 'unit_tests: [{ name: t, model: sales_by_dy, expect: { rows: [] } }]' },
      { [file]: 'unit_tests: [{ name: t, model: sales_by_day }]' },
      { [file]: one("{ input: ref('stg_sale'), rows: [] }") },
      { [file]: one('{ input: stg_sales, rows: [] }') },
      { [file]: one(`{ ${rows}, format: csv, fixture: nothing }`) },
      { [file]: one(`{ ${rows}, fixture: nothing }`) },
      { [file]: one(`{ ${rows}, format: csv, fixture: a, rows: 'x' }`) },
      { [file]: one(`{ ${rows}, rows: 'a,b' }`) },
      { [file]: one(`{ ${rows}, format: csv, rows: [] }`) },
      { [file]: one(`{ ${rows}, format: sql }`) },
      { [file]: one(`{ ${rows}, rows: [], forma: csv }`) },
      {
        [file]: one(`{ ${rows}, format: csv, fixture: a }`),
        'checks/shop/fixtures/a.csv': 'x\n',
        'checks/shop/more/fixtures/a.csv': 'x\n',
      },
      { [file]: one(`{ ${rows}, rows: [] }`, '  - { name: t, model: sales_by_day, expect: { rows: [] } }\n') },
      { [file]: one(`{ ${rows} }`) },
      { [file]: 'unit_tests: [{ name: t, model: sales_by_day, expect: {} }]' },
      { [file]: 'unit_tests: [{ name: t, model: sales_by_day, versions: {}, expect: { rows: [] } }]' },
    ]),
  ).toMatchInlineSnapshot(`
    "sql/shop/t.yml:1:25: no model 'sales_by_dy'; did you mean 'sales_by_day'? [PROJECT_INVALID]
    sql/shop/t.yml:1:14: unit_tests[0].expect is missing [PROJECT_INVALID]
    sql/shop/t.yml:5:11: no model 'stg_sale'; did you mean 'stg_sales'? [PROJECT_INVALID]
    sql/shop/t.yml:5:11: input takes ref('model'), source('source', 'table') or this [PROJECT_INVALID]
    sql/shop/t.yml:5:49: no fixture 'nothing.csv' in a folder fixtures/ [PROJECT_INVALID]
    sql/shop/t.yml:5:36: a fixture is a file, so say format: csv or format: sql [PROJECT_INVALID]
    sql/shop/t.yml:5:49: rows and fixture say the same; keep one [PROJECT_INVALID]
    sql/shop/t.yml:5:36: rows: expected a list of rows; a text needs format: csv or format: sql [PROJECT_INVALID]
    sql/shop/t.yml:5:49: rows: expected text, because of format: csv [PROJECT_INVALID]
    sql/shop/t.yml:5:9: format: sql needs rows, or a fixture [PROJECT_INVALID]
    sql/shop/t.yml:5:46: unknown key 'forma' in unit_tests[0].given[0]; did you mean 'format'? [PROJECT_INVALID]
    sql/shop/t.yml:5:49: two fixtures are called 'a.csv': checks/shop/fixtures/a.csv and checks/shop/more/fixtures/a.csv [PROJECT_INVALID]
    sql/shop/t.yml:7:7: unit test 't' of 'sales_by_day' is declared twice, first at sql/shop/t.yml:2 [PROJECT_INVALID]
    sql/shop/t.yml:5:9: rows is missing; rows: [] says that there are none [PROJECT_INVALID]
    sql/shop/t.yml:1:46: rows is missing; rows: [] says that there are none [PROJECT_INVALID]
    sql/shop/t.yml:1:46: unit_tests[0].versions: versions of a model are not told apart here; give each a file and a name of its own [PROJECT_INVALID]"
  `);
});
