import { expect, test } from 'vitest';
import { loadProject } from '../../../engine/project/load-project.ts';
import { refusals } from './refusals.ts';
import { writeProject } from './write-project.ts';

const load = (files: Readonly<Record<string, string>>) => loadProject(writeProject(files));
const CONFIG = `name: minimal
warehouse:
  url: \${env:DATABASE_URL}
connections:
  till: { type: files, directory: data }
verticals:
  shop: {}
`;

test('what YAML says of a model comes with it, options from low to high', () => {
  const { models } = load({
    'tickmark.yml': `${CONFIG}models:
  +tags: [all]
  minimal: { staging: { +materialized: view } }
`,
    'sql/shop/staging/deep/schema.yaml': `version: 2
models:
  - name: stg_sales
    description: "Sales. {{ doc('sales_text') }}"
    tags: nightly
    meta: { owner: ann }
    access: public
    group: money
    deprecation_date: 2030-01-01
    config:
      materialized: table
      pre-hook: "select 1"
      enabled: "{{ var('large_sale') > 1 }}"
    constraints:
      - { type: primary_key, columns: [sale_id] }
    columns:
      - name: sale_id
        description: "{{ doc('minimal', 'key_text') }}"
        data_type: text
        quote: true
        tags: [key]
        meta: { a: 1 }
        config: { tags: pii, meta: { b: 2 } }
        constraints: [{ type: not_null }]
        tests: []
      - name: amount
`,
    'sql/shop/texts/words.md':
      '# Words\n{% docs sales_text %}\nOne line\nand more\n{% enddocs %}\n{% docs key_text %} The key {% enddocs %}',
    'sql/shop/staging/groups.yml': 'groups:\n  - { name: money, owner: { name: Ann, email: [a@x.org, b@x.org] } }\n',
  });
  const model = models.find(({ name }) => name === 'stg_sales');
  expect(model?.properties).toMatchInlineSnapshot(`
    {
      "columns": [
        {
          "constraints": [
            {
              "type": "not_null",
            },
          ],
          "dataType": "text",
          "description": "The key",
          "file": "sql/shop/staging/deep/schema.yaml",
          "line": 17,
          "meta": {
            "a": 1,
            "b": 2,
          },
          "name": "sale_id",
          "quote": true,
          "tags": [
            "key",
            "pii",
          ],
        },
        {
          "constraints": [],
          "dataType": undefined,
          "description": undefined,
          "file": "sql/shop/staging/deep/schema.yaml",
          "line": 26,
          "meta": {},
          "name": "amount",
          "quote": false,
          "tags": [],
        },
        {
          "constraints": [],
          "dataType": undefined,
          "description": undefined,
          "file": "checks/shop/sales.yml",
          "line": 14,
          "meta": {},
          "name": "cashier",
          "quote": false,
          "tags": [],
        },
        {
          "constraints": [],
          "dataType": undefined,
          "description": undefined,
          "file": "checks/shop/sales.yml",
          "line": 17,
          "meta": {},
          "name": "status",
          "quote": false,
          "tags": [],
        },
      ],
      "constraints": [
        {
          "columns": [
            "sale_id",
          ],
          "type": "primary_key",
        },
      ],
      "description": "Sales. One line
    and more",
      "file": "sql/shop/staging/deep/schema.yaml",
      "line": 3,
      "options": [
        {
          "tags": [
            "all",
          ],
        },
        {
          "materialized": "view",
        },
        {
          "access": "public",
          "group": "money",
          "meta": {
            "owner": "ann",
          },
          "tags": "nightly",
        },
        {
          "enabled": "{{ var('large_sale') > 1 }}",
          "materialized": "table",
          "pre_hook": "select 1",
        },
      ],
    }
  `);
});

test('tests of one model may stand in several files; what is said of it in one', () => {
  const { models, checks } = load({
    'sql/shop/staging/a.yml':
      'models: [{ name: stg_sales, description: A., columns: [{ name: amount, description: Sum. }] }]',
    'sql/shop/staging/b.yml': 'models: [{ name: stg_sales, columns: [{ name: sold_at, data_tests: [unique] }] }]',
  });
  expect(models.find(({ name }) => name === 'stg_sales')?.properties).toMatchObject({
    description: 'A.',
    file: 'sql/shop/staging/a.yml',
  });
  const names = models.find(({ name }) => name === 'stg_sales')?.properties.columns.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['amount', 'sold_at']));
  expect(checks.map(({ on, column, file }) => [on, column, file])).toContainEqual([
    'stg_sales',
    'sold_at',
    'sql/shop/staging/b.yml',
  ]);
});

