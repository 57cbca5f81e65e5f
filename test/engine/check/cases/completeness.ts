import type { TestModel } from '../../../setup/compile-test-run.ts';
import { table } from './case.ts';
import type { Cases } from './case.ts';

const values = (columns: string, ...rows: string[]): string =>
  table(`select * from (values ${rows.map((row) => `(${row})`).join(', ')}) as v(${columns})`);

const TICKETS = 'id, branch, amount, note';

export const models: readonly TestModel[] = [
  {
    name: 'tickets',
    template: values(
      TICKETS,
      "1, 'north', 10.00, 'a'",
      "2, 'north', 20.50, 'b'",
      "3, 'south', 5.25, ' n/a '",
      "4, 'south', null, ''",
    ),
  },
  { name: 'no_tickets', template: table(`select 1 as id, 'x' as branch, 1.0 as amount, 'x' as note where false`) },
  {
    name: 'null_tickets',
    template: table(
      `select null::int as id, null::text as branch, null::numeric as amount, null::text as note from generate_series(1, 2)`,
    ),
  },
  { name: 'ticket_counts', template: values('part, n', "'north', 2", "'south', 2") },
  { name: 'ticket_counts_off', template: values('part, n', "'north', 2", "'south', 3", "'west', 0", 'null, 1') },
  { name: 'ticket_counts_null', template: values('part, n', "'north', 2", "'south', null") },
  { name: 'tied', template: values('branch, lines, total', "'north', 2, 30.50", "'south', 2, 5.25", "'west', 0, 0") },
  { name: 'tied_in_all', template: values('lines, total', '4, 35.75') },
  {
    name: 'untied',
    template: values(
      'branch, lines, total',
      "'north', 2, 30.51",
      "'north', 2, 30.50",
      "'east', 1, 1.00",
      'null, null, 1.00',
    ),
  },
  { name: 'untied_south', template: values('branch, lines, total', "'north', 2, 30.51", "'south', 3, null") },
  { name: 'one_null_ticket', template: values('id, amount', '1, null::numeric') },
  { name: 'zero_control', template: values('lines, total', '1, 0') },
  { name: 'branches', template: values('name', "'north'", "'south'", 'null') },
  {
    name: 'branches_more',
    template: values('name, open', "'north', true", "'south', true", "'west', false", "'west', true"),
  },
  { name: 'no_branches', template: table(`select 'x' as name where false`) },
];

