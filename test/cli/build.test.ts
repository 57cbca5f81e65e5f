import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CliContext } from '../../cli/context.ts';
import type { BuildEvent, BuildOutcome, BuildRequest, BuiltModel } from '../../engine/contracts/build.ts';
import { EngineError } from '../../engine/errors.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';
import { runCli, worldOf, writeProject } from './run-cli.ts';
import type { Told } from './run-cli.ts';

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await createTestWarehouse();
});
afterAll(() => warehouse.stop());

const FILES = {
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
  'sql/shop/seeds/countries.csv': 'code\nDE\n',
  'sql/shop/staging/stg_orders.sql': 'select 1 as id, 5 as amount',
  'sql/shop/orders.sql': "select * from {{ ref('stg_orders') }} where amount > {{ var('least') }}",
  'sql/reports/totals.sql': "select sum(amount) as total from {{ ref('orders') }}",
  'checks/shop/checks.yml': `models:
  - name: orders
    columns:
      - name: id
        data_tests: [not_null, unique]
`,
};

test('a build is told in dbt’s lines, verticals in the order in which they read each other', async () => {
  const asked: Asked[] = [];
  const told = await cli(['build', '--threads', '2', '--vars', 'least: 3'], {
    build: replay(asked, {
      shop: [
        built('countries', { materialized: 'seed', resource: 'seed', affected: '1', rows: '1' }),
        built('stg_orders', { materialized: 'view', layer: 'staging' }),
        built('orders', { affected: '1200', rows: '1200', durationMs: 1234.5 }),
      ],
      reports: [
        built('totals', { status: 'no-op', reason: 'same definition and inputs as in run 6', vertical: 'reports' }),
      ],
    }),
  });
  expect(told.code).toBe(0);
  expect(told.stderr).toMatchInlineSnapshot(`
    "Running with tickmark=0.0.0
    Found 1 seed, 3 models, 2 checks

    Concurrency: 2 threads (target='warehouse')
    Run 7 of shop: 3 models to look at

    1 of 3 START seed file shop.countries .......................................... [RUN]
    1 of 3 OK loaded seed file shop.countries ...................................... [INSERT 1 in 0.05s]
    2 of 3 START view model shop_staging.stg_orders ................................ [RUN]
    2 of 3 OK created view model shop_staging.stg_orders ........................... [CREATE VIEW in 0.05s]
    3 of 3 START table model shop.orders ........................................... [RUN]
    3 of 3 OK created table model shop.orders ...................................... [SELECT 1200 in 1.23s]
    PUBLISH shop ................................................................... [PUBLISHED]

    Concurrency: 2 threads (target='warehouse')
    Run 7 of reports: 1 model to look at

    1 of 1 NO-OP table model reports.totals ........................................ [NO-OP: same definition and inputs as in run 6]
    PUBLISH reports ................................................................ [PUBLISHED]
    "
  `);
  expect(told.stdout).toMatchInlineSnapshot(`
    "
    Completed successfully

    Done. PASS=3 WARN=0 ERROR=0 SKIP=0 NO-OP=1 NO_DATA=0 TOTAL=4
    "
  `);
  expect(asked.map(({ vertical }) => vertical)).toEqual(['shop', 'reports']);
  expect(asked[0]?.vars).toEqual({ least: 3 });
  expect(asked[0]?.request).toEqual(request({ threads: 2 }));
});

