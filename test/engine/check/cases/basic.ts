import type { TestModel } from '../../../setup/compile-test-run.ts';
import { table } from './case.ts';
import type { Cases } from './case.ts';

/** Small tables with one thing wrong each. */
export const models: readonly TestModel[] = [
  {
    name: 'sales',
    template: table(
      `select * from (values (1, 'ann', 10.00, 'paid'), (2, 'ben', 20.00, 'paid'), (3, null, 30.00, 'void'), (4, 'ann', null, null)) as v(id, who, amount, status)`,
    ),
  },
  { name: 'sales_copy', template: table(`select * from {{ ref('sales') }}`) },
  {
    name: 'log',
    template: table(
      `select * from (values (1, 10.00), (2, 20.01), (3, 30.0), (5, 50.00), (null, 1.00)) as v(id, amount)`,
    ),
  },
  { name: 'doubled', template: table(`select * from (values (1, 10.00), (1, 10.00), (2, 20.00)) as v(id, amount)`) },
  { name: 'pairs', template: table(`select * from (values (1, 'a-', 'b'), (2, 'a', '-b')) as v(id, a, b)`) },
  { name: 'crossed', template: table(`select * from (values ('a-', '-b'), ('a', 'b')) as v(a, b)`) },
  { name: 'guests', template: table(`select * from (values ('ann'), ('ben'), ('cat')) as v(name)`) },
  { name: 'people', template: table(`select * from (values ('ann'), ('cat')) as v(name)`) },
  { name: 'empty', template: table(`select 1 as id, 'x' as who, 1.0 as amount, 'y' as status where false`) },
  {
    name: 'nulls',
    template: table(
      `select null::int as id, null::text as who, null::numeric as amount, n from generate_series(1, 3) as n`,
    ),
  },
  { name: 'nulls_copy', template: table(`select * from {{ ref('nulls') }}`) },
  {
    name: 'keyed',
    template: table(`select * from (values (1, 'a', 1), (null, 'b', 2), (null, 'c', 3)) as v(id, kind, n)`),
  },
  {
    name: 'terms',
    template: table(
      `select id, who, date '2026-01-01' + a as since, date '2026-01-01' + b as until from (values (1, 'ann', 0, 10), (2, 'ann', 10, 20), (3, 'ben', 0, 10), (4, 'ben', 12, 12), (5, 'cat', 0, 9), (6, 'cat', 8, 12), (7, 'dan', null, 5)) as v(id, who, a, b)`,
    ),
  },
  {
    name: 'rates',
    template: table(
      `select n as id, date '2026-01-01' + n * 10 as since, date '2026-01-11' + n * 10 as until from generate_series(1, 3) as n`,
    ),
  },
  {
    name: 'texts',
    template: table(
      `select * from (values (1, 'x', 'b'), (2, '  ', 'b'), (3, '', 'b'), (4, null, 'b')) as v(id, note, same)`,
    ),
  },
  { name: 'Mixed', template: table(`select * from (values (1, 'a'), (2, null)) as v("Id", who)`) },
  { name: 'many', template: table('select n as id from generate_series(1, 100001) as n') },
];

