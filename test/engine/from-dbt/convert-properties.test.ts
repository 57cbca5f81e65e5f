import { expect, test } from 'vitest';
import { convertProperties } from '../../../engine/from-dbt/convert-properties.ts';

const CONTEXT = {
  vars: new Map([['raw_schema', 'landing']]),
  vertical: 'shop',
  seeds: new Set(['raw_orders']),
  seedSchemas: new Set(['shop', 'raw']),
};

test('a source gets its connection on a line of its own and every other byte stays', () => {
  const text = [
    'version: 2  # as always',
    '',
    'sources:',
    '    # where it comes from',
    '    - name:   erp   # the ERP',
    '      description: "it\'s ours"',
    '      tables:',
    '      - {name: orders}',
    '',
  ].join('\n');
  const converted = convertProperties(text, 'models/s.yml', CONTEXT);
  expect(converted.text).toBe(text.replace('the ERP\n', 'the ERP\n      connection: warehouse\n'));
  expect(converted.changed).toEqual([
    {
      file: 'models/s.yml',
      line: 5,
      what: 'source erp: `connection: warehouse` was added, so that it is read where it stands',
      next: '',
    },
  ]);
});

test('a source in a flow map and one whose name is not first get their connection too', () => {
  const text = 'sources:\n- {name: a, tables: [{name: t}]}\n- schema: x\n  name: b\n  tables:\n  - name: t';
  expect(convertProperties(text, 's.yml', CONTEXT).text).toMatchInlineSnapshot(`
    "sources:
    - {name: a, connection: warehouse, tables: [{name: t}]}
    - schema: x
      name: b
      connection: warehouse
      tables:
      - name: t"
  `);
});

test('a database is taken out, a templated schema filled in, and a template that cannot be is said', () => {
  const text = [
    'sources:',
    '  - database: warehouse_db',
    '    name: a',
    '    schema: "{{ var(\'raw_schema\') }}"',
    '    tables:',
    '      - name: t',
    "        identifier: \"{{ 'x' if target.name == 'prod' else 'y' }}\"",
    '  - name: b',
    "    schema: \"{{ env_var('SCHEMA_OF_B', 'b_raw') }}_v2\"",
    '    tables: [{name: t}]',
    '',
  ].join('\n');
  const { text: made, changed, notBrought } = convertProperties(text, 's.yml', CONTEXT);
  expect(made).toMatchInlineSnapshot(`
    "sources:
      - name: a
        connection: warehouse
        schema: "landing"
        tables:
          - name: t
            identifier: "{{ 'x' if target.name == 'prod' else 'y' }}"
      - name: b
        connection: warehouse
        schema: "b_raw_v2"
        tables: [{name: t}]
    "
  `);
  expect(changed.map(({ line, what }) => `${line}: ${what}`)).toEqual([
    '3: source a: `connection: warehouse` was added, so that it is read where it stands',
    "4: the schema of source a was a template and is now 'landing'",
    '8: source b: `connection: warehouse` was added, so that it is read where it stands',
    "9: the schema of source b was a template and is now 'b_raw_v2'",
  ]);
  expect(notBrought).toEqual([
    {
      file: 's.yml',
      line: 2,
      what: 'database: of source a',
      next: 'one warehouse is one database of Postgres; it must be that of DATABASE_URL',
    },
    {
      file: 's.yml',
      line: 7,
      what: "the identifier of a.t is a template: {{ 'x' if target.name == 'prod' else 'y' }}",
      next: 'write what it stands for',
    },
  ]);
});

test('a source of seeds is read where Tickmark puts seeds', () => {
  const text = 'sources:\n  - name: ecom\n    schema: raw\n    tables:\n      - name: raw_orders\n';
  const { text: made, changed } = convertProperties(text, 's.yml', CONTEXT);
  expect(made).toBe(
    'sources:\n  - name: ecom\n    connection: warehouse\n    schema: shop\n    tables:\n      - name: raw_orders\n',
  );
  expect(changed.at(-1)).toEqual({
    file: 's.yml',
    line: 3,
    what: 'source ecom is made of seeds, which stand in the schema shop',
    next: 'run `tickmark seed` before the first `tickmark build`; or write ref() instead of source() and leave the source out',
  });
});

