import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { catalog } from '../../../engine/artifacts/catalog.ts';
import { manifest } from '../../../engine/artifacts/manifest.ts';
import { runResults } from '../../../engine/artifacts/run-results.ts';
import { uniqueIds } from '../../../engine/artifacts/unique-ids.ts';
import { writeJson } from '../../../engine/artifacts/write-json.ts';
import { writeRunArtifacts } from '../../../engine/artifacts/write-run-artifacts.ts';
import { dbtVenv, runDbt } from '../../servers/dbt.ts';
import { built, checked, checkOf, outcomeOf } from '../lineage/sample-outcome.ts';
import { INVOCATION, openSample } from './open-sample.ts';

const { project, compiled } = openSample();
const checkId = (kind: string): string => project.checks.find((check) => check.test?.name === kind)?.id ?? kind;

const outcome = outcomeOf({
  vertical: 'shop',
  models: [
    built('raw_customers', { resource: 'seed', materialized: 'seed', affected: '2' }),
    built('stg_sales', { materialized: 'view', rows: null, affected: null, sql: 'select 1' }),
    built('customer_totals', { status: 'error', error: { code: 'TRANSFORM_MODEL_FAILED', message: 'it failed' } }),
    built('sales_by_day', { status: 'no-op', reason: 'nothing changed' }),
    built('customer_history', {
      resource: 'snapshot',
      materialized: 'snapshot',
      status: 'skipped',
      reason: 'x failed',
    }),
    built('big_sales', { status: 'carried' }),
  ],
  checks: [
    checked(checkId('unique'), 'stg_sales'),
    checked(checkId('not_null'), 'stg_sales', { status: 'no_data', population: '0' }),
    checked(checkId('is_even'), 'stg_sales', { status: 'fail', failures: '3' }),
    checked(checkId('accepted_values'), 'customer_totals', { status: 'warn', failures: '1', reusedFrom: '6' }),
    checked(checkId('relationships'), 'customer_totals', { status: 'error', message: 'it could not run' }),
  ],
  unitTests: [
    {
      name: 'totals_add_up',
      model: 'customer_totals',
      status: 'fail',
      message: 'actual differs\n1 | 2',
      durationMs: 4,
    },
  ],
});
const columns = new Map([['"shop"."customer_totals"', [{ name: 'total', type: 'numeric' }]]]);

function writeAll(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tickmark-target-'));
  writeRunArtifacts({ project, compiled, outcomes: [outcome], invocation: INVOCATION, directory });
  writeJson(join(directory, 'catalog.json'), catalog(project, compiled, columns, INVOCATION));
  return directory;
}

async function dbtSays(...directories: string[]): Promise<Record<string, string[]>[]> {
  const python = join(dirname(await dbtVenv()), 'python');
  const script = join(import.meta.dirname, 'validate.py');
  const { stdout } = await promisify(execFile)(python, [script, ...directories], { maxBuffer: 1e8 });
  return JSON.parse(stdout) as Record<string, string[]>[];
}

test(
  'dbt reads every artifact: its schemas, its classes and the parser that other tools use',
  { timeout: 280_000 },
  async () => {
    const spoilt = writeAll();
    const path = join(spoilt, 'run_results.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"status":"no-op"', '"status":"carried"'));
    const [ours, control] = await dbtSays(writeAll(), spoilt);
    const { ids, ...complaints } = ours ?? {};
    expect(complaints).toEqual({ 'manifest.json': [], 'run_results.json': [], 'catalog.json': [] });
    expect(ids).toMatchInlineSnapshot(`
      [
        "exposure.shop_books.weekly_letter",
        "model.shop_books.big_sales",
        "model.shop_books.customer_totals",
        "model.shop_books.sales_by_day",
        "model.shop_books.stg_sales",
        "seed.shop_books.raw_customers",
        "snapshot.shop_books.customer_history",
        "source.shop_books.till.sales",
        "test.shop_books.accepted_values_customer_totals_sales__False__1__2__3.88310557c9",
        "test.shop_books.is_even_stg_sales_sale_id.48ca84b569",
        "test.shop_books.no_negative_total",
        "test.shop_books.not_null_stg_sales_sale_id.6b07c53929",
        "test.shop_books.relationships_customer_totals_customer_id__customer_id__ref_raw_customers_.04b562631b",
        "test.shop_books.source_not_null_till_sales_sale_id.2c5d452b1e",
        "test.shop_books.unique_stg_sales_sale_id.8a4f7c9521",
        "unit_test.shop_books.customer_totals.totals_add_up",
      ]
    `);
    expect(control?.['run_results.json']?.length).toBeGreaterThan(0);
  },
);