test('what failed is told with its place, its message and what to do, and the exit code is 1', async () => {
  const told = await cli(['build', '--vertical', 'shop'], {
    build: replay([], {
      shop: [
        built('countries', { materialized: 'seed', resource: 'seed', affected: '1', rows: '1' }),
        built('stg_orders', {
          materialized: 'view',
          layer: 'staging',
          status: 'error',
          error: { code: 'TRANSFORM_MODEL_FAILED', message: 'column "amnt" does not exist [TRANSFORM_MODEL_FAILED]' },
        }),
        built('orders', { status: 'skipped', reason: 'stg_orders failed' }),
      ],
      checks: [
        { id: 'shop.not_null.orders.id', status: 'fail', failures: '4', message: null, blocking: true },
        {
          id: 'shop.unique.orders.id',
          status: 'no_data',
          failures: '0',
          message: 'it looked at no row',
          blocking: true,
        },
        { id: 'shop.gone', status: 'warn', failures: '1200', message: null, blocking: false },
      ],
      unitTests: [
        {
          name: 'adds_up',
          model: 'orders',
          status: 'fail',
          message: 'actual differs from expected:\n\n+++ | 2',
          durationMs: 40,
        },
      ],
      status: 'failed',
      reason: 'stg_orders failed',
    }),
  });
  expect(told.code).toBe(1);
  expect(told.stderr).toMatchInlineSnapshot(`
    "Running with tickmark=0.0.0
    Found 1 seed, 3 models, 2 checks

    Concurrency: 4 threads (target='warehouse')
    Run 7 of shop: 3 models to look at

    FAIL orders::adds_up ........................................................... [FAIL in 0.04s]
    1 of 3 START seed file shop.countries .......................................... [RUN]
    1 of 3 OK loaded seed file shop.countries ...................................... [INSERT 1 in 0.05s]
    2 of 3 START view model shop_staging.stg_orders ................................ [RUN]
    2 of 3 ERROR creating view model shop_staging.stg_orders ....................... [ERROR in 0.05s]
    3 of 3 SKIP table model shop.orders ............................................ [SKIP: stg_orders failed]
    FAIL 4 shop.not_null.orders.id ................................................. [FAIL 4 in 0.02s]
    NO DATA shop.unique.orders.id .................................................. [NO DATA in 0.02s]
    WARN 1200 shop.gone ............................................................ [WARN 1200 in 0.02s]
    PUBLISH shop ................................................................... [HELD: stg_orders failed]
    "
  `);
  expect(told.stdout).toMatchInlineSnapshot(`
    "
    Error in model stg_orders (sql/shop/staging/stg_orders.sql)
      column "amnt" does not exist [TRANSFORM_MODEL_FAILED]
      hint: \`tickmark compile -s <model>\` shows the SQL that was run

      compiled code at target/compiled/shop_audit/sql/shop/staging/stg_orders.sql

    Failure in unit test adds_up of orders (not in the project any more)
      actual differs from expected:

      +++ | 2

    Failure in check shop.not_null.orders.id (checks/shop/checks.yml:5)
      Got 4 failing rows of orders
      it is blocking: the build was not published

    No data in check shop.unique.orders.id (checks/shop/checks.yml:5)
      it looked at no row
      it is blocking: the build was not published

    Warning in check shop.gone (not in the project any more)
      Got 1,200 failing rows of orders

    shop was not published: stg_orders failed; readers keep what stood before

    Done. PASS=1 WARN=1 ERROR=3 SKIP=1 NO-OP=0 NO_DATA=1 TOTAL=7
    "
  `);
});

test('a vertical that reads what was not published is skipped, model by model', async () => {
  const asked: Asked[] = [];
  const told = await cli(['build', '--quiet'], {
    build: replay(asked, {
      shop: [built('stg_orders', { materialized: 'view', layer: 'staging' }), built('orders')],
      checks: [{ id: 'shop.not_null.orders.id', status: 'fail', failures: '4', message: null, blocking: true }],
      status: 'held',
      reason: 'shop.not_null.orders.id is fail',
    }),
  });
  expect(told.code).toBe(1);
  expect(told.stderr).toMatchInlineSnapshot(`
    "FAIL 4 shop.not_null.orders.id ................................................. [FAIL 4 in 0.02s]
    PUBLISH shop ................................................................... [HELD: shop.not_null.orders.id is fail]
    "
  `);
  expect(told.stdout).toMatchInlineSnapshot(`
    "
    Failure in check shop.not_null.orders.id (checks/shop/checks.yml:5)
      Got 4 failing rows of orders
      it is blocking: the build was not published

    shop was not published: shop.not_null.orders.id is fail; readers keep what stood before

    reports was not published: all of it reads what was not published; readers keep what stood before

    Done. PASS=2 WARN=0 ERROR=1 SKIP=1 NO-OP=0 NO_DATA=0 TOTAL=4
    "
  `);
  expect(asked.map(({ vertical, request: { models } }) => [vertical, models])).toEqual([['shop', null]]);
});