test('the semantic layer is left behind with its lines, and what stands around it stays', () => {
  const text = [
    'models:',
    '  - name: orders',
    '    time_spine:',
    '      standard_granularity_column: day',
    '    config:',
    '      materialized: table',
    '      snowflake_warehouse: big',
    '    columns:',
    '      - name: day',
    '        granularity: day',
    '        data_tests: [not_null]  # stays',
    '# of the layer',
    'semantic_models:',
    '  - name: orders',
    '    model: ref("orders")',
    '',
    'metrics: [{name: m}]',
    'exposures: []',
    '',
  ].join('\n');
  const { text: made, notBrought } = convertProperties(text, 'm.yml', CONTEXT);
  expect(made).toMatchInlineSnapshot(`
    "models:
      - name: orders
        config:
          materialized: table
        columns:
          - name: day
            data_tests: [not_null]  # stays
    # of the layer

    exposures: []
    "
  `);
  expect(notBrought.map(({ line, what }) => `${line}: ${what}`)).toEqual([
    '13: semantic_models:',
    '17: metrics:',
    '3: time_spine: of orders',
    '7: config snowflake_warehouse: of orders',
    '10: granularity: of orders.day',
  ]);
});

test("yes and no without quotes are dbt's truth values, in quotes they are words", () => {
  const text = 'seeds:\n  - name: x\n    config: { enabled: yes, quote_columns: Off }\n    description: "yes"\n';
  const { text: made, changed } = convertProperties(text, 's.yml', CONTEXT);
  expect(made).toBe(text.replace('yes,', 'true,').replace('Off', 'false'));
  expect(changed[0]).toEqual({
    file: 's.yml',
    line: 3,
    what: "yes is true in dbt's YAML, and is written so now",
    next: '',
  });
});

test('a file of which nothing is read is left out, and one that is not YAML is said with its line', () => {
  expect(convertProperties('version: 2\nmetrics: []\n', 'm.yml', CONTEXT).text).toBeUndefined();
  expect(convertProperties('models:\n  - name: "a\n', 'm.yml', CONTEXT).notBrought).toEqual([
    { file: 'm.yml', line: 3, what: 'not YAML that can be read: Missing closing "quote', next: 'correct it' },
  ]);
});

test('a seed that is spoken of under models: is moved to seeds: with its tests, without the config that dbt does not read', () => {
  const text = [
    'models:',
    '  # raw, from the ERP',
    '  - name: raw_orders',
    '    config:',
    '      tags: [x]',
    '    columns:',
    '      - name: id',
    '        data_tests: [unique]',
    '',
    '  - name: orders # the mart',
    '    description: Orders',
  ].join('\n');
  const converted = convertProperties(text, 's.yml', CONTEXT);
  expect(converted.text).toMatchInlineSnapshot(`
    "models:
      # raw, from the ERP

      - name: orders # the mart
        description: Orders
    seeds:
      - name: raw_orders
        columns:
          - name: id
            data_tests: [unique]
    "
  `);
  expect(converted.changed).toMatchInlineSnapshot(`
    [
      {
        "file": "s.yml",
        "line": 3,
        "next": "",
        "what": "'raw_orders' is a seed, and was moved from models: to seeds:",
      },
    ]
  `);
});

test('a seed under models: goes behind the seeds there are, and leaves no empty models: behind', () => {
  const text = 'models:\n- name: raw_orders\n  tests: [x]\nseeds:\n- name: other\nexposures: []\n';
  expect(convertProperties(text, 's.yml', CONTEXT).text).toMatchInlineSnapshot(`
    "seeds:
    - name: other
    - name: raw_orders
      tests: [x]
    exposures: []
    "
  `);
});