export const cases: Cases = {
  'row_count_change passes within both': {
    check: { kind: 'row_count_change', on: 'tickets', arguments: { min_change: '-20 %', max_change: 0 } },
    history: ['5', '400'],
    status: 'pass',
    counts: '4/0',
  },
  'row_count_change passes where more is allowed': {
    check: { kind: 'row_count_change', on: 'tickets', arguments: { max_change: '+33.4 %' } },
    history: ['3'],
    status: 'pass',
  },
  'row_count_change fails beyond a share': {
    check: { kind: 'row_count_change', on: 'tickets', arguments: { min_change: '-19.9 %' } },
    history: ['5'],
    status: 'fail',
    counts: '4/1',
    rows: ['tickets: 4 rows after 5 in the last published run; expected a change of at least -19.9 % -1'],
  },
  'row_count_change fails beyond a number of rows': {
    check: { kind: 'row_count_change', on: 'tickets', arguments: { max_change: 2 } },
    history: ['1'],
    status: 'fail',
    rows: ['tickets: 4 rows after 1 in the last published run; expected a change of at most 2 3'],
  },
  'row_count_change from nothing is beyond every share': {
    check: { kind: 'row_count_change', on: 'tickets', arguments: { max_change: '900 %' } },
    history: ['0'],
    status: 'fail',
  },
  'row_count_change looks only where it is told': {
    check: { kind: 'row_count_change', on: 'tickets', arguments: { min_change: 0 }, settings: { where: 'id < 3' } },
    history: ['2'],
    status: 'pass',
    counts: '2/0',
  },
  'row_count_change has no data before anything was published': {
    check: { kind: 'row_count_change', on: 'tickets', arguments: { min_change: 0 } },
    status: 'no_data',
    counts: '0/0',
    message: 'no rows, or no earlier published run to compare with',
  },
  'row_count_change to nothing is no pass under a maximum': {
    check: { kind: 'row_count_change', on: 'no_tickets', arguments: { max_change: '10 %' } },
    history: ['5'],
    status: 'no_data',
    counts: '0/0',
  },
  'row_count_change to nothing fails a minimum': {
    check: { kind: 'row_count_change', on: 'no_tickets', arguments: { min_change: '-50 %' } },
    history: ['5'],
    status: 'fail',
    counts: '0/1',
  },
  'row_count_change counts rows of nulls alone': {
    check: { kind: 'row_count_change', on: 'null_tickets', arguments: { min_change: 0, max_change: 0 } },
    history: ['2'],
    status: 'pass',
    counts: '2/0',
  },

  'row_count_equals passes': {
    check: {
      kind: 'row_count_equals',
      on: 'tickets',
      arguments: { to: 'tied', to_where: "branch <> 'west'", tolerance: 2 },
    },
    status: 'pass',
    counts: '4/0',
  },
  'row_count_equals passes in each group': {
    check: {
      kind: 'row_count_equals',
      on: 'tickets',
      arguments: { to: 'ticket_counts', count: 'n', group_by: [{ branch: 'part' }] },
    },
    status: 'pass',
    counts: '4/0',
  },
  'row_count_equals adds control counts up': {
    check: { kind: 'row_count_equals', on: 'tickets', arguments: { to: 'ticket_counts', count: 'n' } },
    status: 'pass',
  },
  'row_count_equals fails': {
    check: { kind: 'row_count_equals', on: 'tickets', arguments: { to: 'branches' } },
    status: 'fail',
    counts: '4/1',
    rows: ['tickets: 4 rows in tickets, 3 rows in branches; expected as many 1'],
  },
  'row_count_equals fails just beyond a share': {
    check: { kind: 'row_count_equals', on: 'tickets', arguments: { to: 'branches', tolerance: '33 %' } },
    status: 'fail',
    rows: ['tickets: 4 rows in tickets, 3 rows in branches; expected as many within 33 % 1'],
  },
  'row_count_equals names groups that differ, also one without a name': {
    check: {
      kind: 'row_count_equals',
      on: 'tickets',
      arguments: { to: 'ticket_counts_off', count: 'n', group_by: { branch: 'part' } },
    },
    status: 'fail',
    counts: '4/2',
    rows: [
      ': 0 rows in tickets, 1 by n in ticket_counts_off; expected as many -1',
      'south: 2 rows in tickets, 3 by n in ticket_counts_off; expected as many -1',
    ],
  },
  'row_count_equals takes no count for none': {
    check: {
      kind: 'row_count_equals',
      on: 'tickets',
      arguments: { to: 'ticket_counts_null', count: 'n', tolerance: 1000 },
    },
    status: 'fail',
    rows: ['tickets: 4 rows in tickets, no row count in ticket_counts_null; expected as many within 1000'],
  },
  'row_count_equals of two empty tables has no data': {
    check: { kind: 'row_count_equals', on: 'no_tickets', arguments: { to: 'no_branches' } },
    status: 'no_data',
    counts: '0/0',
  },
  'row_count_equals of an empty table fails': {
    check: { kind: 'row_count_equals', on: 'no_tickets', arguments: { to: 'branches' } },
    status: 'fail',
    counts: '0/1',
  },
  'row_count_equals counts rows of nulls alone': {
    check: {
      kind: 'row_count_equals',
      on: 'null_tickets',
      arguments: { to: 'branches', to_where: 'name is not null' },
    },
    status: 'pass',
    counts: '2/0',
  },

  'control_totals pass': {
    check: {
      kind: 'control_totals',
      on: 'tickets',
      arguments: { to: 'tied', match: ['branch'], rows: 'lines', totals: { amount: 'total' } },
    },
    status: 'pass',
    counts: '4/0',
  },
  'control_totals pass with one control row for all': {
    check: {
      kind: 'control_totals',
      on: 'tickets',
      arguments: { to: 'tied_in_all', rows: 'lines', totals: { amount: 'total' } },
    },
    status: 'pass',
    counts: '4/0',
  },
  'control_totals forgive up to their tolerance': {
    check: {
      kind: 'control_totals',
      on: 'tickets',
      arguments: {
        to: 'untied_south',
        match: 'branch',
        totals: { amount: 'total' },
        tolerance: '0.01',
        to_where: 'total is not null',
      },
      settings: { where: "branch = 'north'" },
    },
    status: 'pass',
    counts: '2/0',
  },
  'control_totals fail, null being nothing to agree with': {
    check: {
      kind: 'control_totals',
      on: 'tickets',
      arguments: { to: 'untied_south', match: 'branch', rows: 'lines', totals: { amount: 'total' } },
    },
    status: 'fail',
    counts: '4/2',
    rows: [
      'north: amount: 30.5 in tickets, 30.51 in untied_south -0.01',
      'south: rows: 2 in tickets, 3 in untied_south; amount: 5.25 in tickets, no value in untied_south',
    ],
  },
  'control_totals fail without a control row, with two, and for one without rows': {
    check: {
      kind: 'control_totals',
      on: 'tickets',
      arguments: { to: 'untied', match: 'branch', totals: { amount: 'total' } },
    },
    status: 'fail',
    counts: '4/4',
    rows: [
      ': no rows in tickets for a control row in untied',
      'east: no rows in tickets for a control row in untied',
      'north: 2 control rows in untied; expected one -0.01',
      'south: no control row in untied',
    ],
  },
  'control_totals fail when the control table is empty': {
    check: { kind: 'control_totals', on: 'tickets', arguments: { to: 'no_tickets', rows: 'id' } },
    status: 'fail',
    counts: '4/1',
    rows: ['tickets: no control row in no_tickets'],
  },
  'control_totals over an empty table and an empty control have no data to pass on': {
    check: {
      kind: 'control_totals',
      on: 'no_tickets',
      arguments: { to: 'tied', match: 'branch', rows: 'lines', to_where: 'lines = 0' },
    },
    status: 'no_data',
    counts: '0/0',
  },
  'control_totals over an empty table fail': {
    check: { kind: 'control_totals', on: 'no_tickets', arguments: { to: 'tied', match: 'branch', rows: 'lines' } },
    status: 'fail',
    counts: '0/2',
  },
  'control_totals of nulls alone are not zero': {
    check: {
      kind: 'control_totals',
      on: 'one_null_ticket',
      arguments: { to: 'zero_control', rows: 'lines', totals: { amount: 'total' } },
    },
    status: 'fail',
    counts: '1/1',
    rows: ['one_null_ticket: amount: no value in one_null_ticket, 0 in zero_control'],
  },

  'groups_present passes': {
    check: {
      kind: 'groups_present',
      on: 'tickets',
      column: 'branch',
      arguments: { values: ['north', 'south'], min_rows: 2 },
    },
    status: 'pass',
    counts: '4/0',
  },
  'groups_present takes numbers': {
    check: { kind: 'groups_present', on: 'tickets', column: 'id', arguments: { values: [1, '02'] } },
    status: 'pass',
  },
  'groups_present passes by another table': {
    check: { kind: 'groups_present', on: 'tickets', column: 'branch', arguments: { in: 'branches', field: 'name' } },
    status: 'pass',
    counts: '4/0',
  },
  'groups_present fails': {
    check: {
      kind: 'groups_present',
      on: 'tickets',
      column: 'branch',
      arguments: { in: 'branches_more', field: 'name', in_where: 'open', min_rows: 3 },
    },
    status: 'fail',
    counts: '4/3',
    rows: [
      'north: 2 rows with this branch; expected at least 3',
      'south: 2 rows with this branch; expected at least 3',
      'west: 0 rows with this branch; expected at least 3',
    ],
  },
  'groups_present where nothing is declared has no data': {
    check: { kind: 'groups_present', on: 'tickets', column: 'branch', arguments: { in: 'no_branches', field: 'name' } },
    status: 'no_data',
    counts: '0/0',
    message: 'nothing to look at: no rows, or no_branches names no value',
  },
  'groups_present over an empty table fails': {
    check: { kind: 'groups_present', on: 'no_tickets', column: 'branch', arguments: { values: ['north'] } },
    status: 'fail',
    counts: '0/1',
  },
  'groups_present over nulls alone fails': {
    check: { kind: 'groups_present', on: 'null_tickets', column: 'branch', arguments: { values: ['north'] } },
    status: 'fail',
    counts: '0/1',
  },

  'missing passes': {
    check: { kind: 'missing', on: 'tickets', column: 'branch', arguments: { also: ['-', 'N/A'] } },
    status: 'pass',
    counts: '4/0',
  },
  'missing fails on nulls, blanks and what stands for nothing': {
    check: { kind: 'missing', on: 'tickets', column: 'note', arguments: { also: ['', 'N/A'] } },
    status: 'fail',
    counts: '4/2',
    rows: [
      'row 0a91da3d76088b6e57b75512a909caa6: note has a text that stands for no value',
      'row 8ff1767f9a951245f32bcc0d750c83d1: note has a text that stands for no value',
    ],
  },
  'missing fails on a null number': {
    check: { kind: 'missing', on: 'tickets', column: 'amount' },
    status: 'fail',
    counts: '4/1',
  },
  'missing may be a share, the bound included': {
    check: { kind: 'missing', on: 'tickets', column: 'amount', settings: { error_if: '> 25 %', warn_if: '> 25 %' } },
    status: 'pass',
    counts: '4/1',
  },
  'missing is more than its share': {
    check: { kind: 'missing', on: 'tickets', column: 'amount', settings: { error_if: '> 24.9 %' } },
    status: 'fail',
  },
  'missing over an empty table has no data': {
    check: { kind: 'missing', on: 'no_tickets', column: 'note' },
    status: 'no_data',
    counts: '0/0',
  },
  'missing over nulls alone fails for each': {
    check: { kind: 'missing', on: 'null_tickets', column: 'note' },
    status: 'fail',
    counts: '2/2',
  },
};
