import type { TestModel } from '../../../setup/compile-test-run.ts';
import { table } from './case.ts';
import type { Cases } from './case.ts';

const values = (columns: string, ...rows: string[]): string =>
  table(`select * from (values ${rows.map((row) => `(${row})`).join(', ')}) as v(${columns})`);

/** What stands now. */
export const models: readonly TestModel[] = [
  {
    name: 'posted',
    template: values(
      'id, line, period, amount, note',
      "1, 1, 1, 10.00, 'a'",
      '1, 2, 1, -10.00, null',
      "2, 1, 2, 5.00, 'b'",
    ),
  },
  {
    name: 'restated',
    template: values(
      'id, line, period, amount, note',
      "1, 1, 1, 10.01, 'a'",
      "1, 2, 1, -10.00, 'x'",
      "3, 1, 2, 5.00, 'b'",
    ),
  },
  { name: 'dashes', template: values('a, b, n', "'a', '-b', 1", "'a-', 'b', 2") },
  { name: 'keyless', template: values('id, n', '1, 1', '1, 1', '2, 2', 'null, 3') },
  { name: 'emptied', template: table('select 1 as id, 2 as n where false') },
  { name: 'null_posted', template: values('id, n', 'null::int, null::int') },
];

/** What the last published run had. */
export const previous: readonly TestModel[] = [
  { name: 'posted', template: values('id, line, period, amount, note', "1, 1, 1, 10.0, 'a'", '1, 2, 1, -10.00, null') },
  {
    name: 'restated',
    template: values(
      'id, line, period, amount, note',
      "1, 1, 1, 10.00, 'a'",
      '1, 2, 1, -10.00, null',
      "2, 1, 2, 5.00, 'b'",
    ),
  },
  { name: 'dashes', template: values('a, b, n', "'a', '-b', 1", "'a-', 'b', 2") },
  { name: 'keyless', template: values('id, n', '1, 1', '2, 2', 'null, 3') },
  { name: 'emptied', template: table('select 1 as id, 2 as n where false') },
  { name: 'null_posted', template: values('id, n', 'null::int, null::int') },
];

export const cases: Cases = {
  'unchanged_rows passes, new rows allowed': {
    check: { kind: 'unchanged_rows', on: 'posted', arguments: { keys: ['id', 'line'] } },
    status: 'pass',
    counts: '2/0',
  },
  'unchanged_rows does not take one key for another': {
    check: { kind: 'unchanged_rows', on: 'dashes', arguments: { keys: ['a', 'b'], allow_new: false } },
    status: 'pass',
    counts: '2/0',
  },
  'unchanged_rows fails with what changed': {
    check: { kind: 'unchanged_rows', on: 'restated', arguments: { keys: ['id', 'line'] } },
    status: 'fail',
    counts: '3/3',
    rows: [
      '1/1: amount was 10.00 and is 10.01',
      '1/2: note was nothing and is x',
      '2/1: stood in the last published run and is gone',
    ],
  },
  'unchanged_rows looks at closed periods and some columns only': {
    check: {
      kind: 'unchanged_rows',
      on: 'restated',
      arguments: { keys: ['id', 'line'], columns: ['amount'] },
      settings: { where: 'period = 1' },
    },
    status: 'fail',
    counts: '2/1',
    rows: ['1/1: amount was 10.00 and is 10.01'],
  },
  'unchanged_rows may forbid new rows and allow gone ones': {
    check: {
      kind: 'unchanged_rows',
      on: 'restated',
      arguments: { keys: ['id', 'line'], except: ['amount', 'note'], allow_new: false, allow_removed: true },
    },
    status: 'fail',
    counts: '3/1',
    rows: ['3/1: did not stand in the last published run'],
  },
  'unchanged_rows finds keys that do not identify a row': {
    check: { kind: 'unchanged_rows', on: 'keyless', arguments: { keys: 'id' } },
    status: 'fail',
    counts: '3/2',
  },
  'unchanged_rows has no data before anything was published': {
    check: { kind: 'unchanged_rows', on: 'tickets', arguments: { keys: ['id'] } },
    status: 'no_data',
    counts: '0/0',
    message: 'no rows in the last published run, or no such run to compare with',
  },
  'unchanged_rows over an empty table has no data': {
    check: { kind: 'unchanged_rows', on: 'emptied', arguments: { keys: ['id'] } },
    status: 'no_data',
    counts: '0/0',
  },
  'unchanged_rows over nulls alone cannot find them again': {
    check: { kind: 'unchanged_rows', on: 'null_posted', arguments: { keys: ['id'] } },
    status: 'fail',
    counts: '1/1',
  },
};
