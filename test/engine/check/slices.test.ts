import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../../../engine/check/check.ts';
import type { CheckInput, RecordedCheck } from '../../../engine/check/check.ts';
import { previewChecks } from '../../../engine/check/preview-checks.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import type { RunRef } from '../../../engine/contracts/run.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

const sales = (rows: string) => ({
  name: 'sales',
  template: `{{ config(materialized='ephemeral') }} select * from (values ${rows}) as v(id, region, day, amount)`,
});
const ROWS = `(1, 'EU', date '2026-01-05', 10.00), (2, 'EU', '2026-01-20', null), (3, 'US', '2026-02-28', 30.00), (4, 'US', '2026-03-01', null)`;

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

type Settings = NonNullable<Parameters<typeof defineTestCheck>[0]['settings']>;
const notNull = (settings: Settings, id = 'shop.amount'): CheckDefinition =>
  defineTestCheck({ id, kind: 'not_null', on: 'sales', column: 'amount', settings });
const byRegion = notNull({ slices: { by: 'region' } });

async function runCheck(
  checks: readonly CheckDefinition[],
  { rows = ROWS, ...input }: Partial<CheckInput> & { readonly rows?: string } = {},
): Promise<{ run: RunRef; results: readonly RecordedCheck[] }> {
  const run = await db.beginRun();
  const compiled = compileTestRun(run, [sales(rows)]);
  const runClock = '2026-03-10T08:00:00.000000Z';
  return { run, results: await check({ run, checks, sources: [], compiled, runClock, ...input }, db) };
}
const published = (run: RunRef): Promise<bigint> =>
  db.warehouse.execute(
    `insert into audit.publications (run_id, run_no, vertical, decision, tables) values ($1, $2, 'shop', 'published', '[]')`,
    [run.runId, run.runNo],
  );
const slicesOf = ({ slices }: RecordedCheck): string[] =>
  slices.map(({ slice, status, population, failures }) => `${slice} ${status} ${failures}/${population}`);

test('every slice by time is judged by itself, and one without rows is no verdict', async () => {
  const slices = { by: 'day', every: 'month', from: '2025-12-01' } as const;
  const { run, results } = await runCheck([notNull({ slices }), notNull({ slices, severity: 'warn' }, 'shop.told')]);
  expect(
    results.map(({ status, message, population, failures, passes }) => [status, message, population, failures, passes]),
  ).toEqual([
    ['fail', null, '3', '1', '2'],
    ['no_data', 'slice 2025-12 has no rows', '3', '1', '2'],
  ]);
  expect(slicesOf(results[0]!)).toEqual(['2025-12 no_data 0/0', '2026-01 fail 1/2', '2026-02 pass 0/1']);
  const rows = await db.warehouse.query(
    `select slice, sliced_by, slice_from::text, slice_to::text, status from audit.check_slices where run_id = $1 and check_id = 'shop.amount' order by slice`,
    [run.runId],
  );
  expect(rows[1]).toEqual({
    slice: '2026-01',
    sliced_by: 'day',
    slice_from: '2026-01-01',
    slice_to: '2026-02-01',
    status: 'fail',
  });
  const failing = await db.warehouse.query(
    `select reason from audit.failing_rows where run_id = $1 and check_id = 'shop.amount'`,
    [run.runId],
  );
  expect(failing).toEqual([{ reason: 'amount has no value [2026-01]' }]);
});

test('slices by value are those that are listed', async () => {
  const { results } = await runCheck([
    notNull({ slices: { by: 'region', values: ['US', 'ASIA'] }, error_if: '> 1', warn_if: '> 1' }),
    notNull({ slices: { by: 'id', values: [1, 3] } }, 'shop.ids'),
  ]);
  expect(results.map(({ status, message }) => [status, message])).toEqual([
    ['no_data', 'slice ASIA has no rows'],
    ['pass', null],
  ]);
  expect(slicesOf(results[0]!)).toEqual(['US pass 1/2', 'ASIA no_data 0/0']);
});

test('a group of the last published run that is gone is missed, until its values are listed', async () => {
  const told = notNull({ slices: { by: 'region' }, warn_if: '> 9', error_if: '> 9' });
  const first = await runCheck([told], { rows: `${ROWS}, (5, null, '2026-01-01', 1.00)` });
  expect(slicesOf(first.results[0]!)).toEqual(['EU pass 1/2', 'US pass 1/2', '(none) pass 0/1']);
  // What no run published was never there.
  const rows = `(1, 'EU', date '2026-01-05', 10.00), (2, 'ASIA', '2026-01-20', 1.00)`;
  const before = await runCheck([told], { rows });
  expect(before.results[0]).toMatchObject({ status: 'pass', message: null });

  await published(first.run);
  const { results } = await runCheck([told, notNull({ slices: { by: 'id' } }, 'shop.other')], {
    rows,
  });
  expect(results[0]).toMatchObject({ status: 'no_data', message: 'group (none) is gone; group US is gone' });
  expect(slicesOf(results[0]!)).toEqual(['ASIA pass 0/1', 'EU pass 0/1', '(none) no_data 0/0', 'US no_data 0/0']);
  const listed = notNull({ slices: { by: 'region', values: ['EU', 'ASIA'] } });
  expect((await runCheck([listed], { rows })).results[0]).toMatchObject({ status: 'pass' });
});

