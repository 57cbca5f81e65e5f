import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHECK_KINDS } from '../../../engine/check-kinds/check-kinds.ts';
import { check } from '../../../engine/check/check.ts';
import type { RecordedCheck } from '../../../engine/check/check.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { caseNames, idOf, openCaseWorld, RUN_CLOCK } from './case-world.ts';
import type { CaseWorld } from './case-world.ts';
import { cases, sources } from './check-cases.ts';

let world: CaseWorld;
let results: readonly RecordedCheck[];
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
  world = await openCaseWorld();
  const checks = [...world.checks, keys, compositeKey, byKey];
  results = await check({ ...world, checks, sources, runClock: RUN_CLOCK }, world.db);
});
afterAll(() => world.db.stop());

const failingRows = (checkId: string) =>
  world.db.warehouse.query('select * from audit.failing_rows where run_id = $1 and check_id = $2 order by row_no', [
    world.run.runId,
    checkId,
  ]);

test.each(caseNames)('%s', async (name) => {
  const expected = cases[name]!;
  const result = results.find(({ checkId }) => checkId === idOf(name))!;
  expect([result.status, result.message]).toEqual([
    expected.status,
    expected.message?.replace('shop.N', idOf(name)) ?? result.message,
  ]);
  if (expected.counts) expect(`${result.population}/${result.failures}`).toBe(expected.counts);
  if (expected.status === 'error') expect(result.message).toMatch(/\[[A-Z_]+\]$/);
  expect(result.message ?? '').not.toMatch(/canary|\bann\b/);
  const { severity, no_data: nothing } = world.checks[caseNames.indexOf(name)]!.settings;
  expect(result.blocking).toBe(severity === 'error' && !(result.status === 'no_data' && nothing === 'tell'));
  if (expected.rows) {
    const rows = await failingRows(idOf(name));
    expect(
      rows.map((row) =>
        [`${row['subject_id']}: ${row['reason']}`, row['amount'], row['occurred_at']]
          .filter((part) => part !== null)
          .join(' '),
      ),
    ).toEqual(expected.rows);
  }
});

const NULLS_ALONE = /nulls? alone/;

test('every kind has a case that passes, one that fails, one without rows and one of nulls alone', () => {
  const lacking = [...Object.keys(CHECK_KINDS), 'bespoke'].flatMap((kind) => {
    const of = caseNames.flatMap((name, index) => {
      const result = results[index]!;
      return world.checks[index]!.kind === kind ? [{ name, result }] : [];
    });
    const has = {
      pass: of.some(({ result }) => result.status === 'pass'),
      fail: of.some(({ result }) => result.status === 'fail'),
      'no_data, or a failure, of nothing at all': of.some(
        ({ result }) => result.population === '0' && ['no_data', 'fail'].includes(result.status),
      ),
      '"nulls alone" in its name': kind === 'bespoke' || of.some(({ name }) => NULLS_ALONE.test(name)),
    };
    return Object.entries(has).flatMap(([what, isThere]) => (isThere ? [] : [`${kind}: ${what}`]));
  });
  expect(lacking).toEqual([]);
});

test('no case without a row to look at passes', () => {
  const vacuous = results.filter(({ population, status }) => population === '0' && status === 'pass');
  expect(vacuous.map(({ checkId }) => checkId)).toEqual([]);
});

test('every kind says what it finds, shows an example and has faults that it must find', () => {
  const silent = Object.entries(CHECK_KINDS).filter(
    ([, { finds, example, faults }]) => finds.trim() === '' || example.trim() === '' || faults.length === 0,
  );
  expect(silent.map(([kind]) => kind)).toEqual([]);
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
  const { db, run, compiled } = world;
  const [row] = await db.warehouse.query(
    'select sql, reads from audit.check_results where run_id = $1 and check_id = $2',
    [run.runId, idOf('relationships fails')],
  );
  expect(row?.['sql']).toContain('"shop"."sales"');
  expect(row?.['sql']).not.toContain('__r');
  expect(row?.['reads']).toBe('["sales","people"]');
  expect(await check({ run, checks: [], sources: [], compiled }, db)).toEqual(results);
});
