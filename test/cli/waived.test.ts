import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { previewChecks } from '../../engine/check/preview-checks.ts';
import type { CliContext } from '../../cli/context.ts';
import type { BuildCheck } from '../../engine/contracts/build.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';
import { runCli, worldOf, writeProject } from './run-cli.ts';
import type { Told } from './run-cli.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.warehouse.execute('create schema shop');
  await db.warehouse.execute(
    'create table shop.orders as select n as id, nullif(n, 3) as amount from generate_series(1, 12000) as n',
  );
});
afterAll(() => db.stop());

const FILES = {
  'tickmark.yml': 'name: shop_audit\nwarehouse:\n  url: ${env:DATABASE_URL}\nconnections: {}\nverticals:\n  shop: {}\n',
  'sql/shop/orders.sql': 'select 1 as id, 2 as amount',
  'checks/shop/checks.yml': `models:
  - name: orders
    columns:
      - name: amount
        data_tests: [not_null]
      - name: id
        data_tests: [unique]
`,
  'checks/shop/waivers.yml': `waivers:
  - check: shop.not_null.orders.amount
    reason: order 3 was given away
    author: Ann Bell
    approver: Carl Dunn
    approved_on: 2026-01-01
    expires: 2026-12-31
    max_failures: 1
    subjects: ['3']
`,
};
const WAIVER = {
  reason: 'order 3 was given away',
  author: 'Ann Bell',
  approver: 'Carl Dunn',
  approvedOn: '2026-01-01',
  expires: '2026-12-31',
  hash: 'f',
};

async function cli(
  args: readonly string[],
  given: Partial<CliContext> = {},
): Promise<Told & { readonly root: string }> {
  const root = await writeProject(FILES);
  const openWorld = () => Promise.resolve(worldOf(root, db.url));
  const runUnitTests = () => Promise.resolve([]);
  return { root, ...(await runCli(args, { cwd: root, openWorld, previewChecks, runUnitTests, ...given })) };
}

test('a check whose failure is waived is tried as waived until the waiver ends', async () => {
  const waived = await cli(['check', '--run-clock', '2026-12-31T23:00:00']);
  expect([waived.code, waived.stdout]).toMatchInlineSnapshot(`
    [
      0,
      "waived  shop.not_null.orders.amount  1 of 12,000  until 2026-12-31: order 3 was given away
              3  amount has no value
    pass    shop.unique.orders.id  0 of 12,000

    Done. PASS=1 WARN=0 ERROR=0 SKIP=0 NO-OP=0 NO_DATA=0 WAIVED=1 TOTAL=2
    ",
    ]
  `);
  const over = await cli(['check', '--run-clock', '2027-01-01']);
  expect([over.code, over.stdout]).toMatchInlineSnapshot(`
    [
      1,
      "fail    shop.not_null.orders.amount  1 of 12,000  waiver expired on 2026-12-31
              3  amount has no value
    pass    shop.unique.orders.id  0 of 12,000

    Done. PASS=1 WARN=0 ERROR=1 SKIP=0 NO-OP=0 NO_DATA=0 TOTAL=2
    ",
    ]
  `);
  const json = JSON.parse((await cli(['check', '--run-clock', '2026-02-01', '--json'])).stdout) as { id: string }[];
  expect(json.find(({ id }) => id === 'shop.not_null.orders.amount')).toMatchObject({
    status: 'fail',
    waiver: { ...WAIVER, hash: expect.any(String) as string },
  });
});

test('waivers are listed with where they stand', async () => {
  expect((await cli(['ls', '--resource-type', 'waiver'])).stdout).toMatchInlineSnapshot(`
    "waiver  shop.not_null.orders.amount@2026-01-01  checks/shop/waivers.yml:2  until 2026-12-31: order 3 was given away
    "
  `);
});

test('a build with a waived failure and a skipped check says both, and an artifact has dbt’s words for them', async () => {
  const check = (id: string, given: Partial<BuildCheck>): BuildCheck => ({
    id,
    on: 'orders',
    status: 'pass',
    blocking: true,
    population: '12000',
    failures: '0',
    message: null,
    durationMs: 20,
    reusedFrom: null,
    ...given,
  });
  const checks = [
    check('shop.not_null.orders.amount', { status: 'fail', failures: '1', blocking: false, waiver: WAIVER }),
    check('shop.unique.orders.id', { status: 'skipped', message: 'orders was not built' }),
  ];
  const told = await cli(['build'], {
    build: ({ onEvent, vertical }) => {
      onEvent?.({ kind: 'plan', vertical, runNo: '7', total: 0, threads: 4 });
      for (const each of checks) onEvent?.({ kind: 'check', check: each });
      const [runId, runNo, startedAt] = ['r', '7', '2026-01-31T00:00:00Z'];
      const shared = { vertical, runId, runNo, startedAt, durationMs: 5, models: [], unitTests: [] };
      return Promise.resolve({
        ...shared,
        status: 'held' as const,
        reason: 'blocked by shop.unique.orders.id',
        checks,
      });
    },
  });
  expect(told.code).toBe(1);
  expect(told.stderr).toMatchInlineSnapshot(`
    "Running with tickmark=0.0.0
    Found 1 model, 2 checks, 1 waiver

    Concurrency: 4 threads (target='warehouse')
    Run 7 of shop: 1 model to look at

    WAIVED 1 shop.not_null.orders.amount ........................................... [WAIVED until 2026-12-31 in 0.02s]
    SKIP shop.unique.orders.id ..................................................... [SKIP: orders was not built]
    "
  `);
  expect(told.stdout).toMatchInlineSnapshot(`
    "
    Skipped in check shop.unique.orders.id (checks/shop/checks.yml:7)
      orders was not built
      it is blocking: the build was not published

    shop was not published: blocked by shop.unique.orders.id; readers keep what stood before

    Done. PASS=0 WARN=0 ERROR=0 SKIP=1 NO-OP=0 NO_DATA=0 WAIVED=1 TOTAL=2
    "
  `);
  const results = JSON.parse(readFileSync(join(told.root, 'target/run_results.json'), 'utf8')) as {
    results: { status: string; message: string; failures: number | null }[];
  };
  expect(results.results.map(({ status, message, failures }) => [status, failures, message])).toEqual([
    ['warn', 1, 'fail, waived until 2026-12-31: order 3 was given away'],
    ['skipped', null, 'orders was not built'],
  ]);
});
