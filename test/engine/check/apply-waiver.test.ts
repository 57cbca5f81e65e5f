import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyWaiver } from '../../../engine/check/apply-waiver.ts';
import { countOutside } from '../../../engine/check/count-outside.ts';
import type { CheckedSlice, CheckResult, CheckStatus, Waiver } from '../../../engine/contracts/check.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;

beforeAll(async () => {
  db = await createTestWarehouse();
});

afterAll(() => db.stop());

const definition = defineTestCheck({ id: 'shop.amount', kind: 'not_null', on: 'orders', column: 'amount' });
const WAIVER: Waiver = {
  check: 'shop.amount',
  vertical: 'shop',
  reason: 'the till was down that day',
  author: 'Ann Bell',
  approver: 'Carl Dunn',
  approvedOn: '2026-01-31',
  expires: '2026-03-31',
  maxFailures: null,
  subjects: [],
  file: 'checks/shop/waivers.yml',
  line: 2,
  hash: 'f'.repeat(64),
};
const { reason, author, approver, approvedOn, expires, hash } = WAIVER;
const APPLIED = { reason, author, approver, approvedOn, expires, hash };

type Judged = Pick<CheckResult, 'status' | 'blocking' | 'failures' | 'waiver' | 'slices' | 'message'>;
const judged = (status: CheckStatus, failures = 4n, slices: readonly CheckedSlice[] = []): Judged => ({
  status,
  blocking: true,
  failures,
  waiver: null,
  slices,
  message: null,
});
const never = (): Promise<bigint> => Promise.reject(new Error('not asked'));
const apply = (
  result: Judged,
  waivers: readonly Partial<Waiver>[],
  day: string | null = '2026-02-10',
  outside = never,
) =>
  applyWaiver(result, {
    definition,
    waivers: waivers.map((waiver) => ({ ...WAIVER, ...waiver })),
    runClock: day === null ? undefined : `${day}T23:59:59.000000Z`,
    outside,
  });

test.each(['fail', 'warn'] as const)('a waived %s stays one, carries the waiver and does not block', async (status) => {
  expect(await apply(judged(status), [{}])).toEqual({ ...judged(status), blocking: false, waiver: APPLIED });
});

test.each(['pass', 'error', 'no_data', 'skipped'] as const)('%s is nothing to waive', async (status) => {
  expect(await apply(judged(status), [{}])).toEqual(judged(status));
});

test('a waiver holds on its first day and on its last, and blocks again on the day after, which is told', async () => {
  const on = async (day: string | null) => {
    const { blocking, waiver, message } = await apply(judged('fail'), [{}], day);
    return [day, blocking, waiver === null ? null : waiver.expires, message];
  };
  expect([
    await on('2026-01-30'),
    await on('2026-01-31'),
    await on('2026-03-31'),
    await on('2026-04-01'),
    await on(null),
  ]).toEqual([
    ['2026-01-30', true, null, 'waiver holds from 2026-01-31'],
    ['2026-01-31', false, '2026-03-31', null],
    ['2026-03-31', false, '2026-03-31', null],
    ['2026-04-01', true, null, 'waiver expired on 2026-03-31'],
    [null, true, null, 'not waived: without a run clock it is not known whether the waiver is over'],
  ]);
});

test('of several waivers that of the day holds', async () => {
  const later = { approvedOn: '2026-05-01', expires: '2026-06-30' };
  expect((await apply(judged('fail'), [{}, later], '2026-05-05')).waiver?.expires).toBe('2026-06-30');
  expect((await apply(judged('fail'), [later, {}], '2026-04-05')).message).toBe(
    'waiver expired on 2026-03-31; waiver holds from 2026-05-01',
  );
  expect((await apply(judged('fail'), [{ check: 'shop.another' }])).message).toBeNull();
});

test('more failures than were waived are not waived', async () => {
  expect((await apply(judged('fail', 4n), [{ maxFailures: 4n }])).waiver).toEqual(APPLIED);
  expect(await apply({ ...judged('fail', 6n), message: 'found' }, [{ maxFailures: 4n }])).toEqual({
    ...judged('fail', 6n),
    message: 'found; waived for 4, found 6',
  });
});

test('a slice without data is not waived with the failures of others', async () => {
  const slice = (status: CheckStatus): CheckedSlice => ({
    slice: 'EU',
    from: null,
    to: null,
    status,
    population: 0n,
    failures: 0n,
  });
  expect((await apply(judged('fail', 4n, [slice('fail'), slice('pass')]), [{}])).waiver).toEqual(APPLIED);
  expect((await apply(judged('fail', 4n, [slice('no_data')]), [{}])).message).toBe(
    'not waived: slice EU had nothing to look at, and that cannot be waived',
  );
});

test('a waiver of subjects covers no others, however many rows there are', async () => {
  const outside = (query: string) => (subjects: readonly string[]) => countOutside(query, subjects, db.warehouse);
  const rows = (query: string, subjects: string[]) =>
    apply(judged('fail'), [{ subjects }], '2026-02-10', outside(query) as typeof never);
  const many = `select case when n < 150000 then 'a''1' else 'b' end as subject_id from generate_series(1, 150001) as n`;
  expect((await rows(many, [`a'1`, 'b'])).waiver).toEqual(APPLIED);
  expect((await rows(many, [`a'1`])).message).toBe('waived for 1 subject, found 2 rows of others');
  expect((await rows(`select null as subject_id`, ['a', 'b'])).message).toBe(
    'waived for 2 subjects, found 1 row of others',
  );
  expect((await rows(`select 7 as subject_id`, ['7'])).waiver).toEqual(APPLIED);
});