test('a model tells its dependencies, through what is ephemeral too, and its macros', () => {
  const {
    nodes,
    parent_map: parents,
    child_map: children,
  } = manifest(project, compiled, INVOCATION) as unknown as Manifest;
  expect(nodes['model.shop_books.stg_sales']?.depends_on).toEqual({
    macros: expect.arrayContaining(['macro.shop_books.cents']) as unknown,
    nodes: ['source.shop_books.till.sales'],
  });
  expect(parents['model.shop_books.customer_totals']).toEqual([
    'model.shop_books.big_sales',
    'seed.shop_books.raw_customers',
  ]);
  expect(children['seed.shop_books.raw_customers']).toEqual(
    expect.arrayContaining(['model.shop_books.customer_totals', 'snapshot.shop_books.customer_history']),
  );
  expect(parents['exposure.shop_books.weekly_letter']).toEqual([
    'model.shop_books.customer_totals',
    'model.shop_books.sales_by_day',
  ]);
});

test('a model is told with its relation, its key and its contract', () => {
  const { nodes } = manifest(project, compiled, INVOCATION) as unknown as Manifest;
  expect(nodes['model.shop_books.customer_totals']).toMatchObject({
    database: 'wh',
    schema: 'shop',
    alias: 'customer_totals',
    relation_name: '"shop"."customer_totals"',
    primary_key: ['customer_id'],
    contract: { enforced: true, checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
    tags: ['daily'],
    group: 'sales_team',
    original_file_path: 'sql/shop/marts/customer_totals.sql',
    fqn: ['shop_books', 'shop', 'marts', 'customer_totals'],
  });
  expect(nodes['model.shop_books.big_sales']).toMatchObject({ relation_name: null });
});

test('results say how each ended; a model that was not selected has none, a check without data did not pass', () => {
  const { results, elapsed_time: elapsed } = runResults(project, compiled, [outcome], INVOCATION) as {
    results: { unique_id: string; status: string; failures: number | null; message: string | null }[];
    elapsed_time: number;
  };
  expect(elapsed).toBe(1.5);
  expect(
    results.map(
      ({ unique_id: id, status, failures, message }) =>
        `${id.replace(/\.[0-9a-f]{10}$/, '')} ${status} ${failures} ${message}`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "unit_test.shop_books.customer_totals.totals_add_up fail 1 actual differs",
      "seed.shop_books.raw_customers success null INSERT 2",
      "model.shop_books.stg_sales success null CREATE VIEW",
      "model.shop_books.customer_totals error null it failed",
      "model.shop_books.sales_by_day no-op null nothing changed",
      "snapshot.shop_books.customer_history skipped null x failed",
      "test.shop_books.unique_stg_sales_sale_id pass 0 null",
      "test.shop_books.not_null_stg_sales_sale_id fail 0 no data: it looked at 0 rows",
      "test.shop_books.is_even_stg_sales_sale_id fail 3 null",
      "test.shop_books.accepted_values_customer_totals_sales__False__1__2__3 warn 1 as run 6 found: nothing that it reads has changed",
      "test.shop_books.relationships_customer_totals_customer_id__customer_id__ref_raw_customers_ error null it could not run",
    ]
  `);
});

test('a test has the very id that dbt gives it', () => {
  // Names and digits as dbt-core 1.11.16 made them of test/dbt/projects/jaffle.
  const cases = [
    ['unique_customers_customer_id', 'customers', 'unique', { column_name: 'customer_id' }, 'c5af1ff4b1'],
    [
      'accepted_values_orders_status__placed__shipped__completed__return_pending__returned',
      'orders',
      'accepted_values',
      { values: ['placed', 'shipped', 'completed', 'return_pending', 'returned'], column_name: 'status' },
      'be6b5b5ec3',
    ],
    [
      'relationships_orders_customer_id__customer_id__ref_customers_',
      'orders',
      'relationships',
      { to: "ref('customers')", field: 'customer_id', column_name: 'customer_id' },
      'c6ec7f58f2',
    ],
  ] as const;
  for (const [name, on, kind, kwargs, digits] of cases) {
    const check = checkOf(`shop.${name}`, on, {
      name,
      test: { name: kind, namespace: undefined, kwargs, isNamed: false },
    });
    const ids = uniqueIds({ ...project, checks: [check] });
    expect(ids.check(check.id)).toBe(`test.shop_books.${name}.${digits}`);
  }
});

test('dbt compares its project with our state', { timeout: 240_000 }, async () => {
  const command = await dbtVenv();
  const work = mkdtempSync(join(tmpdir(), 'tickmark-dbt-state-'));
  const state = writeAll();
  const from = join(work, 'project');
  cpSync(join(import.meta.dirname, 'dbt-project'), from, { recursive: true });
  const target = { host: '127.0.0.1', port: 1, user: 'x', password: 'x', database: 'wh', schema: 'shop' };
  const run = await runDbt(command, {
    project: from,
    profile: 'shop_books',
    args: ['--quiet', 'ls', '--select', 'state:new', '--state', state, '--output', 'name'],
    target,
    work,
  });
  // The model that both have is not new to dbt; the one that only dbt has is.
  expect(run.output.trim().split('\n')).toEqual(['only_here']);
});

interface Manifest {
  readonly nodes: Record<string, { depends_on: unknown }>;
  readonly parent_map: Record<string, string[]>;
  readonly child_map: Record<string, string[]>;
}