/** dbt's own kinds, ours of before, and checks with SQL of their own. */
export const cases: Cases = {
  'not_null passes': {
    check: { kind: 'not_null', on: 'sales', column: 'id' },
    status: 'pass',
    counts: '4/0',
    rows: [],
  },
  'not_null fails on one null': {
    check: { kind: 'not_null', on: 'sales', column: 'who' },
    status: 'fail',
    counts: '4/1',
    rows: ['3: who has no value'],
  },
  'not_null looks only where it is told': {
    check: { kind: 'not_null', on: 'sales', column: 'who', settings: { where: "status = 'paid'" } },
    status: 'pass',
    counts: '2/0',
  },
  'not_null where nothing is says so': {
    check: { kind: 'not_null', on: 'sales', column: 'who', settings: { where: 'id > 99' } },
    status: 'no_data',
    counts: '0/0',
    message: 'nothing to look at',
  },
  'a where with an or stays in its brackets': {
    check: { kind: 'not_null', on: 'sales', column: 'who', settings: { where: 'id = 1 or id = 2' } },
    status: 'pass',
    counts: '2/0',
  },
  'not_null over an empty table has no data': {
    check: { kind: 'not_null', on: 'empty', column: 'id' },
    status: 'no_data',
    counts: '0/0',
  },
  'not_null over nulls alone fails for each': {
    check: { kind: 'not_null', on: 'nulls', column: 'id' },
    status: 'fail',
    counts: '3/3',
  },

  'unique passes': { check: { kind: 'unique', on: 'sales', column: 'id' }, status: 'pass', counts: '4/0' },
  'unique names the value that stands twice': {
    check: { kind: 'unique', on: 'sales', column: 'who' },
    status: 'fail',
    counts: '3/1',
    rows: ['ann: who stands 2 times'],
  },
  'unique over several columns': {
    check: { kind: 'unique', on: 'doubled', arguments: { columns: ['id', 'amount'] } },
    status: 'fail',
    counts: '3/1',
    rows: ['1/10.00: id, amount stands 2 times'],
  },
  'unique over several columns passes': {
    check: { kind: 'unique', on: 'sales', arguments: { columns: ['id', 'who'] } },
    status: 'pass',
    counts: '3/0',
  },
  'unique does not take (a-, b) for (a, -b)': {
    check: { kind: 'unique', on: 'pairs', arguments: { columns: ['a', 'b'] } },
    status: 'pass',
    counts: '2/0',
  },
  'unique over several columns takes a null for a value when told': {
    check: { kind: 'unique', on: 'nulls', arguments: { columns: ['id', 'who'], nulls: 'equal' } },
    status: 'fail',
    counts: '3/1',
  },
  'unique over nulls alone has no data': {
    check: { kind: 'unique', on: 'nulls', column: 'who' },
    status: 'no_data',
    counts: '0/0',
  },
  'unique over an empty table has no data': { check: { kind: 'unique', on: 'empty', column: 'id' }, status: 'no_data' },

  'accepted_values passes and leaves nulls out': {
    check: { kind: 'accepted_values', on: 'sales', column: 'status', arguments: { values: ['paid', 'void'] } },
    status: 'pass',
    counts: '3/0',
  },
  'accepted_values fails': {
    check: { kind: 'accepted_values', on: 'sales', column: 'status', arguments: { values: ['paid', "o'clock"] } },
    status: 'fail',
    counts: '3/1',
    rows: ['3: status is not an accepted value: void'],
  },
  'accepted_values takes numbers': {
    check: { kind: 'accepted_values', on: 'sales', column: 'id', arguments: { values: [1, 2, 3, 4] } },
    status: 'pass',
    counts: '4/0',
  },
  'accepted_values over an empty table has no data': {
    check: { kind: 'accepted_values', on: 'empty', column: 'who', arguments: { values: ['x'] } },
    status: 'no_data',
    counts: '0/0',
  },
  'accepted_values over nulls alone has no data': {
    check: { kind: 'accepted_values', on: 'nulls', column: 'who', arguments: { values: ['x'] } },
    status: 'no_data',
  },

  'relationships passes': {
    check: {
      kind: 'relationships',
      on: 'sales',
      column: 'who',
      settings: { where: "who = 'ann'" },
      arguments: { to: 'people', field: 'name' },
    },
    status: 'pass',
    counts: '2/0',
  },
  'relationships fails': {
    check: { kind: 'relationships', on: 'sales', column: 'who', arguments: { to: 'people', field: 'name' } },
    status: 'fail',
    counts: '3/1',
    rows: ['2: who is not in people: ben'],
  },
  'relationships of a whole table passes': {
    check: { kind: 'relationships', on: 'people', column: 'name', arguments: { to: 'guests', field: 'name' } },
    status: 'pass',
    counts: '2/0',
  },
  'relationships of several columns passes': {
    check: {
      kind: 'relationships',
      on: 'doubled',
      arguments: { to: 'sales', columns: ['id', 'amount'], fields: ['id', 'amount'] },
    },
    status: 'pass',
    counts: '3/0',
  },
  'relationships of several columns wants them in one row': {
    check: { kind: 'relationships', on: 'pairs', arguments: { to: 'crossed', columns: ['a', 'b'] } },
    status: 'fail',
    counts: '2/2',
    rows: ['a-/b: a, b are not in crossed: a-/b', 'a/-b: a, b are not in crossed: a/-b'],
  },
  'relationships of several columns leaves a row with a null out': {
    check: { kind: 'relationships', on: 'sales', arguments: { to: 'sales_copy', columns: ['id', 'who'] } },
    status: 'pass',
    counts: '3/0',
  },
  'relationships over an empty table has no data': {
    check: { kind: 'relationships', on: 'empty', column: 'who', arguments: { to: 'people', field: 'name' } },
    status: 'no_data',
    counts: '0/0',
  },
  'relationships to an empty table fails for all': {
    check: { kind: 'relationships', on: 'sales', column: 'id', arguments: { to: 'empty', field: 'id' } },
    status: 'fail',
    counts: '4/4',
  },
  'relationships over nulls alone has no data': {
    check: { kind: 'relationships', on: 'nulls', column: 'who', arguments: { to: 'people', field: 'name' } },
    status: 'no_data',
  },

  'row_count passes': {
    check: { kind: 'row_count', on: 'sales', arguments: { min: 4, max: 4 } },
    status: 'pass',
    counts: '4/0',
  },
  'row_count over nulls alone counts the rows': {
    check: { kind: 'row_count', on: 'nulls', arguments: { min: 3 } },
    status: 'pass',
    counts: '3/0',
  },
  'row_count looks only where it is told': {
    check: { kind: 'row_count', on: 'sales', arguments: { min: 3 }, settings: { where: "status = 'paid'" } },
    status: 'fail',
    counts: '2/1',
  },
  'row_count fails below': {
    check: { kind: 'row_count', on: 'sales', arguments: { min: 5 } },
    status: 'fail',
    counts: '4/1',
    rows: ['sales: 4 rows; expected at least 5'],
  },
  'row_count fails above': {
    check: { kind: 'row_count', on: 'sales', arguments: { max: 3 } },
    status: 'fail',
    counts: '4/1',
    rows: ['sales: 4 rows; expected at most 3'],
  },
  'row_count of an empty table fails a minimum': {
    check: { kind: 'row_count', on: 'empty', arguments: { min: 1 } },
    status: 'fail',
    counts: '0/1',
    rows: ['empty: 0 rows; expected at least 1'],
  },
  'row_count of an empty table below a maximum has no data': {
    check: { kind: 'row_count', on: 'empty', arguments: { max: 9 } },
    status: 'no_data',
  },

  'expression passes': {
    check: {
      kind: 'expression',
      on: 'sales',
      settings: { where: 'amount is not null' },
      arguments: { expression: 'amount > 0' },
    },
    status: 'pass',
    counts: '3/0',
  },
  'expression passes everywhere': {
    check: { kind: 'expression', on: 'people', arguments: { expression: 'length(name) > 0 and 1 > 0' } },
    status: 'pass',
    counts: '2/0',
  },
  'expression goes on after a column': {
    check: { kind: 'expression', on: 'sales', column: 'id', arguments: { expression: '> 0' } },
    status: 'pass',
    counts: '4/0',
  },
  'expression over nulls alone fails for each': {
    check: { kind: 'expression', on: 'nulls', arguments: { expression: 'amount > 0' } },
    status: 'fail',
    counts: '3/3',
  },
  'expression looks at no null when told': {
    check: { kind: 'expression', on: 'sales', arguments: { expression: 'amount < 40', nulls: 'ignore' } },
    status: 'pass',
    counts: '3/0',
  },
  'expression fails, and null proves nothing': {
    check: { kind: 'expression', on: 'sales', arguments: { expression: 'amount\n  < 30' } },
    status: 'fail',
    counts: '4/2',
    rows: ['3: not true: amount < 30', '4: not true: amount < 30'],
  },
  'expression over an empty table has no data': {
    check: { kind: 'expression', on: 'empty', arguments: { expression: 'false' } },
    status: 'no_data',
  },

  'reconcile passes': {
    check: { kind: 'reconcile', on: 'sales', arguments: { to: 'sales_copy', keys: ['id'], compare: ['amount'] } },
    status: 'pass',
    counts: '4/0',
  },
  'reconcile finds what is missing on either side': {
    check: { kind: 'reconcile', on: 'sales', arguments: { to: 'log', keys: ['id'], find: 'missing' } },
    status: 'fail',
    counts: '6/3',
    rows: [': is in log but not in sales', '4: is in sales but not in log', '5: is in log but not in sales'],
  },
  'reconcile finds what differs': {
    check: {
      kind: 'reconcile',
      on: 'sales',
      arguments: { to: 'log', keys: ['id'], compare: ['amount'], find: 'differing' },
    },
    status: 'fail',
    counts: '3/1',
    rows: ['2: amount is 20.00 in sales and 20.01 in log -0.01'],
  },
  'reconcile forgives up to its tolerance': {
    check: {
      kind: 'reconcile',
      on: 'sales',
      arguments: { to: 'log', keys: ['id'], compare: ['amount'], find: 'differing', tolerance: '0.01' },
    },
    status: 'pass',
    counts: '3/0',
  },
  'reconcile does not forgive a hair more': {
    check: {
      kind: 'reconcile',
      on: 'sales',
      arguments: { to: 'log', keys: ['id'], compare: ['amount'], find: 'differing', tolerance: '0.009' },
    },
    status: 'fail',
    counts: '3/1',
  },
  'reconcile finds a key that stands twice': {
    check: {
      kind: 'reconcile',
      on: 'doubled',
      arguments: { to: 'sales', keys: ['id'], find: 'missing' },
      settings: { where: 'id = 1' },
    },
    status: 'fail',
    counts: '5/4',
    rows: [
      '1: stands 2 times in doubled',
      '2: is in sales but not in doubled',
      '3: is in sales but not in doubled',
      '4: is in sales but not in doubled',
    ],
  },
  'reconcile over nulls alone finds that a null key meets none': {
    check: { kind: 'reconcile', on: 'nulls', arguments: { to: 'nulls_copy', keys: ['id'] } },
    status: 'fail',
  },
  'reconcile of two empty tables has no data': {
    check: { kind: 'reconcile', on: 'empty', arguments: { to: 'empty', keys: ['id'] } },
    status: 'no_data',
    counts: '0/0',
  },
  'reconcile against an empty table fails': {
    check: { kind: 'reconcile', on: 'empty', arguments: { to: 'sales', keys: ['id'] } },
    status: 'fail',
    counts: '4/4',
  },
  'reconcile that has no key in common has nothing to compare': {
    check: {
      kind: 'reconcile',
      on: 'empty',
      arguments: { to: 'sales', keys: ['id'], compare: ['amount'], find: 'differing' },
    },
    status: 'no_data',
    counts: '0/0',
  },

  'accepted_values counts the values, as dbt does, and keeps every row': {
    check: { kind: 'accepted_values', on: 'sales', column: 'status', arguments: { values: ['void'] } },
    status: 'fail',
    counts: '3/1',
    rows: ['1: status is not an accepted value: paid', '2: status is not an accepted value: paid'],
  },
  'accepted_values compares as the column does, not as text': {
    check: {
      kind: 'accepted_values',
      on: 'sales',
      column: 'amount',
      arguments: { values: [10, '20', 30.0], quote: false },
    },
    status: 'pass',
    counts: '3/0',
  },
  'a column that is an expression': {
    check: { kind: 'unique', on: 'sales', arguments: {}, columnName: "coalesce(who, '') || '/' || id" },
    status: 'pass',
    counts: '4/0',
  },
  'a column that dbt would not quote is found in lower case': {
    check: { kind: 'not_null', on: 'sales', column: 'WHO' },
    status: 'fail',
    counts: '4/1',
  },
  'a column is found as it is spelt': {
    check: { kind: 'not_null', on: 'Mixed', column: 'Id' },
    status: 'pass',
    counts: '2/0',
  },
  'only so many failing rows are kept as it says': {
    check: { kind: 'not_null', on: 'nulls', column: 'id', settings: { limit: 2 } },
    status: 'fail',
    counts: '3/3',
  },
  'fail_calc gives the number that is compared': {
    check: {
      kind: 'expression',
      on: 'sales',
      arguments: { expression: 'id > 4' },
      settings: { fail_calc: 'count(distinct reason)', error_if: '> 1' },
    },
    status: 'warn',
    counts: '4/1',
  },
  'fail_calc that gives no number cannot run': {
    check: { kind: 'not_null', on: 'sales', column: 'id', settings: { fail_calc: 'sum(subject_id::numeric)' } },
    status: 'error',
  },
  'fail_calc that gives no whole number cannot run': {
    check: { kind: 'not_null', on: 'sales', column: 'who', settings: { fail_calc: 'count(*) / 2.0' } },
    status: 'error',
  },

  'bespoke passes': {
    check: { on: 'sales', sql: `select id as subject_id, 'x' as reason from {{ ref('sales') }} where false` },
    status: 'pass',
    counts: '4/0',
  },
  'bespoke fails and keeps amount and time': {
    check: {
      on: 'sales',
      sql: `select id as subject_id, 'too much' as reason, amount, date '2026-01-02' as occurred_at from {{ ref('sales') }} where amount > 20`,
    },
    status: 'fail',
    counts: '4/1',
    rows: ['3: too much 30.00 2026-01-02'],
  },
  'bespoke over an empty population has no data': {
    check: { on: 'empty', sql: `select 1 as subject_id, 'x' as reason where false` },
    status: 'no_data',
  },
  'bespoke without a subject cannot run': {
    check: { on: 'sales', sql: `select 'x' as reason` },
    status: 'error',
    message: 'checks/shop/test.yml:7: check shop.N does not return a column subject_id [CHECK_INVALID]',
  },
  'bespoke without a reason cannot run': {
    check: { on: 'sales', sql: `select 1 as subject_id` },
    status: 'error',
    message: 'checks/shop/test.yml:7: check shop.N does not return a column reason [CHECK_INVALID]',
  },
  'bespoke with an amount that is no number cannot run': {
    check: { on: 'sales', sql: `select 1 as subject_id, 'x' as reason, 'canary' as amount` },
    status: 'error',
    message:
      "checks/shop/test.yml:7: check shop.N: a value is not of its column's type (SQLSTATE 22P02) [CHECK_INVALID]",
  },
  'bespoke with an amount of another type cannot run': {
    check: { on: 'sales', sql: `select 1 as subject_id, 'x' as reason, date '2026-01-01' as amount` },
    status: 'error',
  },
  'bespoke with an amount as text is read': {
    check: { on: 'sales', sql: `select 1 as subject_id, 'x' as reason, '1.50' as amount` },
    status: 'fail',
    rows: ['1: x 1.50'],
  },
  'bespoke with a fault in its SQL cannot run': {
    check: { on: 'sales', sql: `select nope as subject_id, 'x' as reason from {{ ref('sales') }}` },
    status: 'error',
    message: 'checks/shop/test.yml:7: check shop.N: column "nope" does not exist (SQLSTATE 42703) [CHECK_INVALID]',
  },
  'bespoke that meets a bad value cannot run, and does not tell it': {
    check: { on: 'sales', sql: `select who::int as subject_id, 'x' as reason from {{ ref('sales') }}` },
    status: 'error',
    message:
      "checks/shop/test.yml:7: check shop.N: a value is not of its column's type (SQLSTATE 22P02) [CHECK_INVALID]",
  },
  'bespoke that refers to nothing cannot run': {
    check: { on: 'sales', sql: `select 1 as subject_id, 'x' as reason from {{ ref('absent') }}` },
    status: 'error',
  },
  'a column that is missing is an error': {
    check: { kind: 'not_null', on: 'sales', column: 'absent' },
    status: 'error',
  },
  'a relation that was never built is an error': {
    check: { kind: 'not_null', on: 'absent', column: 'id' },
    status: 'error',
  },

  'severity warn warns and does not block': {
    check: { kind: 'not_null', on: 'sales', column: 'who', settings: { severity: 'warn' } },
    status: 'warn',
    rows: ['3: who has no value'],
  },
  'below error_if it warns': {
    check: { kind: 'not_null', on: 'nulls', column: 'id', settings: { error_if: '> 3' } },
    status: 'warn',
    counts: '3/3',
  },
  'at error_if it fails': {
    check: { kind: 'not_null', on: 'nulls', column: 'id', settings: { error_if: '>= 3' } },
    status: 'fail',
    counts: '3/3',
  },
  'a pass below its thresholds keeps its rows': {
    check: { kind: 'not_null', on: 'sales', column: 'who', settings: { error_if: '> 1', warn_if: '> 1' } },
    status: 'pass',
    counts: '4/1',
    rows: ['3: who has no value'],
  },
  'more rows than are kept are all counted': {
    check: { kind: 'expression', on: 'many', arguments: { expression: 'false' } },
    status: 'fail',
    counts: '100001/100001',
  },
};