test('what a macro tests is sliced before it sees it', async () => {
  const text =
    '{% test filled(model, column_name) %}select * from {{ model }} where {{ column_name }} is null{% endtest %}';
  const macro = { package: 'test', file: 'macros/filled.sql', template: text };
  const definition: CheckDefinition = {
    ...byRegion,
    id: 'shop.filled',
    kind: 'generic',
    test: { name: 'filled', namespace: undefined, kwargs: { column_name: 'amount' }, isNamed: false },
  };
  const run = await db.beginRun();
  const compiled = compileTestRun(run, [sales(ROWS)], [], [macro]);
  const [result] = await check({ run, checks: [definition], sources: [], compiled }, db);
  expect(result).toMatchObject({ status: 'fail', message: null });
  expect(slicesOf(result!)).toEqual(['EU fail 1/2', 'US fail 1/2']);
});

test('a check over nothing has no slice, and too many are refused', async () => {
  const { results } = await runCheck(
    [
      notNull({ slices: { by: 'amount' } }, 'shop.none'),
      notNull({ slices: { by: 'day', every: 'month', from: '2026-03-01' } }, 'shop.early'),
      notNull({ slices: { by: 'day', every: 'day', from: '2000-01-01' } }, 'shop.many'),
      notNull({ slices: { by: 'dai', every: 'month', last: 1 } }, 'shop.misspelt'),
      notNull({}, 'shop.plain'),
    ],
    { rows: ROWS.replaceAll(/\(\d/g, '(1') },
  );
  expect(results.map(({ checkId, status, message }) => [checkId, status, message])).toMatchInlineSnapshot(`
    [
      [
        "shop.none",
        "fail",
        null,
      ],
      [
        "shop.early",
        "no_data",
        "no slice of it is there yet",
      ],
      [
        "shop.many",
        "error",
        "checks/shop/test.yml:7: check shop.many: it has more than 400 slices; take a longer period, or say which [CHECK_INVALID]",
      ],
      [
        "shop.misspelt",
        "error",
        "checks/shop/test.yml:7: check shop.misspelt: column t.dai does not exist (SQLSTATE 42703) [CHECK_INVALID]",
      ],
      [
        "shop.plain",
        "fail",
        null,
      ],
    ]
  `);
});

test('slices go by the where of the check, and by a where of a share', async () => {
  const { results } = await runCheck([
    notNull({ slices: { by: 'region' }, where: 'id <> 2', error_if: '> 50 %', warn_if: '> 50 %' }, 'shop.half'),
    defineTestCheck({
      id: 'shop.keys',
      kind: 'unique',
      on: 'sales',
      column: 'id',
      settings: { slices: { by: 'region' } },
    }),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['pass', 'pass']);
  expect(slicesOf(results[0]!)).toEqual(['EU pass 0/1', 'US pass 1/2']);
});

test('an author sees the same before it is a run', async () => {
  const run = await db.beginRun();
  const compiled = compileTestRun(run, [sales(ROWS)]).live;
  const [preview] = await previewChecks(
    { selected: [byRegion], checks: [byRegion], sources: [], compiled, examples: 5 },
    db,
  );
  expect(preview).toMatchObject({ status: 'fail', population: '4', failures: '2', message: null });
  expect(preview?.examples.map(({ reason }) => reason).toSorted()).toEqual([
    'amount has no value [EU]',
    'amount has no value [US]',
  ]);
});

test('a verdict that is reused keeps its slices, and another month is another verdict', async () => {
  const monthly = notNull(
    { slices: { by: 'day', every: 'month', last: 2 }, warn_if: '> 9', error_if: '> 9' },
    'shop.monthly',
  );
  const fingerprintOf = (): string => 'same';
  const first = await runCheck([monthly], { fingerprintOf });
  await published(first.run);
  const again = await runCheck([monthly], { fingerprintOf, runClock: '2026-03-31T08:00:00.000000Z' });
  expect(again.results[0]).toMatchObject({
    status: 'pass',
    reusedFromRun: first.run.runId,
    slices: first.results[0]?.slices,
  });
  const later = await runCheck([monthly], { fingerprintOf, runClock: '2026-04-01T08:00:00.000000Z' });
  expect(later.results[0]).toMatchObject({ reusedFromRun: null });
  expect(slicesOf(later.results[0]!)).toEqual(['2026-02 pass 0/1', '2026-03 pass 1/1']);
});
