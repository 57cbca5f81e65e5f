import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { check } from '../../../engine/check/check.ts';
import type { CheckStatus } from '../../../engine/contracts/check.ts';
import type { RunRef } from '../../../engine/contracts/run.ts';
import { endRun } from '../../../engine/evidence/run-record.ts';
import { publish } from '../../../engine/publish/publish.ts';
import { transformTestRun } from '../../setup/transform-test-run.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import type { TestModel } from '../../setup/compile-test-run.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';

let db: TestWarehouse;
const READER = { user: 'tickmark_test_reader', password: 'reads' };
beforeEach(async () => {
  db = await createTestWarehouse({ maxSessions: 6 });
  await db.intruder.query(`do $$ begin create role ${READER.user} login password '${READER.password}';
    exception when duplicate_object or unique_violation then null; end $$`);
});
afterEach(() => db.stop());

const VERSIONED = `{{ config(materialized='table', published=True) }} select N as version, n from generate_series(1, 500) as n`;
const shop = (version: number): TestModel[] => [
  { name: 'stg_sales', layer: 'staging', template: `select ${version} as version` },
  { name: 'sales', template: VERSIONED.replace('N', String(version)) },
  {
    name: 'totals',
    template: `{{ config(materialized='view', published=True) }} select version from {{ ref('stg_sales') }}`,
  },
  { name: 'inner_table', template: `{{ config(materialized='table') }} select 1 as one` },
];
const web: TestModel[] = [
  {
    name: 'shop_totals',
    vertical: 'web',
    template: `{{ config(materialized='view', published=True) }} select version from {{ ref('totals') }}`,
  },
  {
    name: 'visits',
    vertical: 'web',
    template: `{{ config(materialized='table', published=True) }} select 7 as visits`,
  },
];

/** Builds and checks a version; `status` is what its one blocking check comes to. */
async function build(
  models: readonly TestModel[],
  options: { vertical?: string; status?: CheckStatus } = {},
): Promise<RunRef> {
  const { vertical = 'shop', status = 'pass' } = options;
  const run = await db.beginRun({ vertical });
  const compiled = compileTestRun(run, models);
  await transformTestRun({ run, compiled }, db);
  const rows = { pass: 'false', warn: 'true', fail: 'true', no_data: 'false', error: 'nope', skipped: 'false' }[status];
  const gate = defineTestCheck({
    id: 'shop.gate',
    on: status === 'no_data' ? 'gate_empty' : vertical === 'web' ? 'visits' : 'inner_table',
    sql: `select 1 as subject_id, 'x' as reason where ${rows}`,
    settings: status === 'warn' ? { severity: 'warn', blocking: true } : {},
  });
  await check({ run, checks: [gate], sources: [], compiled }, db);
  return run;
}
const publishRun = (run: RunRef, readers: string[] = [READER.user]) => publish({ run, readers }, db);
const empty: TestModel = {
  name: 'gate_empty',
  template: `{{ config(materialized='table') }} select 1 as one where false`,
};
const rows = (sql: string) => db.warehouse.query(sql).then((all) => all.map((row) => Object.values(row).join('|')));
const schemas = () =>
  rows(
    `select nspname from pg_namespace where nspname ~ '^(shop|web|published)' and nspname !~ '__store$' order by nspname collate "C"`,
  );

test('a run whose blocking checks hold is published, and its schemas become the live ones', async () => {
  const run = await build(shop(1), { status: 'warn' });
  expect(await publishRun(run)).toEqual({ decision: 'published', reason: null, tables: 2 });
  expect(await rows('select distinct version from published.sales')).toEqual(['1']);
  expect(await rows('select version from published.totals')).toEqual(['1']);
  expect(await schemas()).toEqual(['published', 'shop', 'shop_staging']);
  expect(
    await rows(
      `select relname from pg_class where relnamespace = 'published'::regnamespace order by relname collate "C"`,
    ),
  ).toEqual([
    'check_coverage',
    'check_definitions',
    'check_history',
    'control_status',
    'data_quality',
    'findings',
    'kri_history',
    'kri_latest',
    'refreshes',
    'sales',
    'totals',
  ]);
  expect(await rows('select check_id, status, run_no from published.data_quality')).toEqual([
    `shop.gate|warn|${run.runNo}`,
  ]);
  expect(await publishRun(run)).toEqual({ decision: 'published', reason: null, tables: 2 });
});

test.each(['fail', 'error', 'no_data'] as const)(
  'a blocking check that is %s keeps the last good version, marked stale',
  async (status) => {
    const good = await build(shop(1));
    await publishRun(good);
    expect(await rows('select vertical, run_no, state, stale_reason from published.refreshes')).toContain(
      `shop|${good.runNo}|fresh|`,
    );
    const bad = await build([...shop(2), empty], { status });
    const reason = `blocked by shop.gate (${status})`;
    expect(await publishRun(bad)).toEqual({ decision: 'held', reason, tables: 2 });
    expect(await rows('select distinct version from published.sales')).toEqual(['1']);
    expect(
      await rows('select vertical, run_no, state, stale_since is not null, stale_reason from published.refreshes'),
    ).toEqual([`shop|${good.runNo}|stale|t|${reason}`]);
    expect(await schemas()).toEqual(['published', 'shop', 'shop_staging']);
    const [since] = await rows('select stale_since from published.refreshes');
    await publishRun(await build([...shop(3), empty], { status }));
    expect(await rows('select stale_since from published.refreshes')).toEqual([since]);
    const next = await build(shop(4));
    await publishRun(next);
    expect(await rows('select run_no, state, stale_since from published.refreshes')).toEqual([`${next.runNo}|fresh|`]);
  },
);

