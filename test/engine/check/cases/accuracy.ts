import type { TestModel } from '../../../setup/compile-test-run.ts';
import { keyOf, values } from './case.ts';
import type { Cases } from './case.ts';

const entries = 'entry, line, side, amount, debit, credit';

export const models: readonly TestModel[] = [
  {
    name: 'journal',
    template: values(
      entries,
      `'E1', 1, 'D', 10.10, 10.10, null`,
      `'E1', 2, 'C', 10.10, null, 10.10`,
      `'E2', 1, 'S', 0.10, 0.10, null`,
      `'E2', 2, 'S', 0.20, 0.20, 0.00`,
      `'E2', 3, 'C', 0.30, null, 0.30`,
    ),
  },
  {
    name: 'lopsided',
    template: values(
      entries,
      `'E1', 1, 'D', 10.10, 10.10, null`,
      `'E1', 2, 'C', 10.09, null, 10.09`,
      `'E2', 1, 'D', 5.00, 5.00, null`,
      `'E2', 2, 'C', 5.00, null, 5.00`,
      `'E2', 3, 'C', null, null, null`,
      `'E3', 1, 'X', 7.00, 7.00, null`,
      `'E4', 1, 'D', 1.00, 1.00, null`,
      `'E4', 2, 'C', 1.00, null, 1.00`,
    ),
  },
  { name: 'journal_totals', template: values('entry_no, total', `'E1', 20.20`, `'E2', 0.60`) },
  { name: 'other_totals', template: values('entry_no, total', `'E1', 20.21`, `'E3', 1.00`, `'E2', null`) },
  {
    name: 'balances',
    template: values(
      'account, unit, year, period, opening, activity, closing',
      `'100', 'A', 2026, 1, 10.00, 5.00, 15.00`,
      `'100', 'A', 2026, 2, 15.00, -3.00, 12.00`,
      `'100', 'B', 2026, 1, 100.00, 0.00, 100.00`,
      `'100', 'A', 2027, 1, 12.00, 0.01, 12.01`,
    ),
  },
  {
    name: 'postings',
    template: values(
      'gl_account, unit, year, period, amount',
      `'100', 'A', 2026, 1, 2.00`,
      `'100', 'A', 2026, 1, 3.00`,
      `'100', 'A', 2026, 2, -3.00`,
      `'100', 'A', 2027, 1, 0.01`,
    ),
  },
  {
    name: 'broken_balances',
    template: values(
      'account, unit, year, period, opening, activity, closing',
      `'100', 'A', 2026, 1, 10.00, 5.00, 15.01`,
      `'100', 'A', 2026, 2, 15.00, -3.00, 12.00`,
      `'100', 'B', 2026, 1, 100.00, null, 100.00`,
      `'100', 'C', 2026, 1, null, 0.00, 0.00`,
      `'100', 'D', 2026, 1, 1.00, 0.00, 1.00`,
      `'100', 'D', 2026, 1, 1.00, 0.00, 1.00`,
      `null, 'D', 2026, 1, 1.00, 0.00, 1.00`,
    ),
  },
  {
    name: 'broken_postings',
    template: values(
      'gl_account, unit, year, period, amount',
      `'100', 'A', 2026, 1, 5.00`,
      `'100', 'A', 2026, 2, null`,
      `'999', 'A', 2026, 1, 1.00`,
    ),
  },
  {
    name: 'invoices',
    template: values(
      'id, customer, quantity, price, total, paid',
      `1, 'ann', 3, 0.10, 0.30, 0.30`,
      `2, 'ben', 2, 1.25, 2.50, 2.00`,
      `3, 'cat', null, null, null, null`,
    ),
  },
  { name: 'wanted', template: values('id, quantity', `1, 1`, `1, 2`, `2, 2`) },
  { name: 'orders', template: values('id, quantity', `1, 3`, `2, 2`) },
  { name: 'payments', template: values('invoice, amount', `1, 0.10`, `1, 0.20`, `2, 2.00`) },
  {
    name: 'wrong_invoices',
    template: values(
      'id, customer, quantity, price, total, paid',
      `1, 'ann', 3, 0.10, 0.31, 0.30`,
      `2, 'ben', 2, 1.25, null, 2.01`,
      `4, 'dan', null, 1.00, 1.00, 1.00`,
      `5, 'eve', 1, 1.00, 1.00, 0.50`,
      `5, 'eve', 1, 1.00, 1.00, 0.50`,
    ),
  },
];

