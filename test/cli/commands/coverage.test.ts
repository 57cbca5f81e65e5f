import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoverageReport } from '../../../engine/contracts/coverage.ts';
import { coverage } from '../../../engine/coverage/coverage.ts';
import { loadProject } from '../../../engine/project/load-project.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { runCli, worldOf, writeProject } from '../run-cli.ts';
import type { Told } from '../run-cli.ts';

const FILES = {
  'tickmark.yml': `name: shop_audit
warehouse: { url: '\${env:DATABASE_URL}' }
connections: {}
verticals:
  shop: { schedule: { cron: '0 2 * * *', timezone: UTC } }
`,
  'sql/shop/sources.yml': `version: 2
sources:
  - name: erp
    schema: erp_tables
    connection: warehouse
    tables:
      - name: orders
        columns:
          - { name: id, data_tests: [not_null, unique] }
          - name: customer_id
            data_tests: [{ relationships: { arguments: { to: "source('erp', 'customers')", field: id } } }]
      - name: customers
        data_tests: [{ row_count: { arguments: { min: 1 } } }]
      - name: prices
`,
  'sql/shop/marts/sales.sql': `select o.id, o.amount * 2 as doubled, o.note, o.status, c.name as customer
from {{ source('erp', 'orders') }} as o join {{ source('erp', 'customers') }} as c on c.id = o.customer_id`,
  'sql/shop/marts/lonely.sql': "select amount from {{ source('erp', 'prices') }}",
  'checks/shop/sales.yml': `models:
  - name: sales
    data_tests:
      - expression: { arguments: { expression: doubled >= 0 }, config: { where: "status = 'open'", id: shop.doubled } }
`,
  'checks/shop/customer_without_name.sql': `/* ---
id: shop.customer_without_name
dimension: completeness
severity: warn
grain: one row per sale whose customer has no name
population: sales
--- */
select id as subject_id, 'a sale of nobody' as reason from {{ ref('sales') }} where customer is null
`,
  'checks/shop/controls.yml': `controls:
  - id: C-1
    title: Every order is somebody's
    objective: No order without a customer
    risk: Orders of nobody
    owner: sales
    frequency: daily
    population: { model: sales }
    tests: [shop.customer_without_name]
    tolerable_deviation_rate: '0.05'
`,
  'checks/shop/kris.yml': `kris:
  - id: K-1
    title: Prices
    description: How many prices there are
    owner: sales
    numerator: { model: lonely }
    unit: count
    amber: '1'
    red: '2'
`,
};

const AT = '2026-03-10T12:00:00Z';
let database: TestWarehouse;
let root: string;

beforeAll(async () => {
  database = await createTestWarehouse();
  await database.intruder.query(`
    create schema erp_tables;
    create table erp_tables.orders (id int, customer_id int, amount numeric, note text, status text);
    create table erp_tables.customers (id int, name text, city text);
    create table erp_tables.prices (amount numeric);
    grant usage on schema erp_tables to tickmark;
    grant select on all tables in schema erp_tables to tickmark;`);
});
afterAll(() => database.stop());

async function cli(args: readonly string[], files: Readonly<Record<string, string>> = FILES): Promise<Told> {
  root = await writeProject(files);
  return runCli(['coverage', '--project-dir', root, '--run-clock', AT, ...args], {
    openWorld: () => Promise.resolve(worldOf(root, database.url)),
    coverage: (input, { warehouse }) => coverage(input, warehouse),
  });
}

async function report(args: readonly string[] = [], files?: Readonly<Record<string, string>>): Promise<CoverageReport> {
  const told = await cli(['--json', ...args], files);
  expect(told.stderr).toBe('');
  return JSON.parse(told.stdout) as CoverageReport;
}

function fieldsOf({ relations }: CoverageReport, name: string): Record<string, string> {
  const found = relations.find((relation) => relation.name === name);
  return Object.fromEntries((found?.fields ?? []).map(({ column, coverage: how }) => [column, how]));
}