test('options become the request, and what is not selected is not asked for', async () => {
  const asked: Asked[] = [];
  const args = ['-s', 'orders+', '-f', '-x', '--empty', '--run-clock', '2026-01-31', '--threads', '8'];
  await cli(['build', ...args, '--event-time-start', '2026-01-01', '--event-time-end', '2026-02-01 06:00'], {
    build: replay(asked, {}),
  });
  const span = { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T06:00:00.000Z' };
  const options = {
    fullRefresh: true,
    failFast: true,
    empty: true,
    threads: 8,
    runClock: '2026-01-31T00:00:00.000Z',
    eventTime: span,
  };
  expect(asked.map(({ vertical, request: made }) => [vertical, made])).toEqual([
    [
      'shop',
      request({
        ...options,
        models: ['orders'],
        checks: ['shop.not_null.orders.id', 'shop.unique.orders.id'],
        unitTests: [],
      }),
    ],
    ['reports', request(options)],
  ]);
});

test.each([
  [['run'], { models: ['stg_orders', 'orders'], checks: [], unitTests: [] }],
  [['seed'], { models: ['countries'], checks: [], unitTests: [] }],
  [
    ['build', '--resource-type', 'seed', 'test'],
    { models: ['countries'], checks: ['shop.not_null.orders.id', 'shop.unique.orders.id'], unitTests: [] },
  ],
  [
    ['build', '--exclude', 'test_type:data'],
    { models: ['countries', 'stg_orders', 'orders'], checks: [], unitTests: [] },
  ],
])('%j asks for what it is about', async (args, expected) => {
  const asked: Asked[] = [];
  await cli([...args, '--vertical', 'shop'], { build: replay(asked, {}) });
  const made = asked.map(({ request: each }) => ({ ...each, models: each.models?.toSorted() }));
  expect(made).toEqual([{ ...request(expected), models: expected.models.toSorted() }]);
});

test('a dry run says what would be built and why, and writes nothing', async () => {
  const root = await writeProject(FILES);
  const asked: Asked[] = [];
  const build = replay(asked, {
    shop: [
      built('countries', { status: 'carried', materialized: 'seed' }),
      built('stg_orders', { status: 'no-op', materialized: 'view', layer: 'staging', reason: 'same as in run 6' }),
      built('orders', { reason: 'its definition changed' }),
    ],
    silent: true,
  });
  const told = await cli(['build', '--dry-run', '--vertical', 'shop', '--quiet'], { build }, root);
  expect(asked.map(({ dryRun }) => dryRun)).toEqual([true]);
  expect(told).toMatchInlineSnapshot(`
    {
      "code": 0,
      "stderr": "",
      "stdout": "NO-OP  view   shop_staging.stg_orders  same as in run 6
    BUILD  table  shop.orders              its definition changed

    Dry run: 1 would be built, 1 stay as they are
    ",
    }
  `);
  expect(await readdir(root)).not.toContain('target');
});

test('what was built before a vertical broke off is kept', async () => {
  const root = await writeProject(FILES);
  const shop = replay([], { shop: [built('orders')] });
  const build: CliContext['build'] = (input, deps) =>
    input.vertical === 'shop'
      ? shop(input, deps)
      : Promise.reject(new EngineError('WAREHOUSE_UNREACHABLE', 'the connection was lost'));
  const told = await cli(['build', '--quiet'], { build }, root);
  expect(told).toEqual({ code: 1, stdout: '', stderr: 'error: the connection was lost [WAREHOUSE_UNREACHABLE]\n' });
  const results = JSON.parse(readFileSync(join(root, 'target/run_results.json'), 'utf8')) as {
    results: { unique_id: string; status: string }[];
  };
  expect(results.results.map(({ unique_id, status }) => [unique_id, status])).toEqual([
    ['model.shop_audit.orders', 'success'],
  ]);
});

test('nothing selected is a warning and a success', async () => {
  const told = await cli(['snapshot'], {});
  expect(told).toMatchInlineSnapshot(`
    {
      "code": 0,
      "stderr": "Running with tickmark=0.0.0
    Found 1 seed, 3 models, 2 checks
    warning: nothing to do: no seed, model, snapshot or check is selected
    ",
      "stdout": "
    Completed successfully

    Done. PASS=0 WARN=0 ERROR=0 SKIP=0 NO-OP=0 NO_DATA=0 TOTAL=0
    ",
    }
  `);
});

test('--json gives the outcomes as one document, and --warn-error lets a warning fail', async () => {
  const build = replay([], {
    shop: [built('orders')],
    checks: [{ id: 'shop.unique.orders.id', status: 'warn', failures: '2', message: null, blocking: false }],
  });
  const plain = await cli(['run', '-s', 'orders', '--json'], { build });
  expect(plain.code).toBe(0);
  expect((JSON.parse(plain.stdout) as BuildOutcome[]).map(({ models }) => models.map(({ model }) => model))).toEqual([
    ['orders'],
  ]);
  expect((await cli(['run', '-s', 'orders', '--warn-error'], { build })).code).toBe(1);
});

test('artifacts and compiled SQL are in target/, and retry repeats what failed with the same arguments', async () => {
  const root = await writeProject(FILES);
  const asked: Asked[] = [];
  const failing = replay(asked, {
    shop: [
      built('orders', {
        status: 'error',
        error: { code: 'TRANSFORM_MODEL_FAILED', message: 'no [TRANSFORM_MODEL_FAILED]' },
      }),
    ],
    status: 'failed',
    reason: 'orders failed',
  });
  const first = await cli(
    ['build', '--vertical', 'shop', '-f', '--vars', 'least: 7', '--threads', '3'],
    { build: failing },
    root,
  );
  expect(first.code).toBe(1);
  expect(readFileSync(join(root, 'target/compiled/shop_audit/sql/shop/orders.sql'), 'utf8')).toBe('select 1\n');
  expect((await readdir(join(root, 'target'))).sort()).toEqual(['compiled', 'manifest.json', 'run_results.json']);

  const again = replay(asked, { shop: [built('orders')] });
  const second = await cli(['retry', '--threads', '5'], { build: again }, root);
  expect(second.code).toBe(0);
  expect(
    asked.map(({ vertical, vars, request: { fullRefresh, threads } }) => [vertical, vars, fullRefresh, threads]),
  ).toEqual([
    ['shop', { least: 7 }, true, 3],
    ['shop', { least: 7 }, true, 5],
  ]);

  const third = await cli(['retry'], { build: again }, root);
  expect(third).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Nothing to do: nothing failed in the last invocation of build\n',
  });
});

