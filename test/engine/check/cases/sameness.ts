import type { TestModel } from '../../../setup/compile-test-run.ts';
import { keyOf, table, values } from './case.ts';
import type { Cases } from './case.ts';

export const models: readonly TestModel[] = [
  {
    name: 'bills',
    template: table(
      `select id, vendor, number, date '2026-01-01' + day as billed, amount from (values (1, 'V1', 'INV-001', 0, 100.00), (2, 'V1', 'INV-002', 0, 100.00), (3, 'V2', 'INV-001', 0, 50.00), (4, 'V2', null, 0, 50.00), (5, 'V3', 'X', 0, 7.00), (6, 'V3', 'X', 20, 7.00), (7, 'V4', 'R', 0, 9.00), (8, 'V4', 'R', 0, -9.00)) as v(id, vendor, number, day, amount)`,
    ),
  },
  {
    name: 'double_bills',
    template: table(
      `select id, vendor, number, date '2026-01-01' + day as billed, amount from (values (1, 'V1', 'INV-001', 0, 100.00), (2, 'V1', 'inv 001', 3, 100.00), (3, 'V2', 'INV-001', 0, 100.00), (4, 'V3', 'A', 0, 7.00), (5, 'V3', 'A', 0, 7.00), (6, 'V3', 'A', 0, -7.00), (7, 'V4', 'B', 0, 8.00), (8, 'V4', 'B', 0, 8.00), (9, 'V4', 'B', 5, 8.01), (10, null, 'B', 0, 8.00)) as v(id, vendor, number, day, amount)`,
    ),
  },
  {
    name: 'hundred',
    template: table(
      'select n as id, n * 1.5 as amount, case when n % 2 = 0 then 1 else 0 end as bit, null::numeric as none from generate_series(1, 100) as n',
    ),
  },
  {
    name: 'hundred_before',
    template: table(
      'select n as id, n * 1.5 as amount, case when n % 2 = 0 then 1 else 0 end as bit from generate_series(1, 100) as n',
    ),
  },
  {
    name: 'shifted',
    template: table(
      'select n as id, 60 + n * 0.9 as amount, case when n % 10 < 3 then 1 else 0 end as bit from generate_series(1, 100) as n',
    ),
  },
  {
    name: 'our_ledger',
    template: values(
      'a, b, note, amount, due, loaded',
      `'a-', 'b', 'x', 10.00, timestamptz '2026-01-01 00:00:00.000001Z', 1`,
      `'a/', 'b', 'x', 9007199254740993, timestamptz '2026-01-02Z', 1`,
    ),
  },
  {
    name: 'their_ledger',
    template: values(
      'a, part, note, total, amount, due, loaded',
      `'a-', 'b', ' X', 10.01, 10.00, timestamptz '2026-01-01 00:00:00.000001Z', 2`,
      `'a/', 'b', 'x', 9007199254740993, 9007199254740993, timestamptz '2026-01-02Z', 2`,
    ),
  },
  {
    name: 'same_ledger',
    template: values(
      'a, b, note, amount, due, loaded',
      `'a-', 'b', 'X ', 10.05, timestamptz '2026-01-01 00:00:00.000001Z', 2`,
      `'a/', 'b', 'x', 9007199254740993, timestamptz '2026-01-02Z', 2`,
    ),
  },
  {
    name: 'odd_ledger',
    template: values(
      'a, b, note, amount, due, loaded',
      `'a', '-b', 'x', 10.00, timestamptz '2026-01-01 00:00:00.000001Z', 1`,
      `'a', '/b', 'x', 1, timestamptz '2026-01-02Z', 1`,
      `'a/', 'b', 'y', 9007199254740992, timestamptz '2026-01-02 00:00:00.000001Z', 1`,
    ),
  },
];

const LEDGER = { keys: ['a', 'b'] };

/** As the last published run left them. */
export const previous: readonly TestModel[] = [
  { name: 'hundred', template: table('select n as id, n * 1.5 as amount from generate_series(1, 100) as n') },
];