/** A verdict that a run reached then. */
async function record(
  checkId: string,
  { status = 'pass', at, hash, waiver = null }: { status?: string; at: string; hash?: string; waiver?: string | null },
): Promise<string> {
  const { runId } = await database.beginRun();
  const definitionHash =
    hash ?? loadProject(await writeProject(FILES)).checks.find(({ id }) => id === checkId)?.definitionHash;
  await database.intruder.query(
    `insert into audit.check_results (run_id, check_id, vertical, kind, dimension, on_relation, status, blocking, population, failures,
       failing_rows_kept, message, reads, definition_hash, sql, sql_hash, duration_ms, checked_at, waiver)
     values ($1, $2, 'shop', 'expression', 'accuracy', 'sales', $3, true, 1, 0, 0, null, '[]', $4, '', '', 1, $5, $6)`,
    [runId, checkId, status, definitionHash, at, waiver],
  );
  return runId;
}

test('a field is checked by name, through a model that is made of it, with whole rows, or not at all', async () => {
  const found = await report();
  expect(fieldsOf(found, 'erp.orders')).toEqual({
    id: 'checked',
    customer_id: 'checked',
    amount: 'through_models',
    note: 'rows',
    status: 'rows',
  });
  expect(fieldsOf(found, 'erp.customers')).toEqual({ id: 'checked', name: 'through_models', city: 'rows' });
  expect(fieldsOf(found, 'erp.prices')).toEqual({ amount: 'none' });
  expect(found.summary.fields).toEqual({ covered: 5, of: 9, percent: '55.5' });
  expect(found.unresolved).toEqual([]);
});

test('a column that only says which rows are looked at is not covered by that', async () => {
  expect(fieldsOf(await report(), 'sales')).toEqual({
    id: 'rows',
    doubled: 'checked',
    note: 'rows',
    status: 'rows',
    customer: 'checked',
  });
  const named = FILES['checks/shop/sales.yml'].replace('doubled >= 0', "doubled >= 0 or status = 'open'");
  expect(fieldsOf(await report([], { ...FILES, 'checks/shop/sales.yml': named }), 'sales')['status']).toBe('checked');
});

test('a KRI over a model that no check looks at is told', async () => {
  const { kris } = await report();
  expect(kris.map(({ id, unchecked }) => [id, unchecked])).toEqual([['K-1', ['lonely']]]);
});

test('a verdict counts only while it is a pass, lately, by the definition that stands', async () => {
  const gapsOf = async (id: string, args: readonly string[] = []): Promise<readonly string[] | undefined> =>
    (await report(args)).checks.find((check) => check.id === id)?.gaps;
  expect(await gapsOf('shop.doubled')).toEqual(['never_run']);
  await record('shop.doubled', { at: '2026-03-07T02:00:00Z' });
  expect(await gapsOf('shop.doubled')).toEqual(['stale']);
  expect(await gapsOf('shop.doubled', ['--stale-after', '4 days'])).toEqual([]);
  await record('shop.doubled', { at: '2026-03-10T02:05:00Z' });
  expect(await gapsOf('shop.doubled')).toEqual([]);
  expect(await gapsOf('shop.doubled', ['--stale-after', '9 hours'])).toEqual(['stale']);
  await record('shop.doubled', { at: '2026-03-10T03:00:00Z', hash: 'f'.repeat(64) });
  expect(await gapsOf('shop.doubled')).toEqual(['changed']);
  await record('shop.doubled', { at: '2026-03-10T04:00:00Z', status: 'no_data' });
  expect(await gapsOf('shop.doubled')).toEqual(['no_data']);
});

test('a control is only as good as its tests, and a waived failure is none', async () => {
  await record('shop.customer_without_name', {
    at: '2026-03-10T04:00:00Z',
    status: 'warn',
    waiver: '{"expires": "2026-04-30"}',
  });
  const { controls, checks, summary } = await report();
  expect(controls.map(({ id, tests }) => [id, tests])).toEqual([
    ['C-1', [{ check: 'shop.customer_without_name', gaps: ['warn', 'waived'] }]],
  ]);
  expect(checks.find(({ id }) => id === 'shop.customer_without_name')?.waivedUntil).toBe('2026-04-30');
  expect(summary.controls).toEqual({ covered: 0, of: 1, percent: '0.0' });
});