test('--defer reads what does not stand where the earlier invocation has it', async () => {
  const root = await writeProject(FILES);
  const asked: Asked[] = [];
  await cli(['parse', '--target-path', 'before'], {}, root);
  await warehouse.warehouse.execute('create schema if not exists shop_staging');
  await warehouse.warehouse.execute('create table shop_staging.stg_orders (id int)');
  const args = ['run', '-s', 'totals', '--state', join(root, 'before'), '--defer'];
  await cli(args, { build: replay(asked, {}) }, root);
  await cli([...args, '--favor-state'], { build: replay(asked, {}) }, root);
  expect(asked.map(({ request: { deferred } }) => deferred)).toEqual([
    { countries: '"shop"."countries"', orders: '"shop"."orders"' },
    { countries: '"shop"."countries"', orders: '"shop"."orders"', stg_orders: '"shop_staging"."stg_orders"' },
  ]);
});

test.each([
  [['build', '-s', 'orderz'], "nothing is selected by 'orderz'; did you mean 'orders'? [COMPILE_UNKNOWN_REF]"],
  [['build', '--vertical', 'shp'], "no vertical shp; did you mean 'shop'? [PROJECT_UNKNOWN_VERTICAL]"],
  [
    ['build', '--event-time-start', '2026-01-01'],
    '--event-time-start and --event-time-end are given together or not at all [OPTION_INVALID]',
  ],
  [
    ['build', '--event-time-start', '2026-02-01', '--event-time-end', '2026-01-01'],
    '--event-time-start is before --event-time-end [OPTION_INVALID]',
  ],
  [
    ['build', '--run-clock', 'yesterday'],
    '--run-clock takes a date or a time, as in 2026-01-31, 2026-01-31T08:00:00 or 2026-01-31T08:00:00+02:00; without a zone it is UTC [OPTION_INVALID]',
  ],
  [['build', '--defer'], '--defer reads an earlier invocation; give its folder with --state [OPTION_INVALID]'],
  [
    ['build', '--vars', 'lest: 3'],
    "no variable 'lest' under vars: in tickmark.yml; did you mean 'least'? [COMPILE_VAR]",
  ],
  [
    ['clean', '--target-path', 'sql'],
    '--target-path sql is not a folder of artifacts of this project [OPTION_INVALID]',
  ],
  [
    ['clean', '--target-path', '../elsewhere'],
    '--target-path ../elsewhere is not a folder of artifacts of this project [OPTION_INVALID]',
  ],
])('%j is refused before anything is built', async (args, message) => {
  expect(await cli(args, {})).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(`error: ${message}\n`) as string,
  });
});