test('a file that says nothing but comments is let be', () => {
  expect(load({ 'sql/shop/staging/a.yml': '# later\n\n---\n' }).models).toHaveLength(2);
});

test('seeds and snapshots have options of their own blocks, with or without the name of their folder', () => {
  const { models } = load({
    'tickmark.yml': `${CONFIG}seeds:
  +quote_columns: true
  seeds: { lists: { +column_types: { a: integer } } }
snapshots:
  shop: { history: { +strategy: check } }
`,
    'sql/shop/seeds/lists/rates.csv': 'a\n1\n',
    'sql/shop/snapshots/history.sql': '{% snapshot sales_history %}select 1{% endsnapshot %}',
    'sql/shop/seeds/seeds.yml': 'seeds: [{ name: rates, config: { column_types: { b: text } } }]',
    'sql/shop/snapshots/s.yml': 'snapshots: [{ name: sales_history, description: H. }]',
  });
  expect(models.find(({ name }) => name === 'rates')?.properties.options).toEqual([
    { quote_columns: true },
    { column_types: { a: 'integer' } },
    { column_types: { b: 'text' } },
  ]);
  expect(models.find(({ name }) => name === 'sales_history')?.properties).toMatchObject({
    description: 'H.',
    options: [{ strategy: 'check' }],
  });
});

