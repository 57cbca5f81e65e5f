import { expect, test } from 'vitest';
import { loadProject } from '../../../engine/project/load-project.ts';
import { refusals } from './refusals.ts';
import { writeProject } from './write-project.ts';

const load = (files: Readonly<Record<string, string>>) => loadProject(writeProject(files));

const MINIMAL_CONFIG = `name: minimal
warehouse:
  url: \${env:DATABASE_URL}
connections:
  till: { type: files, directory: data }
verticals:
  shop: {}
`;

const EXTERNAL = `version: 2
sources:
  - name: Raw_Shop
    connection: warehouse
    description: "{{ doc('raw') }} tables"
    schema: raw
    database: prod
    loader: fivetran
    loaded_at_field: _loaded_at
    freshness:
      warn_after: { count: 12, period: hour }
      error_after: { count: 1, period: day }
    config: { event_time: created_at, tags: [raw] }
    tags: shop
    meta: { owner: ann }
    tables:
      - name: Orders
        identifier: orders_v2
        freshness: { warn_after: { count: 6, period: hour }, filter: id > 0 }
        columns:
          - name: id
            data_type: bigint
            data_tests: [not_null]
      - name: customers
        schema: crm
        freshness: null
        loaded_at_query: select max(at) from x
        tags: [people]
      - name: gone
        config: { enabled: false }
        data_tests: [{ row_count: { arguments: { min: 1 } } }]
`;

test('a source in the warehouse says where its tables stand, and shares its words with them', () => {
  const { sources, checks } = load({
    'sql/shop/raw.yml': EXTERNAL,
    'sql/shop/raw.md': '{% docs raw %} Raw {% enddocs %}',
  });
  expect(sources.filter(({ external }) => external !== undefined)).toMatchInlineSnapshot(`
    [
      {
        "columns": [
          {
            "data_tests": [
              "not_null",
            ],
            "data_type": "bigint",
            "decimal": ".",
            "name": "id",
          },
        ],
        "connection": "warehouse",
        "control_totals": [],
        "declaredIn": "sql/shop/raw.yml",
        "description": undefined,
        "eventTime": "created_at",
        "external": {
          "identifier": "orders_v2",
          "schema": "raw",
        },
        "freshness": {
          "error_after": {
            "count": 1,
            "period": "day",
          },
          "filter": "id > 0",
          "warn_after": {
            "count": 6,
            "period": "hour",
          },
        },
        "identifier": "orders_v2",
        "key": [],
        "line": 17,
        "loadedAtField": "_loaded_at",
        "loadedAtQuery": undefined,
        "loader": "fivetran",
        "meta": {
          "owner": "ann",
        },
        "mode": "full",
        "name": "Orders",
        "quoting": {},
        "read_back": true,
        "schema_drift": "freeze",
        "source": "Raw_Shop",
        "sourceDescription": "Raw tables",
        "tags": [
          "shop",
          "raw",
        ],
        "vertical": "shop",
      },
      {
        "columns": [],
        "connection": "warehouse",
        "control_totals": [],
        "declaredIn": "sql/shop/raw.yml",
        "description": undefined,
        "eventTime": "created_at",
        "external": {
          "identifier": "customers",
          "schema": "crm",
        },
        "freshness": undefined,
        "key": [],
        "line": 24,
        "loadedAtField": undefined,
        "loadedAtQuery": "select max(at) from x",
        "loader": "fivetran",
        "meta": {
          "owner": "ann",
        },
        "mode": "full",
        "name": "customers",
        "quoting": {},
        "read_back": true,
        "schema": "crm",
        "schema_drift": "freeze",
        "source": "Raw_Shop",
        "sourceDescription": "Raw tables",
        "tags": [
          "shop",
          "raw",
          "people",
        ],
        "vertical": "shop",
      },
    ]
  `);
  expect(checks.filter(({ on }) => on.startsWith('Raw_Shop')).map(({ on, column }) => [on, column])).toEqual([
    ['Raw_Shop.Orders', 'id'],
  ]);
});

