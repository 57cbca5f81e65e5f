import type { TestModel } from '../../../setup/compile-test-run.ts';
import { table } from './case.ts';
import type { Cases } from './case.ts';

const values = (columns: string, ...rows: string[]): string =>
  table(`select * from (values ${rows.map((row) => `(${row})`).join(', ')}) as v(${columns})`);

export const models: readonly TestModel[] = [
  {
    name: 'slips',
    template: values('no, book', "1, 'a'", "2, 'a'", "3, 'a'", "11, 'b'", "12, 'b'", "13, 'b'", "14, 'b'"),
  },
  { name: 'torn', template: values('no, book', "1, 'a'", "2, 'a'", "5, 'a'", "7, 'a'", "3, 'b'", "4, 'b'") },
  { name: 'even', template: values('no', '2', '4', '8', '9', '10') },
  { name: 'huge', template: values('no', '9007199254740992', '9007199254740994', '123456789012345678901234567890') },
  {
    name: 'receipts',
    template: values('no', "'DE-0998'", "'DE-0999'", "'DE-1000'", "'US-1'", "'US-2'", "'US-3'"),
  },
  {
    name: 'receipts_torn',
    template: values('no', "'DE-0998'", "'DE-1001'", "'US-1'", "'US-3'", "'us 4'", "'A-B-1'", "'A-B-3'"),
  },
  { name: 'parts', template: values('no, a, b', "1, 'x/', 'y'", "2, 'x', '/y'", "1, 'x', '/y'", "3, 'x/', 'y'") },
];

export const cases: Cases = {
  'sequence_gaps passes': {
    check: { kind: 'sequence_gaps', on: 'slips', column: 'no', arguments: { group_by: 'book' } },
    status: 'pass',
    counts: '7/0',
  },
  'sequence_gaps passes in ranges that are used up, but for what is known': {
    check: {
      kind: 'sequence_gaps',
      on: 'slips',
      column: 'no',
      arguments: {
        ranges: [
          { from: 1, to: 5 },
          { from: 10, to: 14 },
        ],
        complete: true,
        known_gaps: [
          { from: 4, to: 6, reason: 'never printed' },
          { from: 10, to: 10, reason: 'voided' },
        ],
      },
    },
    status: 'pass',
    counts: '7/0',
  },
  'sequence_gaps passes by prefix': {
    check: { kind: 'sequence_gaps', on: 'receipts', column: 'no', arguments: { pattern: '[A-Z]+-(\\d+)' } },
    status: 'pass',
    counts: '6/0',
  },
  'sequence_gaps fails without groups': {
    check: { kind: 'sequence_gaps', on: 'slips', column: 'no' },
    status: 'fail',
    counts: '7/1',
    rows: ['slips: 7 numbers are missing: 4 to 10 7'],
  },
  'sequence_gaps names each hole of each group': {
    check: { kind: 'sequence_gaps', on: 'torn', column: 'no', arguments: { group_by: ['book'] } },
    status: 'fail',
    counts: '6/2',
    rows: ['a: 1 number is missing: 6 1', 'a: 2 numbers are missing: 3 to 4 2'],
  },
  'sequence_gaps leaves out the known part of a hole': {
    check: {
      kind: 'sequence_gaps',
      on: 'torn',
      column: 'no',
      arguments: {
        group_by: ['book'],
        known_gaps: [
          { from: 4, to: 4, reason: 'spoilt', group: 'a' },
          { from: 6, to: 6, reason: 'spoilt' },
          { from: 8, to: 9, reason: 'not given out yet' },
        ],
      },
    },
    status: 'fail',
    counts: '6/1',
    rows: ['a: 1 number is missing: 3 1'],
  },
  'sequence_gaps holds ranges to their start and their end': {
    check: {
      kind: 'sequence_gaps',
      on: 'torn',
      column: 'no',
      arguments: {
        group_by: ['book'],
        complete: true,
        ranges: [
          { from: 1, to: 5, group: 'a' },
          { from: 1, to: 5, group: 'b' },
          { from: 20, to: 21, group: 'c' },
        ],
      },
    },
    status: 'fail',
    counts: '6/5',
    rows: [
      'a: 2 numbers are missing: 3 to 4 2',
      'b: 1 number is missing: 5 1',
      'b: 2 numbers are missing: 1 to 2 2',
      'c: 2 numbers are missing: 20 to 21 2',
      'row 4c10a46ec75cf2c553031917e50231f8: no is outside of every declared range or not on the step: 7',
    ],
  },
  'sequence_gaps goes by its step': {
    check: { kind: 'sequence_gaps', on: 'even', column: 'no', arguments: { step: 2 } },
    status: 'fail',
    counts: '5/2',
  },
  'sequence_gaps is exact beyond what a float holds': {
    check: { kind: 'sequence_gaps', on: 'huge', column: 'no' },
    status: 'fail',
    counts: '3/2',
  },
  'sequence_gaps finds holes by prefix and what does not fit': {
    check: { kind: 'sequence_gaps', on: 'receipts_torn', column: 'no', arguments: { pattern: '[A-Z-]+-(\\d+)' } },
    status: 'fail',
    counts: '7/4',
  },
  'sequence_gaps does not take one group for another by its name': {
    check: { kind: 'sequence_gaps', on: 'parts', column: 'no', arguments: { group_by: ['a', 'b'] } },
    status: 'fail',
    counts: '4/1',
    rows: ['x\\//y: 1 number is missing: 2 1'],
  },
  'sequence_gaps over an empty table has no data': {
    check: { kind: 'sequence_gaps', on: 'no_tickets', column: 'id' },
    status: 'no_data',
    counts: '0/0',
  },
  'sequence_gaps over an empty table fails a range that is used up': {
    check: {
      kind: 'sequence_gaps',
      on: 'no_tickets',
      column: 'id',
      arguments: { ranges: [{ from: 1, to: 3 }], complete: true },
    },
    status: 'fail',
    counts: '0/1',
  },
  'sequence_gaps over nulls alone has no data': {
    check: { kind: 'sequence_gaps', on: 'null_tickets', column: 'id' },
    status: 'no_data',
    counts: '0/0',
  },
};
