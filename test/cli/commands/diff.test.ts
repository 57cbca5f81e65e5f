import { afterAll, beforeAll, expect, test } from 'vitest';
import { diffTables } from '../../../engine/diff/diff-tables.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { runCli, worldOf, writeProject } from '../run-cli.ts';
import type { Told } from '../run-cli.ts';

let server: TestWarehouse;
let root: string;

const PROJECT = {
  'tickmark.yml': [
    'name: shop',
    'warehouse: {url: "${env:DATABASE_URL}"}',
    'connections:',
    '  till: {type: postgres, url: "${env:TILL_URL}"}',
    '  files: {type: files, directory: data}',
    'verticals: {shop: {}}',
  ].join('\n'),
  'sql/shop/sources.yml': [
    'sources:',
    '  - name: till',
    '    connection: till',
    '    tables:',
    '      - name: sales',
    '        key: [id]',
    '        columns: [{name: buyer, pii: last4}]',
    '  - name: sheets',
    '    connection: files',
    '    tables:',
    '      - name: sales_sheet',
    '        file: sales.csv',
    '        columns: [{name: id, type: integer}, {name: amount, type: numeric}, {name: at, type: date}]',
  ].join('\n'),
  'sql/shop/staging/stg_sales.sql': "select id, amount, at from {{ source('till', 'sales') }}\n",
  'checks/shop/sales.yml': ['models:', '  - name: stg_sales', '    columns: [{name: id, checks: [unique]}]'].join('\n'),
  'data/sales.csv': 'id,amount,at\n1,10.00,2026-01-01\n2,20.5,2026-01-02\n3,-30,2026-01-03\n',
};

const SALES = `(id int primary key, amount numeric(12,2), at date, buyer text)`;
const ROWS = `(1, 10, '2026-01-01', 'ann'), (2, 20.5, '2026-01-02', 'ben'), (3, -30, '2026-01-03', 'cyd')`;

beforeAll(async () => {
  server = await createTestWarehouse();
  await server.source.query(`create table sales ${SALES}; insert into sales values ${ROWS}`);
  // As landing leaves it, with the buyer masked.
  await server.intruder.query(
    `create schema raw_till; create table raw_till.sales (id int, amount numeric(12,2), at date, buyer text, _run_no bigint);
     insert into raw_till.sales select id, amount, at, 'masked', 7 from (values ${ROWS}) as v (id, amount, at, buyer)`.replaceAll(
      /'(\d{4}-\d\d-\d\d)'/g,
      "date '$1'",
    ),
  );
  await server.intruder.query(
    `create schema shop_staging; create view shop_staging.stg_sales as select id, amount, at from raw_till.sales;
     grant all on schema raw_till, shop_staging to tickmark; grant select on all tables in schema raw_till, shop_staging to tickmark`,
  );
});
afterAll(() => server.stop());

async function diff(...args: readonly string[]): Promise<Told> {
  root = await writeProject(PROJECT);
  const env = { TILL_URL: server.sourceUrl, DATABASE_URL: server.url };
  return runCli(['diff', ...args, '--project-dir', root], {
    env,
    openWorld: () => Promise.resolve({ ...worldOf(root, server.url), env }),
    diffTables,
  });
}

test('a landed table is compared with its source, by its declared key and without what is masked', async () => {
  expect(await diff('till:sales', 'till.sales')).toMatchInlineSnapshot(`
    {
      "code": 0,
      "stderr": "",
      "stdout": "same                3
    changed             0
    only in till:sales  0
    only in till.sales  0
    not compared, personal data that does not land as it is: buyer
    SAME: till:sales and till.sales, by id, 3 columns
    ",
    }
  `);
});