const CREDIT = { amount: 'amount', side: 'side', debit_values: ['D', 'S'], credit_values: ['C'] };
const ROLLED = {
  keys: ['account', 'unit'],
  period: ['year', 'period'],
  opening: 'opening',
  closing: 'closing',
};
const POSTED = {
  ...ROLLED,
  keys: [{ account: 'gl_account' }, 'unit'],
  to: 'postings',
  to_amount: 'amount',
};
/** Sums, balances and what is computed anew. */
export const cases: Cases = {
  ...keyOf('invoices'),
  'unique names the rows of wrong_invoices': {
    check: { kind: 'unique', on: 'wrong_invoices', column: 'id' },
    status: 'fail',
  },
  'sum of a column passes': {
    check: { kind: 'sum', on: 'journal', column: 'amount', arguments: { equals: '20.80' } },
    status: 'pass',
    counts: '5/0',
  },
  'sum fails by a cent': {
    check: { kind: 'sum', on: 'journal', column: 'amount', arguments: { equals: 20.81 } },
    status: 'fail',
    counts: '5/1',
    rows: ['journal: sum of amount is 20.80; expected 20.81 -0.01'],
  },
  'sum forgives up to its tolerance': {
    check: { kind: 'sum', on: 'journal', column: 'amount', arguments: { equals: 20.81, tolerance: '0.01' } },
    status: 'pass',
    counts: '5/0',
  },
  'sum lies within bounds': {
    check: { kind: 'sum', on: 'journal', column: 'amount', arguments: { min: 20.8, max: 20.8 } },
    status: 'pass',
    counts: '5/0',
  },
  'sum of each group names those outside': {
    check: { kind: 'sum', on: 'journal', column: 'amount', arguments: { max: 20, group_by: ['entry'] } },
    status: 'fail',
    counts: '5/1',
    rows: ['E1: sum of amount is 20.20; expected at most 20'],
  },
  'sum of an aggregate over some rows': {
    check: {
      kind: 'sum',
      on: 'journal',
      arguments: { value: 'sum(debit) - sum(credit)', equals: 0 },
      settings: { where: "entry = 'E1'" },
    },
    status: 'pass',
    counts: '2/0',
  },
  'sum is that of another relation, group by group': {
    check: {
      kind: 'sum',
      on: 'journal',
      column: 'amount',
      arguments: { to: 'journal_totals', to_value: 'sum(total)', group_by: { entry: 'entry_no' } },
    },
    status: 'pass',
    counts: '7/0',
  },
  'sum against another relation finds groups and numbers': {
    check: {
      kind: 'sum',
      on: 'journal',
      column: 'amount',
      arguments: { to: 'other_totals', to_value: 'sum(total)', group_by: { entry: 'entry_no' } },
    },
    status: 'fail',
    counts: '8/3',
    rows: [
      'E1: sum of amount is 20.20 in journal and 20.21 in other_totals -0.01',
      'E2: sum of amount is 0.60 in journal and null in other_totals',
      'E3: is in other_totals but not in journal',
    ],
  },
  'sum of all against a relation that is empty fails': {
    check: { kind: 'sum', on: 'sales', column: 'amount', arguments: { to: 'empty' } },
    status: 'fail',
    counts: '4/1',
    rows: ['sales: is in sales but not in empty'],
  },
  'sum of two empty tables has no data': {
    check: { kind: 'sum', on: 'empty', column: 'amount', arguments: { to: 'empty' } },
    status: 'no_data',
    counts: '0/0',
  },
  'sum over an empty table has no data': {
    check: { kind: 'sum', on: 'empty', column: 'amount', arguments: { equals: 0 } },
    status: 'no_data',
    counts: '0/0',
  },
  'sum over nulls alone is no number': {
    check: { kind: 'sum', on: 'nulls', column: 'amount', arguments: { equals: 0 } },
    status: 'fail',
    counts: '3/1',
    rows: ['nulls: sum of amount is null; expected 0'],
  },

  'balance passes by side': {
    check: { kind: 'balance', on: 'journal', arguments: { ...CREDIT, group_by: ['entry'] } },
    status: 'pass',
    counts: '5/0',
  },
  'balance passes by two columns': {
    check: { kind: 'balance', on: 'journal', arguments: { debit: 'debit', credit: 'credit', group_by: 'entry' } },
    status: 'pass',
    counts: '5/0',
  },
  'balance of all rows passes': {
    check: { kind: 'balance', on: 'journal', arguments: { debit: 'debit', credit: 'credit' } },
    status: 'pass',
    counts: '5/0',
  },
  'balance takes neither a missing amount nor an unknown side for zero': {
    check: { kind: 'balance', on: 'lopsided', arguments: { ...CREDIT, group_by: ['entry'] } },
    status: 'fail',
    counts: '8/3',
    rows: [
      'E1: debits 10.10, credits 10.09 0.01',
      'E2: debits 5.00, credits 5.00, 1 rows without an amount or of a side that is neither 0.00',
      'E3: debits 0, credits 0, 1 rows without an amount or of a side that is neither 0',
    ],
  },
  'balance forgives a cent': {
    check: {
      kind: 'balance',
      on: 'lopsided',
      arguments: { ...CREDIT, group_by: ['entry'], tolerance: '0.01' },
      settings: { where: "entry in ('E1', 'E4')" },
    },
    status: 'pass',
    counts: '4/0',
  },
  'balance of all rows fails': {
    check: {
      kind: 'balance',
      on: 'lopsided',
      arguments: { debit: 'debit', credit: 'credit' },
      settings: { where: "entry = 'E1'" },
    },
    status: 'fail',
    counts: '2/1',
  },
  'balance over an empty table has no data': {
    check: { kind: 'balance', on: 'empty', arguments: { debit: 'amount', credit: 'amount', group_by: ['id'] } },
    status: 'no_data',
    counts: '0/0',
  },
  'balance over nulls alone fails': {
    check: { kind: 'balance', on: 'nulls', arguments: { debit: 'amount', credit: 'amount' } },
    status: 'fail',
    counts: '3/1',
  },

  'roll_forward passes within its rows': {
    check: { kind: 'roll_forward', on: 'balances', arguments: { ...ROLLED, activity: 'activity' } },
    status: 'pass',
    counts: '4/0',
  },
  'roll_forward passes with the activity of another relation': {
    check: { kind: 'roll_forward', on: 'balances', arguments: POSTED },
    status: 'pass',
    counts: '4/0',
  },
  'roll_forward can want a row of activity for each balance': {
    check: { kind: 'roll_forward', on: 'balances', arguments: { ...POSTED, no_activity: 'violation' } },
    status: 'fail',
    counts: '4/1',
    rows: ['100/B/2026/1: has no activity in postings, or one without an amount'],
  },
  'roll_forward finds every break within its rows': {
    check: { kind: 'roll_forward', on: 'broken_balances', arguments: { ...ROLLED, activity: 'activity' } },
    status: 'fail',
    counts: '7/7',
    rows: [
      '100/A/2026/1: opening 10.00 + activity 5.00 is 15.00, closing is 15.01 -0.01',
      '100/A/2026/2: opening is 15.00, the closing before it 15.01 0.00',
      '100/B/2026/1: has no activity',
      '100/C/2026/1: has no opening balance',
      '100/D/2026/1: stands 2 times in one period 0.00',
      '100/D/2026/1: stands 2 times in one period 0.00',
      '\\N/D/2026/1: a part of its key is missing 0.00',
    ],
  },
  'roll_forward finds activity without a balance': {
    check: { kind: 'roll_forward', on: 'balances', arguments: { ...POSTED, to: 'broken_postings' } },
    status: 'fail',
    counts: '5/3',
    rows: [
      '100/A/2026/2: has no activity in broken_postings, or one without an amount',
      '100/A/2027/1: opening 12.00 + activity 0 is 12.00, closing is 12.01 -0.01',
      '999/A/2026/1: has activity in broken_postings but no balance in balances',
    ],
  },
  'roll_forward forgives a cent': {
    check: {
      kind: 'roll_forward',
      on: 'broken_balances',
      arguments: { ...ROLLED, activity: 'activity', tolerance: '0.01' },
      settings: { where: "unit = 'A'" },
    },
    status: 'pass',
    counts: '2/0',
  },
  'roll_forward over an empty table has no data': {
    check: {
      kind: 'roll_forward',
      on: 'empty',
      arguments: { keys: 'who', period: 'id', opening: 'amount', closing: 'amount', activity: 'amount' },
    },
    status: 'no_data',
  },
  'roll_forward over nulls alone fails': {
    check: {
      kind: 'roll_forward',
      on: 'nulls',
      arguments: { keys: 'n', period: 'n', opening: 'amount', closing: 'amount', activity: 'amount' },
    },
    status: 'fail',
    counts: '3/3',
  },

  'recompute from the same row passes': {
    check: { kind: 'recompute', on: 'invoices', column: 'total', arguments: { expression: 'quantity * price' } },
    status: 'pass',
    counts: '2/0',
  },
  'recompute from another relation passes': {
    check: {
      kind: 'recompute',
      on: 'invoices',
      column: 'paid',
      arguments: { to: 'payments', keys: { id: 'invoice' }, to_value: 'sum(amount)' },
      settings: { where: 'id < 3' },
    },
    status: 'pass',
    counts: '2/0',
  },
  'recompute from all rows of another relation passes': {
    check: {
      kind: 'recompute',
      on: 'orders',
      column: 'quantity',
      arguments: { to: 'wanted', keys: ['id'], to_value: 'sum(quantity)', tolerance: '0 %' },
    },
    status: 'pass',
    counts: '2/0',
  },
  'recompute does not take null for zero': {
    check: { kind: 'recompute', on: 'wrong_invoices', column: 'total', arguments: { expression: 'quantity * price' } },
    status: 'fail',
    counts: '5/3',
    rows: [
      '1: total is 0.31; recomputed 0.30 0.01',
      '2: total is null; recomputed 2.50',
      '4: total is 1.00; recomputed null',
    ],
  },
  'recompute forgives a share': {
    check: {
      kind: 'recompute',
      on: 'wrong_invoices',
      column: 'total',
      arguments: { expression: 'quantity * price', tolerance: '3.34 %' },
      settings: { where: 'id = 1' },
    },
    status: 'pass',
    counts: '1/0',
  },
  'recompute does not forgive a hair more': {
    check: {
      kind: 'recompute',
      on: 'wrong_invoices',
      column: 'total',
      arguments: { expression: 'quantity * price', tolerance: '3.33 %' },
      settings: { where: 'id = 1' },
    },
    status: 'fail',
    counts: '1/1',
  },
  'recompute from another relation finds keys on one side': {
    check: {
      kind: 'recompute',
      on: 'wrong_invoices',
      column: 'paid',
      arguments: { to: 'payments', keys: { id: 'invoice' }, to_value: 'sum(amount)', to_where: 'invoice <> 1' },
    },
    status: 'fail',
    counts: '4/4',
    rows: [
      '1: is in wrong_invoices but not in payments',
      '2: paid is 2.01; recomputed from payments 2.00 0.01',
      '4: is in wrong_invoices but not in payments',
      '5: is in wrong_invoices but not in payments',
    ],
  },
  'recompute over an empty table has no data': {
    check: { kind: 'recompute', on: 'empty', column: 'amount', arguments: { expression: 'id' } },
    status: 'no_data',
  },
  'recompute over nulls alone has no data': {
    check: { kind: 'recompute', on: 'nulls', column: 'amount', arguments: { expression: 'id' } },
    status: 'no_data',
  },
  'recompute over nulls of one side fails': {
    check: { kind: 'recompute', on: 'nulls', column: 'amount', arguments: { expression: 'n' } },
    status: 'fail',
    counts: '3/3',
  },
};