test('tickmark.yml may say something of all sources, of one or of one table, and a table says more', () => {
  const { sources } = load({
    'tickmark.yml': `${MINIMAL_CONFIG}sources:
  +tags: [all]
  minimal:
    Raw_Shop:
      +loaded_at_field: at
      Orders: { +enabled: false }
  shop: { till: { sales: { +meta: { a: 1 } } } }
`,
    'sql/shop/raw.yml':
      'sources:\n  - { name: Raw_Shop, connection: warehouse, tables: [{ name: Orders }, { name: lines, tags: x }] }\n',
  });
  expect(sources.map(({ name, tags, meta, loadedAtField }) => ({ name, tags, meta, loadedAtField }))).toEqual([
    { name: 'lines', tags: ['all', 'x'], meta: {}, loadedAtField: 'at' },
    { name: 'sales', tags: ['all'], meta: { a: 1 }, loadedAtField: undefined },
  ]);
});

test('a schema that is said of a source holds for its tables', () => {
  const { sources } = load({
    'tickmark.yml': MINIMAL_CONFIG.replace('verticals:', "  erp: { type: postgres, url: 'postgres://x' }\nverticals:"),
    'sql/shop/erp.yml':
      'sources:\n  - { name: erp, schema: sap, tables: [{ name: a }, { name: b, schema: x }, { name: c, query: select 1 }] }\n',
  });
  expect(sources.filter(({ source }) => source === 'erp').map(({ name, schema }) => [name, schema])).toEqual([
    ['a', 'sap'],
    ['b', 'x'],
    ['c', undefined],
  ]);
});

test('a file in checks/ adds tests to a source that is declared, and declares one only by its connection', () => {
  const { sources, checks } = load({
    'checks/shop/more/raw.yml': `sources:
  - name: till
    tables:
      - { name: sales, description: Sales., columns: [{ name: amount, data_tests: [not_null] }] }
  - name: own
    connection: warehouse
    tables: [{ name: a }]
`,
  });
  expect(sources.map(({ source, name }) => `${source}.${name}`)).toEqual(['own.a', 'till.sales']);
  expect(checks.map(({ on, column }) => [on, column])).toContainEqual(['till.sales', 'amount']);
});

