import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHECK_KINDS } from '../../../engine/check-kinds/check-kinds.ts';
import { check } from '../../../engine/check/check.ts';
import type { RecordedCheck } from '../../../engine/check/check.ts';
import type { CheckDefinition, CheckStatus } from '../../../engine/contracts/check.ts';
import type { RunRef } from '../../../engine/contracts/run.ts';
import { identifier, relation } from '../../../engine/sql-text.ts';
import { buildSchema } from '../../../engine/warehouse/model-schema.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { cases, models } from './check-cases.ts';

const RUN_CLOCK = '2026-01-31T08:00:00.000000Z';
let db: TestWarehouse;
let run: RunRef;
let results: readonly RecordedCheck[];
const names = Object.keys(cases);
const idOf = (name: string): string => `shop.c${names.indexOf(name)}`;
/** Names the rows of `sales`. */
const keys: CheckDefinition = defineTestCheck({ id: 'shop.sales_key', kind: 'unique', on: 'sales', column: 'id' });
const compositeKey = defineTestCheck({
  id: 'shop.keyed_key',
  kind: 'unique',
  on: 'keyed',
  arguments: { columns: ['id', 'kind'] },
});
const byKey = defineTestCheck({
  id: 'shop.by_key',
  kind: 'expression',
  on: 'keyed',
  arguments: { expression: 'false' },
});

beforeAll(async () => {
  db = await createTestWarehouse();
  run = await db.beginRun();
  const compiled = compileTestRun(run, models);
  await db.warehouse.execute(
    `create schema ${identifier(buildSchema({ vertical: 'shop', layer: 'marts' }, run.runNo))}`,
  );
  for (const model of compiled.beside.models) {
    const { materialized, name, sql } = model;
    await db.warehouse.execute(`create ${materialized} ${relation(buildSchema(model, run.runNo), name)} as ${sql}`);
  }
  const checks = names.map((name) => defineTestCheck({ ...cases[name]!.check, id: idOf(name) }));
  results = await check(
    { run, checks: [...checks, keys, compositeKey, byKey], sources: [], compiled, runClock: RUN_CLOCK },
    db,
  );
});
afterAll(() => db.stop());

const failingRows = (checkId: string) =>
  db.warehouse.query('select * from audit.failing_rows where run_id = $1 and check_id = $2 order by row_no', [
    run.runId,
    checkId,
  ]);

test.each(names)('%s', async (name) => {
  const expected = cases[name]!;
  const result = results.find(({ checkId }) => checkId === idOf(name))!;
  expect([result.status, result.message]).toEqual([
    expected.status,
    expected.message?.replace('shop.N', idOf(name)) ?? result.message,
  ]);
  if (expected.counts) expect(`${result.population}/${result.failures}`).toBe(expected.counts);
  if (expected.status === 'error') expect(result.message).toMatch(/\[[A-Z_]+\]$/);
  expect(result.message ?? '').not.toMatch(/canary|\bann\b/);
  expect(result.blocking).toBe(expected.check.settings?.severity !== 'warn');
  if (expected.rows) {
    const rows = await failingRows(idOf(name));
    expect(
      rows.map((row) =>
        [`${row['subject_id']}: ${row['reason']}`, row['amount'], row['occurred_at']]
          .filter((part) => part !== null)
          .join(' ')
          .replace(/ -?0\.01$/, ''),
      ),
    ).toEqual(expected.rows);
  }
});

test('every kind of check is here, with a pass, a failure and nothing to look at', () => {
  for (const kind of [...Object.keys(CHECK_KINDS), 'bespoke']) {
    const statuses = new Set(results.filter((result) => result.kind === kind).map(({ status }) => status));
    expect([kind, ['pass', 'fail', 'no_data'].filter((status) => !statuses.has(status as CheckStatus))]).toEqual([
      kind,
      [],
    ]);
  }
});

test('a difference is kept with its amount', async () => {
  const [row] = await failingRows(idOf('reconcile finds what differs'));
  expect(row).toMatchObject({ subject_id: '2', amount: '-0.01' });
});

test('the rows that are kept have a limit, the count has none', async () => {
  const id = idOf('more rows than are kept are all counted');
  expect(results.find(({ checkId }) => checkId === id)).toMatchObject({
    failures: '100001',
    failingRowsKept: '100000',
  });
  expect(await failingRows(id)).toHaveLength(100_000);
});

test('a row whose key has a null in it is not taken for another', async () => {
  const subjects = (await failingRows('shop.by_key')).map((row) => row['subject_id']);
  expect(new Set(subjects).size).toBe(3);
  expect(subjects).toContain('1/a');
});

test('what is recorded names the live schemas and is the same when asked again', async () => {
  const [row] = await db.warehouse.query(
    'select sql, reads from audit.check_results where run_id = $1 and check_id = $2',
    [run.runId, idOf('relationships fails')],
  );
  expect(row?.['sql']).toContain('"shop"."sales"');
  expect(row?.['sql']).not.toContain('__r');
  expect(row?.['reads']).toBe('["sales","people"]');
  expect(await check({ run, checks: [], sources: [], compiled: compileTestRun(run, models) }, db)).toEqual(results);
});