test('slices without a verdict by the definition that stands are gaps', async () => {
  const sliced = FILES['checks/shop/sales.yml'].replace(
    'where: "status = \'open\'"',
    'slices: { by: status, values: [open, paid, void] }',
  );
  const files = { ...FILES, 'checks/shop/sales.yml': sliced };
  const definition = loadProject(await writeProject(files)).checks.find(({ id }) => id === 'shop.doubled');
  const runId = await record('shop.doubled', { at: '2026-03-10T05:00:00Z', hash: definition?.definitionHash ?? '' });
  const slice = (name: string, hash: string): Promise<unknown> =>
    database.intruder.query(
      `insert into audit.check_slices (run_id, check_id, slice, definition_hash, status, population, failures, sliced_by)
       values ($1, 'shop.doubled', $2, $3, 'pass', 1, 0, 'status')`,
      [runId, name, hash],
    );
  await slice('open', definition?.definitionHash ?? '');
  await slice('paid', 'e'.repeat(64));
  const found = (await report([], files)).checks.find(({ id }) => id === 'shop.doubled');
  expect(found?.slices).toEqual({ tested: 1, expected: 3, missing: ['paid', 'void'] });
});

test('less than --min is exit code 1, compared exactly, and a selection narrows what is told', async () => {
  expect((await cli(['--min', '55.5'])).code).toBe(0);
  const short = await cli(['--min', '55.6']);
  expect(short.code).toBe(1);
  expect(short.stderr).toBe('less than 55.6 % of the source fields are covered: 5 of 9\n');
  const narrowed = await report(['--select', 'source:erp.orders']);
  expect(narrowed.relations.map(({ name }) => name)).toEqual(['erp.orders']);
  expect(narrowed.summary.fields).toEqual({ covered: 3, of: 5, percent: '60.0' });
  const none = await cli(['--min', '0', '--select', 'lonely']);
  expect(none.code).toBe(1);
});

test('without a warehouse, what files declare is told and nothing of verdicts', async () => {
  const told = await cli(['--no-warehouse']);
  const sure = await cli(['--no-warehouse', '--min', '90']);
  expect(sure.code).toBe(1);
  expect(sure.stderr).toBe(
    'it is not known whether 90 % of the source fields are covered: 2 of 2, and the columns of erp.customers, erp.prices are not known\n',
  );
  expect(told.stdout).toMatchInlineSnapshot(`
    "Fields of sources
      table          fields  checked  through models  rows only  none
      erp.orders     2       2        0               0          0     by its files
      erp.customers  0       0        0               0          0     its columns are not known
      erp.prices     0       0        0               0          0     its columns are not known

    Columns of models
      table   fields  checked  through models  rows only  none
      lonely  1       0        0               0          1     by its files
      sales   5       2        0               3          0     by its files

      lonely: no check: amount
      sales: only whole rows are checked: id, note, status

    KRIs over models without a check
      K-1  Prices: lonely

    Without a warehouse nothing is known of verdicts.

    fields 2 of 2 covered (100.0 %), 2 tables with columns that are not known, model columns 2 of 6 (33.3 %), KRIs 0 of 1
    "
  `);
});

test('options that cannot be read are refused', async () => {
  expect((await cli(['--min', '101'])).stderr).toMatchInlineSnapshot(`
    "error: --min takes a percentage from 0 to 100, as in 80 or 99.5 [OPTION_INVALID]
    "
  `);
  expect((await cli(['--stale-after', 'soon'])).stderr).toMatchInlineSnapshot(`
    "error: --stale-after takes a number of minutes, hours, days or weeks, as in '3 days' [OPTION_INVALID]
    "
  `);
});