test('a run that was never checked is held', async () => {
  const run = await db.beginRun();
  await transformTestRun({ run, compiled: compileTestRun(run, shop(1)) }, db);
  expect(await publishRun(run)).toMatchObject({ decision: 'held', reason: 'the checks of this run are not recorded' });
  expect(await schemas()).toEqual([]);
});

test('a failed run marks the version before it stale, until the next one', async () => {
  const good = await build(shop(1));
  await publishRun(good);
  const failed = await db.beginRun();
  await endRun({ run: failed, status: 'failed', reason: 'pull: the source was down' }, db.warehouse);
  expect(await rows('select run_no, state, stale_reason from published.refreshes')).toEqual([
    `${good.runNo}|stale|pull: the source was down`,
  ]);
  await publishRun(await build(shop(2)));
  expect(await rows('select state from published.refreshes')).toEqual(['fresh']);
});

test('an older run that comes late is held, and the newer version stays fresh', async () => {
  const older = await build(shop(1));
  const newer = await build(shop(2));
  await publishRun(newer);
  expect(await publishRun(older)).toMatchObject({
    decision: 'held',
    reason: `run ${newer.runNo} is newer and already published`,
  });
  expect(await rows('select distinct version from published.sales')).toEqual(['2']);
  expect(await rows('select run_no, state from published.refreshes')).toEqual([`${newer.runNo}|fresh`]);
});

test('publishing one vertical keeps the other, and its views on this one', async () => {
  await publishRun(await build(shop(1)));
  await publishRun(await build([...shop(1), ...web], { vertical: 'web' }));
  expect(await rows('select visits, version from published.visits, published.shop_totals')).toEqual(['7|1']);
  for (const version of [2, 3, 4]) {
    await publishRun(await build(shop(version)));
    // The other vertical's view reads the version that it was built on, until it is built again.
    expect(await rows('select visits, version from published.visits, published.shop_totals')).toEqual(['7|1']);
    expect(await rows('select version from published.totals')).toEqual([String(version)]);
  }
  await publishRun(await build([...shop(4), ...web], { vertical: 'web' }));
  expect(await rows('select version from published.shop_totals')).toEqual(['4']);
  expect((await rows('select vertical, state from published.refreshes')).toSorted()).toEqual([
    'shop|fresh',
    'web|fresh',
  ]);
  await publishRun(await build(shop(5)));
  expect(await rows('select version from published.shop_totals')).toEqual(['4']);
});

test('a reader role may read everything in published, after every swap, and nothing else', async () => {
  const reader = await db.connect(READER);
  for (const version of [1, 2]) {
    await publishRun(await build(shop(version)));
    for (const name of ['sales', 'totals', 'refreshes', 'findings', 'kri_latest']) {
      await reader.query(`select * from published.${name}`);
    }
    expect((await reader.query('select distinct version from published.sales')).rows).toEqual([
      { version: String(version) },
    ]);
  }
  for (const sql of [
    'select * from shop.sales',
    'select * from audit.ledger',
    'delete from published.sales',
    'create table published.x ()',
  ]) {
    await expect(reader.query(sql)).rejects.toMatchObject({ code: '42501' });
  }
  await reader.end();
});

test('readers never see an empty, missing or mixed table during fifty swaps', async () => {
  const SWAPS = 50;
  const RACES = { versions: new Set<string>(), reads: 0 };
  await publishRun(await build(shop(0)));
  let swapping = true;
  const poll = async (sql: string): Promise<void> => {
    const reader = await db.connect(READER);
    while (swapping) {
      const { rows: found } = (await reader.query(sql)) as { rows: { version: string; n: string }[] };
      expect(found).toHaveLength(1);
      expect(found[0]?.n).toBe('500');
      RACES.versions.add(found[0]?.version as string);
      RACES.reads += 1;
    }
    await reader.end();
  };
  const tables = 'select version, count(*) as n from published.sales group by version';
  const named = `select version, 500 as n from published.totals`;
  const polls = [poll(tables), poll(tables), poll(named)];
  for (let version = 1; version <= SWAPS; version += 1) {
    await publishRun(await build(shop(version)));
  }
  swapping = false;
  await Promise.all(polls);
  expect(RACES.reads).toBeGreaterThan(200);
  // The control: readers that saw one version all along would prove nothing.
  expect(RACES.versions.size).toBeGreaterThan(25);
  expect(await schemas()).toEqual(['published', 'shop', 'shop_staging']);
}, 60_000);

test('a reader that stays long neither blocks the swap nor is broken by it, and what it reads goes when it does', async () => {
  await publishRun(await build(shop(1)));
  const reader = await db.connect(READER);
  await reader.query('begin');
  await reader.query('declare slow cursor for select version from published.sales');
  expect((await reader.query('fetch 10 from slow')).rows).toHaveLength(10);
  const started = performance.now();
  const run = await build(shop(2));
  const published = publishRun(run);
  const other = await db.connect(READER);
  let seen = '1';
  while (seen === '1' && performance.now() - started < 10_000) {
    seen = (await other.query('select version from published.sales limit 1')).rows[0].version as string;
    await wait(5);
  }
  expect(seen).toBe('2');
  // Others read the new version at once; the tidying behind it gives up on what is in use.
  expect(performance.now() - started).toBeLessThan(2_000);
  await published;
  expect((await schemas()).filter((name) => name.includes('retired'))).not.toEqual([]);
  const rest = await reader.query('fetch all from slow');
  expect(rest.rows).toHaveLength(490);
  expect(new Set(rest.rows.map((row: { version: string }) => row.version))).toEqual(new Set(['1']));
  await reader.query('commit');
  await publishRun(await build(shop(3)));
  expect(await schemas()).toEqual(['published', 'shop', 'shop_staging']);
  await reader.end();
  await other.end();
}, 60_000);