test('a model, a file and a table of a connection are compared alike', async () => {
  const model = await diff('stg_sales', 'till:sales');
  expect([model.code, model.stdout]).toMatchInlineSnapshot(`
    [
      0,
      "same                3
    changed             0
    only in stg_sales   0
    only in till:sales  0
    not compared, only in till:sales: buyer
    SAME: stg_sales and till:sales, by id, 3 columns
    ",
    ]
  `);
  const file = await diff('files:sales_sheet', 'stg_sales');
  expect([file.code, file.stderr, file.stdout]).toMatchInlineSnapshot(`
    [
      0,
      "",
      "same                       3
    changed                    0
    only in files:sales_sheet  0
    only in stg_sales          0
    SAME: files:sales_sheet and stg_sales, by id, 3 columns
    ",
    ]
  `);
  const left = await server.intruder.query("select nspname from pg_namespace where nspname like 'tickmark_diff%'");
  expect(left.rows).toEqual([]);
});

test('differences are shown and counted, and the exit code is 1', async () => {
  await server.source.query(
    `create table other as select * from sales; update other set amount = -amount where id = 2; update other set id = 9 where id = 3; insert into other values (1, 10, null, 'a b')`,
  );
  const told = await diff('till:sales', 'till:other', '-k', 'id', '--exclude', 'buyer', '--stats');
  expect(told.code).toBe(1);
  expect(told.stdout).toMatchInlineSnapshot(`
    "= id=1 stands in 1 rows of A and 2 of B
    ~ id=2
        amount: 20.50 -> -20.50
    - id=3 amount=-30.00 at=2026-01-03
    + id=9 amount=-30.00 at=2026-01-03

    same                                          0
    changed                                       1
    only in till:sales                            1
    only in till:other                            1
    keys that stand more than once in till:other  1

    rows in which a column differs
      amount  1
    DIFFERENT: till:sales and till:other, by id, 3 columns
    "
  `);
  const limited = await diff('till:sales', 'till:other', '-k', 'id', '--limit', '1');
  expect(limited.stdout).toContain('the first 1; --limit shows more');
});

test('--json is one document, with counts as text', async () => {
  const told = await diff('till:sales', 'till.sales', '-c', 'amount', '--where-a', 'id > 1', '--json', '--limit', '5');
  const document = JSON.parse(told.stdout) as Record<string, unknown>;
  expect(told.code).toBe(1);
  expect(document).toMatchInlineSnapshot(`
    {
      "a": "till:sales",
      "b": "till.sales",
      "byColumn": {},
      "changed": "0",
      "columns": [
        "id",
        "amount",
      ],
      "differences": [
        {
          "a": null,
          "b": {
            "amount": "10.00",
            "id": "1",
          },
          "columns": [],
          "key": {
            "id": "1",
          },
          "kind": "only_b",
          "rowsA": 0,
          "rowsB": 1,
        },
      ],
      "doubledA": "0",
      "doubledB": "0",
      "fetched": "5",
      "forgiven": "0",
      "isSame": false,
      "key": [
        "id",
      ],
      "limit": 5,
      "method": "hash",
      "notes": [
        "not compared, personal data that does not land as it is: buyer",
      ],
      "onlyA": "0",
      "onlyB": "1",
      "rowsA": "2",
      "rowsB": "3",
      "same": "2",
      "sample": null,
      "shown": 1,
      "withoutKeyA": "0",
      "withoutKeyB": "0",
    }
  `);
});

test.each([
  ['a name that nobody has', ['stg_sale', 'till:sales']],
  ['a connection that nobody has', ['tills:sales', 'stg_sales']],
  ['a file that is not declared', ['files:sales_shet', 'stg_sales']],
  ['a past moment of a model', ['stg_sales@3', 'till:sales']],
  ['a past moment that is none', ['till.sales@yesterday', 'till:sales']],
  ['a tolerance that is none', ['stg_sales', 'till:sales', '--tolerance', 'amount=some']],
])('%s is a fault, with exit code 2', async (_, args) => {
  const told = await diff(...args);
  expect(told.code).toBe(2);
  expect(told.stderr).toMatchSnapshot();
});