test('what does not fit is told with its place', () => {
  const external = (table: string, system = '') =>
    `sources:\n  - name: raw\n    connection: warehouse\n${system}    tables:\n      - ${table}\n`;
  const file = 'sql/shop/raw.yml';
  expect(
    refusals([
      { [file]: external('{ name: a, file: a.csv }') },
      { [file]: external('{ name: a, mode: snapshot }') },
      { [file]: external('{ name: a, schema_drift: evolve }') },
      { [file]: external('{ name: a, read_back: false }') },
      { [file]: external('{ name: a, columns: [{ name: b, pii: hash }] }') },
      { [file]: external('{ name: a, columns: [{ name: b, type: date }] }') },
      { [file]: external('{ name: a-b }') },
      { [file]: external('{ name: a, overrides: x }') },
      { [file]: external('{ name: a }', '    overrides: other\n') },
      { [file]: external('{ name: a, loaded_at_field: b, loaded_at_query: c }') },
      { [file]: external('{ name: a, freshness: { warn_after: { count: 1, period: week } } }') },
      { [file]: external('{ name: a }', '    schema: "{{ target.schema }}"\n') },
      { [file]: external('{ name: a, identifier: "a_{{ var(1) }}" }') },
      { [file]: external('{ name: a, config: { enabled: "{{ var(1) }}" } }') },
      { [file]: external('{ name: a, config: { enable: false } }') },
      { [file]: 'sources: [{ name: raw, tables: [{ name: a }] }]' },
      { [file]: 'sources: [{ name: raw, connection: warehous, tables: [{ name: a }] }]' },
      { [file]: 'sources: [{ name: Till, connection: till, tables: [{ name: a, file: a.csv }] }]' },
      { [file]: 'sources: [{ name: till, tables: [{ name: A, file: a.csv }] }]' },
      { [file]: 'sources: [{ name: till, schema: x, tables: [{ name: a, file: a.csv }] }]' },
      { 'checks/shop/raw.yml': 'sources: [{ name: till, tables: [{ name: sale }] }]' },
      { 'checks/shop/raw.yml': 'sources: [{ name: till, loader: x, tables: [{ name: sales }] }]' },
      { 'checks/shop/raw.yml': 'sources: [{ name: till, tables: [{ name: sales, key: [sale_id] }] }]' },
      { 'tickmark.yml': `${MINIMAL_CONFIG}sources: { till: { +enable: false } }\n` },
      { 'tickmark.yml': `${MINIMAL_CONFIG}sources: { til: { +enabled: false } }\n` },
    ]),
  ).toMatchInlineSnapshot(`
    "sql/shop/raw.yml:5:20: source table 'raw.a': file is not for connection: warehouse; it is in the warehouse, where it is read as it stands and never pulled [PROJECT_INVALID]
    sql/shop/raw.yml:5:20: source table 'raw.a': mode is not for connection: warehouse; it is in the warehouse, where it is read as it stands and never pulled [PROJECT_INVALID]
    sql/shop/raw.yml:5:20: source table 'raw.a': schema_drift is not for connection: warehouse; it is in the warehouse, where it is read as it stands and never pulled [PROJECT_INVALID]
    sql/shop/raw.yml:5:20: source table 'raw.a': read_back is not for connection: warehouse; it is in the warehouse, where it is read as it stands and never pulled [PROJECT_INVALID]
    sql/shop/raw.yml:5:20: source table 'raw.a': column 'b': pii is not for connection: warehouse; it is in the warehouse, where it is read as it stands and never pulled [PROJECT_INVALID]
    sql/shop/raw.yml:5:20: source table 'raw.a': column 'b': type is not for connection: warehouse; it is in the warehouse, where it is read as it stands and never pulled [PROJECT_INVALID]
    sql/shop/raw.yml:5:11: sources[0].tables[0].name: expected letters, digits and _; it names the landed table [PROJECT_INVALID]
    sql/shop/raw.yml:5:20: unknown key 'overrides' in sources[0].tables[0] [PROJECT_INVALID]
    sql/shop/raw.yml:4:5: sources[0].overrides: a package's source is not overridden here; change its own file [PROJECT_INVALID]
    sql/shop/raw.yml:5:40: loaded_at_field and loaded_at_query say the same; keep one [PROJECT_INVALID]
    sql/shop/raw.yml:5:57: sources[0].tables[0].freshness.warn_after.period: 'week' is not one of minute, hour, day [PROJECT_INVALID]
    sql/shop/raw.yml:4:5: schema: a template is not rendered here; write the name [PROJECT_INVALID]
    sql/shop/raw.yml:5:20: identifier: a template is not rendered here; write the name [PROJECT_INVALID]
    sql/shop/raw.yml:5:9: enabled: a template is not rendered here; write true or false [PROJECT_INVALID]
    sql/shop/raw.yml:5:30: unknown key 'enable' in sources[0].tables[0].config; did you mean 'enabled'? [PROJECT_INVALID]
    sql/shop/raw.yml:1:13: no connection 'raw' in tickmark.yml; a source in the warehouse says connection: warehouse [PROJECT_INVALID]
    sql/shop/raw.yml:1:24: no connection 'warehous' in tickmark.yml; did you mean 'warehouse'? [PROJECT_INVALID]
    sql/shop/raw.yml:1:13: source 'Till': expected lower case letters, digits and _; the landed schema is raw_<name> [PROJECT_INVALID]
    sql/shop/raw.yml:1:36: source table 'A': expected lower case letters, digits and _; it names the landed table [PROJECT_INVALID]
    sql/shop/raw.yml:1:45: source table 'till.a': schema is not for connections of type files [PROJECT_INVALID]
    checks/shop/raw.yml:1:36: no source table 'till.sale'; did you mean 'till.sales'? [PROJECT_INVALID]
    checks/shop/raw.yml:1:25: loader belongs where source 'till' is declared, in sql/ [PROJECT_INVALID]
    checks/shop/raw.yml:1:49: key belongs where source table 'till.sales' is declared, at sql/shop/sources.yml:5 [PROJECT_INVALID]
    tickmark.yml:8:20: unknown key 'enable'; did you mean 'enabled'? [CONFIG_INVALID]
    tickmark.yml:8:12: sources.til: there is no 'til'; did you mean 'till'? [CONFIG_INVALID]"
  `);
});