test('what is misspelt, doubled or about nothing is told with its place', () => {
  const file = 'sql/shop/a.yml';
  expect(
    refusals([
      { [file]: 'model: []' },
      { [file]: 'models: [{ name: stg_sales, descripton: x }]' },
      { [file]: 'models: [{ name: stg_sales, columns: [{ name: a, tags: [b], desc: c }] }]' },
      { [file]: 'models: [{ name: stg_sales, config: { materialised: view } }]' },
      { [file]: 'models: [{ name: stg_sales, config: { materialized: vew } }]' },
      { [file]: 'models: [{ name: stg_sales, materialized: view }]' },
      { [file]: 'models: [{ name: stg_sales, versions: [{ v: 1 }] }]' },
      { [file]: 'models: [{ name: stg_sales, latest_version: 1 }]' },
      { [file]: 'models: [{ name: stg_sale, description: x }]' },
      { [file]: 'models: [{ name: stg_sales, columns: [{ name: a }, { name: a }] }]' },
      { [file]: 'models: [{ name: stg_sales, description: x }, { name: stg_sales, tags: y }]' },
      {
        [file]: 'models: [{ name: stg_sales, description: x }]',
        'checks/shop/b.yml': 'models: [{ name: stg_sales, description: y }]',
      },
      { [file]: 'seeds: [{ name: stg_sales }]' },
      { [file]: 'seeds: [{ name: sales_by_day }]' },
      { [file]: 'models: [{ name: stg_sales, data_tests: [unique], tests: [unique] }]' },
      { [file]: 'data_tests: []\ntests: []' },
      { [file]: `models: [{ name: stg_sales, description: "{{ doc('x') }}" }]` },
      {
        [file]: `models: [{ name: stg_sales, description: "{{ doc('sale') }}" }]`,
        'sql/shop/d.md': '{% docs sales %}x{% enddocs %}',
      },
      { 'sql/shop/d.md': '{% docs a %}x{% enddocs %}', 'sql/shop/e.md': '{% docs a %}x{% enddocs %}' },
      { [file]: 'metrics: [{ name: a }]' },
      { [file]: 'semantic_models: [{ name: a }]' },
      { [file]: 'functions: [{ name: a }]' },
      { [file]: 'version: 1' },
      { [file]: 'snapshots: [{ name: stg_sales, relation: "ref(\'sales_by_day\')" }]' },
      { [file]: 'groups: [{ name: a, owner: { name: b } }, { name: a, owner: { name: b } }]' },
      { 'sql/macros/m.yml': 'models: [{ name: stg_sales }]' },
      { 'tickmark.yml': `${CONFIG}models:\n  +materialised: view\n` },
      { 'tickmark.yml': `${CONFIG}models:\n  staging:\n    +materialized: vew\n` },
      { 'tickmark.yml': `${CONFIG}models:\n  stagin:\n    +materialized: view\n` },
      { 'tickmark.yml': `${CONFIG}models:\n  example:\n    +materialized: view\n` },
      { 'tickmark.yml': `${CONFIG}data_tests:\n  +severty: warn\n` },
      { 'tickmark.yml': `${CONFIG}exposures:\n  +enable: false\n` },
    ]),
  ).toMatchInlineSnapshot(`
    "sql/shop/a.yml:1:1: unknown key 'model'; did you mean 'models'? [PROJECT_INVALID]
    sql/shop/a.yml:1:29: unknown key 'descripton' in models[0]; did you mean 'description'? [PROJECT_INVALID]
    sql/shop/a.yml:1:61: unknown key 'desc' in models[0].columns[0] [PROJECT_INVALID]
    sql/shop/a.yml:1:39: unknown key 'materialised'; did you mean 'materialized'? [PROJECT_INVALID]
    sql/shop/a.yml:1:39: materialized: 'vew' is not one of view, table, incremental, ephemeral, seed, snapshot; did you mean 'view'? [PROJECT_INVALID]
    sql/shop/a.yml:1:29: unknown key 'materialized' in models[0]; it belongs under config: [PROJECT_INVALID]
    sql/shop/a.yml:1:29: models[0].versions: versions of a model are not told apart here; give each a file and a name of its own [PROJECT_INVALID]
    sql/shop/a.yml:1:29: models[0].latest_version: versions of a model are not told apart here; give each a file and a name of its own [PROJECT_INVALID]
    sql/shop/a.yml:1:12: no model 'stg_sale'; did you mean 'stg_sales'? [PROJECT_INVALID]
    sql/shop/a.yml:1:54: column 'a' is described twice [PROJECT_INVALID]
    sql/shop/a.yml:1:49: 'stg_sales' is described twice, first at sql/shop/a.yml:1 [PROJECT_INVALID]
    sql/shop/a.yml:1:12: 'stg_sales' is described twice, first at checks/shop/b.yml:1 [PROJECT_INVALID]
    sql/shop/a.yml:1:11: 'stg_sales' is a model at checks/shop/sales.yml:2, but a seed here [PROJECT_INVALID]
    sql/shop/a.yml:1:11: 'sales_by_day' is a model; say it under models: [PROJECT_INVALID]
    sql/shop/a.yml:1:51: data_tests and tests are one word for the same; keep one [PROJECT_INVALID]
    sql/shop/a.yml:2:1: data_tests and tests are one word for the same; keep one [PROJECT_INVALID]
    sql/shop/a.yml:1:29: no docs block 'x' [PROJECT_INVALID]
    sql/shop/a.yml:1:29: no docs block 'sale'; did you mean 'sales'? [PROJECT_INVALID]
    sql/shop/e.md:1:1: docs block 'a' is also in sql/shop/d.md [PROJECT_INVALID]
    sql/shop/a.yml:1:1: metrics: Tickmark has no semantic layer; take it out [PROJECT_INVALID]
    sql/shop/a.yml:1:1: semantic_models: Tickmark has no semantic layer; take it out [PROJECT_INVALID]
    sql/shop/a.yml:1:1: functions: Tickmark makes no functions of the database; make them in on_run_start of tickmark.yml [PROJECT_INVALID]
    sql/shop/a.yml:1:1: version: expected 2, got 1 [PROJECT_INVALID]
    sql/shop/a.yml:1:15: 'stg_sales' is a model at checks/shop/sales.yml:2, but a snapshot here [PROJECT_INVALID]
    sql/shop/a.yml:1:43: group 'a' is declared twice, first at sql/shop/a.yml:1 [PROJECT_INVALID]
    sql/macros/m.yml:1:1: models: is not read here, beside macros; only macros: is [PROJECT_INVALID]
    tickmark.yml:9:3: unknown key 'materialised'; did you mean 'materialized'? [CONFIG_INVALID]
    tickmark.yml:10:5: materialized: 'vew' is not one of view, table, incremental, ephemeral, seed, snapshot; did you mean 'view'? [CONFIG_INVALID]
    tickmark.yml:9:3: models.stagin: there is no 'stagin'; did you mean 'staging'? [CONFIG_INVALID]
    nothing said of tickmark.yml
    tickmark.yml:9:3: unknown key 'severty'; did you mean 'severity'? [CONFIG_INVALID]
    tickmark.yml:9:3: unknown key 'enable'; did you mean 'enabled'? [CONFIG_INVALID]"
  `);
});