test('retry says when there is nothing that it could repeat', async () => {
  const root = await writeProject(FILES);
  const none = await cli(['retry'], {}, root);
  expect(none.stderr).toBe(`error: there is no manifest.json in ${join(root, 'target')} [STATE_INVALID]\n`);
  await cli(['parse'], {}, root);
  mkdirSync(join(root, 'target'), { recursive: true });
  writeFileSync(
    join(root, 'target/run_results.json'),
    JSON.stringify({
      metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/run-results/v6.json', invocation_id: null },
      results: [],
      args: { which: 'test' },
    }),
  );
  const other = await cli(['retry'], {}, root);
  expect(other.stderr).toBe(
    'error: retry repeats build, run, seed and snapshot; the last invocation was test [OPTION_INVALID]\n',
  );
});

type Asked = Parameters<CliContext['build']>[0];

async function cli(args: readonly string[], given: Partial<CliContext>, project?: string): Promise<Told> {
  const root = project ?? (await writeProject(FILES));
  return runCli(args, { cwd: root, openWorld: () => Promise.resolve(worldOf(root, warehouse.url)), ...given });
}

function request(given: Partial<BuildRequest>): BuildRequest {
  return {
    models: null,
    checks: null,
    unitTests: null,
    fullRefresh: false,
    eventTime: null,
    runClock: null,
    deferred: {},
    threads: 4,
    failFast: false,
    empty: false,
    ...given,
  };
}

interface Replayed {
  readonly shop?: readonly BuiltModel[];
  readonly reports?: readonly BuiltModel[];
  readonly checks?: readonly Pick<
    BuildOutcome['checks'][number],
    'id' | 'status' | 'failures' | 'message' | 'blocking'
  >[];
  readonly unitTests?: BuildOutcome['unitTests'];
  readonly status?: BuildOutcome['status'];
  readonly reason?: string;
  /** Tells no event, as a dry run. */
  readonly silent?: boolean;
}

/** An engine that does nothing but tell what it was told to tell; what it was asked is kept in `asked`. */
function replay(asked: Asked[], given: Replayed): CliContext['build'] {
  return (input) => {
    asked.push(input);
    const { vertical } = input;
    if (vertical !== 'shop' && vertical !== 'reports') throw new EngineError('RUN_FAILED', `no ${vertical}`);
    const models = given[vertical] ?? [];
    const isShop = vertical === 'shop';
    const checks = (isShop ? (given.checks ?? []) : []).map((check) => ({
      on: 'orders',
      population: '10',
      durationMs: 20,
      reusedFrom: null,
      ...check,
    }));
    const unitTests = isShop ? (given.unitTests ?? []) : [];
    const status = isShop ? (given.status ?? 'succeeded') : 'succeeded';
    const tell = (event: BuildEvent): void => (given.silent ? undefined : input.onEvent?.(event));
    tell({ kind: 'plan', vertical, runNo: '7', total: models.length, threads: input.request.threads });
    for (const test of unitTests) tell({ kind: 'unit_test', test });
    for (const [at, model] of models.entries()) {
      const { materialized, relation, status: ended } = model;
      if (ended === 'success' || ended === 'error') {
        tell({ kind: 'start', model: model.model, materialized, relation, index: at + 1 });
      }
      tell({ kind: 'end', built: model, index: at + 1 });
    }
    for (const check of checks) tell({ kind: 'check', check });
    tell({
      kind: 'publish',
      vertical,
      decision: status === 'succeeded' ? 'published' : 'held',
      reason: given.reason ?? null,
    });
    return Promise.resolve({
      vertical,
      runId: 'r',
      runNo: '7',
      status,
      startedAt: '2026-01-31T00:00:00Z',
      durationMs: 5,
      reason: isShop ? (given.reason ?? null) : null,
      models,
      checks,
      unitTests,
    });
  };
}

function built(model: string, given: Partial<BuiltModel> = {}): BuiltModel {
  const { vertical = 'shop', layer = 'marts' } = given;
  return {
    model,
    resource: 'model',
    vertical,
    layer,
    materialized: 'table',
    status: 'success',
    reason: '',
    rows: null,
    affected: given.materialized === 'view' ? null : '1',
    contentHash: null,
    durationMs: 50,
    sql: 'select 1',
    sqlHash: '',
    templateHash: '',
    dependsOn: '[]',
    fingerprint: '',
    relation: `"${layer === 'staging' ? `${vertical}_staging` : vertical}"."${model}"`,
    error: null,
    ...given,
  };
}