/** Duplicates, distributions and reconciliations. */
export const cases: Cases = {
  ...keyOf('bills', 'double_bills', 'hundred', 'shifted'),
  'duplicates passes': {
    check: {
      kind: 'duplicates',
      on: 'bills',
      arguments: {
        same: ['vendor', 'number', 'amount', 'billed'],
        normalise: { number: 'upper' },
        within: { billed: '5 days' },
      },
    },
    status: 'pass',
    counts: '7/0',
  },
  'duplicates passes on plain columns': {
    check: { kind: 'duplicates', on: 'bills', arguments: { same: ['vendor', 'number', 'billed', 'amount'] } },
    status: 'pass',
    counts: '7/0',
  },
  'duplicates passes where another vendor has another amount': {
    check: { kind: 'duplicates', on: 'bills', arguments: { same: ['number', 'amount'], different: ['vendor'] } },
    status: 'pass',
    counts: '7/0',
  },
  'duplicates passes where two things must differ': {
    check: {
      kind: 'duplicates',
      on: 'bills',
      arguments: { same: ['number', 'amount'], different: ['vendor', 'billed'] },
    },
    status: 'pass',
    counts: '7/0',
  },
  'duplicates finds the very same': {
    check: {
      kind: 'duplicates',
      on: 'double_bills',
      arguments: { same: ['vendor', 'number', 'amount'], amount: 'amount' },
    },
    status: 'fail',
    counts: '9/4',
  },
  'duplicates finds what is nearly the same': {
    check: {
      kind: 'duplicates',
      on: 'double_bills',
      arguments: {
        same: ['vendor', 'number', 'amount', 'billed'],
        normalise: { number: 'alphanumeric' },
        within: { billed: '3 days' },
      },
    },
    status: 'fail',
    counts: '9/6',
  },
  'duplicates does not take a day more for near': {
    check: {
      kind: 'duplicates',
      on: 'double_bills',
      arguments: {
        same: ['vendor', 'number', 'amount', 'billed'],
        normalise: { number: 'digits' },
        within: { billed: '2 days' },
      },
      settings: { where: "vendor = 'V1'" },
    },
    status: 'pass',
    counts: '2/0',
  },
  'duplicates joins what is near in two ways': {
    check: {
      kind: 'duplicates',
      on: 'double_bills',
      arguments: { same: ['vendor', 'number', 'amount', 'billed'], within: { billed: '5 days', amount: '0.01' } },
      settings: { where: "vendor = 'V4'" },
    },
    status: 'fail',
    counts: '3/3',
  },
  'duplicates finds one bill of two vendors': {
    check: {
      kind: 'duplicates',
      on: 'double_bills',
      arguments: { same: ['number', 'amount'], different: ['vendor'] },
    },
    status: 'fail',
    counts: '10/5',
  },
  'duplicates leaves out what a credit memo takes back': {
    check: {
      kind: 'duplicates',
      on: 'double_bills',
      arguments: { same: ['vendor', 'number', 'amount'], amount: 'amount', net_zero_is_fine: true },
      settings: { where: "vendor = 'V3'" },
    },
    status: 'pass',
    counts: '3/0',
  },
  'duplicates over an empty table has no data': {
    check: { kind: 'duplicates', on: 'empty', arguments: { same: 'who' } },
    status: 'no_data',
  },
  'duplicates over nulls alone has no data': {
    check: { kind: 'duplicates', on: 'nulls', arguments: { same: ['who', 'n'] } },
    status: 'no_data',
  },

  'distribution_shift passes against another relation': {
    check: { kind: 'distribution_shift', on: 'hundred', column: 'amount', arguments: { to: 'hundred_before' } },
    status: 'pass',
    counts: '100/0',
  },
  'distribution_shift passes against the last published run': {
    check: { kind: 'distribution_shift', on: 'hundred', column: 'amount', arguments: { bins: 4 } },
    status: 'pass',
    counts: '100/0',
  },
  'distribution_shift by its distance passes': {
    check: {
      kind: 'distribution_shift',
      on: 'hundred',
      column: 'amount',
      arguments: { method: 'ks', to: 'hundred_before', max: 0 },
    },
    status: 'pass',
    counts: '100/0',
  },
  'distribution_shift by its distance fails': {
    check: {
      kind: 'distribution_shift',
      on: 'shifted',
      column: 'amount',
      arguments: { method: 'ks', to: 'hundred_before', max: '0.39' },
    },
    status: 'fail',
    counts: '100/1',
    rows: ['shifted: ks of amount against hundred_before is 0.400000, above 0.39; most of it at 60.0'],
  },
  'distribution_shift of categories, .5 and .5 to .3 and .7': {
    check: {
      kind: 'distribution_shift',
      on: 'shifted',
      column: 'bit',
      arguments: { as: 'categories', to: 'hundred_before', max: 0.169459 },
    },
    status: 'fail',
    counts: '100/1',
    rows: ['shifted: psi of bit against hundred_before is 0.169460, above 0.169459; most of it at 1'],
  },
  'distribution_shift is not above just what it is': {
    check: {
      kind: 'distribution_shift',
      on: 'shifted',
      column: 'bit',
      arguments: { expected: { 0: '0.5', 1: '0.5' }, max: '0.16946' },
    },
    status: 'pass',
    counts: '100/0',
  },
  'distribution_shift of numbers names the bin': {
    check: {
      kind: 'distribution_shift',
      on: 'shifted',
      column: 'amount',
      arguments: { to: 'hundred_before', edges: [60, 120] },
    },
    status: 'fail',
    counts: '100/1',
  },
  'distribution_shift without an earlier run has nothing to compare with': {
    check: { kind: 'distribution_shift', on: 'shifted', column: 'amount' },
    status: 'no_data',
    counts: '0/0',
    message: 'no earlier published run to compare with',
  },
  'distribution_shift over an empty table has no data': {
    check: { kind: 'distribution_shift', on: 'empty', column: 'amount', arguments: { to: 'hundred_before' } },
    status: 'no_data',
  },
  'distribution_shift against an empty table has no data': {
    check: { kind: 'distribution_shift', on: 'hundred', column: 'amount', arguments: { to: 'empty' } },
    status: 'no_data',
  },
  'distribution_shift over nulls alone has no data': {
    check: { kind: 'distribution_shift', on: 'nulls', column: 'amount', arguments: { expected: { 1: 1 } } },
    status: 'no_data',
  },

  'reconcile of all columns, with names that differ, passes': {
    check: {
      kind: 'reconcile',
      on: 'our_ledger',
      arguments: { to: 'their_ledger', keys: ['a', { b: 'part' }], compare: ['amount', 'due'], find: 'both' },
    },
    status: 'pass',
    counts: '2/0',
  },
  'reconcile of all columns that both have': {
    check: {
      kind: 'reconcile',
      on: 'our_ledger',
      arguments: {
        ...LEDGER,
        to: 'same_ledger',
        compare: 'all',
        except: 'loaded',
        tolerance: '0.5 %',
        trim: true,
        ignore_case: true,
      },
    },
    status: 'pass',
    counts: '2/0',
  },
  'reconcile names each column that differs, in one row': {
    check: {
      kind: 'reconcile',
      on: 'our_ledger',
      arguments: { ...LEDGER, to: 'same_ledger', compare: 'all', except: ['due'], tolerance: { amount: '0.05' } },
    },
    status: 'fail',
    counts: '2/2',
    rows: [
      'a-/b: note is x in our_ledger and X  in same_ledger; loaded is 1 in our_ledger and 2 in same_ledger -1',
      'a\\//b: loaded is 1 in our_ledger and 2 in same_ledger -1',
    ],
  },
  'reconcile compares columns of other names': {
    check: {
      kind: 'reconcile',
      on: 'our_ledger',
      arguments: { to: 'their_ledger', keys: { a: 'a', b: 'part' }, compare: { amount: 'total' }, find: 'differing' },
    },
    status: 'fail',
    counts: '2/1',
    rows: ['a-/b: amount is 10.00 in our_ledger and 10.01 in their_ledger -0.01'],
  },
  'reconcile looks only where the other side is told to': {
    check: {
      kind: 'reconcile',
      on: 'our_ledger',
      arguments: { ...LEDGER, to: 'odd_ledger', to_where: "note = 'y'" },
      settings: { where: "a = 'a/'" },
    },
    status: 'pass',
    counts: '1/0',
  },
  'reconcile does not take one key for another that is written alike, and is exact': {
    check: {
      kind: 'reconcile',
      on: 'our_ledger',
      arguments: { ...LEDGER, to: 'odd_ledger', compare: ['amount', 'due'] },
    },
    status: 'fail',
    counts: '4/4',
    rows: [
      'a-/b: is in our_ledger but not in odd_ledger',
      'a/-b: is in odd_ledger but not in our_ledger',
      'a/\\/b: is in odd_ledger but not in our_ledger',
      'a\\//b: amount is 9007199254740993 in our_ledger and 9007199254740992 in odd_ledger; due is 2026-01-02 00:00:00+00 in our_ledger and 2026-01-02 00:00:00.000001+00 in odd_ledger 1',
    ],
  },
  'reconcile without a column in common cannot run': {
    check: {
      kind: 'reconcile',
      on: 'payments',
      arguments: { to: 'other_totals', keys: { invoice: 'total' }, compare: 'all' },
    },
    status: 'error',
    message:
      'checks/shop/test.yml:7: check shop.N: payments and other_totals have no column in common to compare [CHECK_INVALID]',
  },
  'reconcile over nulls alone fails': {
    check: { kind: 'reconcile', on: 'nulls', arguments: { to: 'nulls', keys: ['id'] } },
    status: 'fail',
    counts: '6/8',
  },
};
