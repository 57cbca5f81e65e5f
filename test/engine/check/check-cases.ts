import type { CheckStatus } from '../../../engine/contracts/check.ts';
import type { TestModel } from '../../setup/compile-test-run.ts';
import type { defineTestCheck } from '../../setup/define-test-check.ts';

const table = (rows: string): string => `{{ config(materialized='table') }} ${rows}`;
/** Small tables with one thing wrong each. */
export const models: readonly TestModel[] = [
  {
    name: 'sales',
    template: table(
      `select * from (values (1, 'ann', 10.00, 'paid'), (2, 'ben', 20.00, 'paid'), (3, null, 30.00, 'void'), (4, 'ann', null, null)) as v(id, who, amount, status)`,
    ),
  },
  {
    name: 'log',
    template: table(
      `select * from (values (1, 10.00), (2, 20.01), (3, 30.0), (5, 50.00), (null, 1.00)) as v(id, amount)`,
    ),
  },
  { name: 'doubled', template: table(`select * from (values (1, 10.00), (1, 10.00), (2, 20.00)) as v(id, amount)`) },
  { name: 'people', template: table(`select * from (values ('ann'), ('cat')) as v(name)`) },
  { name: 'empty', template: table(`select 1 as id, 'x' as who, 1.0 as amount, 'y' as status where false`) },
  {
    name: 'nulls',
    template: table(
      `select null::int as id, null::text as who, null::numeric as amount, n from generate_series(1, 3) as n`,
    ),
  },
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
    name: 'texts',
    template: table(
      `select * from (values (1, 'x', 'b'), (2, '  ', 'b'), (3, '', 'b'), (4, null, 'b')) as v(id, note, same)`,
    ),
  },
  { name: 'Mixed', template: table(`select * from (values (1, 'a'), (2, null)) as v("Id", who)`) },
  { name: 'many', template: table('select n as id from generate_series(1, 100001) as n') },
];

interface Case {
  readonly check: Omit<Parameters<typeof defineTestCheck>[0], 'id'>;
  readonly status: CheckStatus;
  /** As `population/failures`. */
  readonly counts?: string;
  /** As `subject: reason`. */
  readonly rows?: readonly string[];
  readonly message?: string;
}
type Cases = Readonly<Record<string, Case>>;
/** Every kind of check with what it must find on them. */
export const cases: Cases = {
  ...ofDbtUtils(),
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
    check: { kind: 'reconcile', on: 'sales', arguments: { to: 'sales', keys: ['id'], compare: ['amount'] } },
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
    rows: ['2: amount is 20.00 in sales and 20.01 in log'],
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

function ofDbtUtils(): Cases {
  return {
    'accepted_range passes, bounds included': {
      check: {
        kind: 'dbt_utils.accepted_range',
        on: 'sales',
        column: 'amount',
        arguments: { min_value: 10, max_value: 30 },
      },
      status: 'pass',
      counts: '3/0',
    },
    'accepted_range fails outside': {
      check: { kind: 'dbt_utils.accepted_range', on: 'sales', column: 'amount', arguments: { max_value: '20' } },
      status: 'fail',
      counts: '3/1',
      rows: ['3: amount is outside of its range: 30.00'],
    },
    'accepted_range leaves its bounds out when told': {
      check: {
        kind: 'dbt_utils.accepted_range',
        on: 'sales',
        column: 'amount',
        arguments: { min_value: 10, max_value: 30, inclusive: false },
      },
      status: 'fail',
      counts: '3/2',
    },
    'accepted_range takes an expression': {
      check: {
        kind: 'dbt_utils.accepted_range',
        on: 'terms',
        column: 'since',
        arguments: { max_value: 'until', inclusive: false },
      },
      status: 'fail',
      counts: '6/1',
    },
    'accepted_range over nulls alone has no data': {
      check: { kind: 'dbt_utils.accepted_range', on: 'nulls', column: 'amount', arguments: { min_value: 0 } },
      status: 'no_data',
      counts: '0/0',
    },
    'accepted_range over an empty table has no data': {
      check: { kind: 'dbt_utils.accepted_range', on: 'empty', column: 'amount', arguments: { min_value: 0 } },
      status: 'no_data',
      counts: '0/0',
    },
    'at_least_one passes': {
      check: { kind: 'dbt_utils.at_least_one', on: 'sales', column: 'who' },
      status: 'pass',
      counts: '4/0',
    },
    'at_least_one fails over nulls alone': {
      check: { kind: 'dbt_utils.at_least_one', on: 'nulls', column: 'who' },
      status: 'fail',
      counts: '3/1',
      rows: ['nulls: who has a value in no row'],
    },
    'at_least_one fails in a group': {
      check: {
        kind: 'dbt_utils.at_least_one',
        on: 'sales',
        column: 'amount',
        arguments: { group_by_columns: ['status'] },
      },
      status: 'fail',
      counts: '4/1',
      rows: [': amount has a value in no row'],
    },
    'at_least_one of an empty table fails': {
      check: { kind: 'dbt_utils.at_least_one', on: 'empty', column: 'who' },
      status: 'fail',
      counts: '0/1',
    },
    'at_least_one in groups of an empty table has no data': {
      check: {
        kind: 'dbt_utils.at_least_one',
        on: 'empty',
        column: 'who',
        arguments: { group_by_columns: ['status'] },
      },
      status: 'no_data',
      counts: '0/0',
    },
    'cardinality_equality passes': {
      check: {
        kind: 'dbt_utils.cardinality_equality',
        on: 'sales',
        column: 'who',
        arguments: { to: 'sales', field: 'who' },
      },
      status: 'pass',
      counts: '8/0',
    },
    'cardinality_equality fails on either side': {
      check: {
        kind: 'dbt_utils.cardinality_equality',
        on: 'sales',
        column: 'who',
        arguments: { to: 'people', field: 'name' },
      },
      status: 'fail',
      counts: '6/5',
      rows: [
        'ann: stands 1 times in people, not as often in sales',
        'ann: stands 2 times in sales, not as often in people',
        'ben: stands 1 times in sales, not as often in people',
        'cat: stands 1 times in people, not as often in sales',
        'null: stands 1 times in sales, not as often in people',
      ],
    },
    'cardinality_equality of two empty tables has no data': {
      check: {
        kind: 'dbt_utils.cardinality_equality',
        on: 'empty',
        column: 'who',
        arguments: { to: 'empty', field: 'who' },
      },
      status: 'no_data',
      counts: '0/0',
    },
    'cardinality_equality over nulls alone counts them': {
      check: {
        kind: 'dbt_utils.cardinality_equality',
        on: 'nulls',
        column: 'who',
        arguments: { to: 'people', field: 'name' },
      },
      status: 'fail',
      counts: '5/3',
    },
    'equal_rowcount passes': {
      check: { kind: 'dbt_utils.equal_rowcount', on: 'sales', arguments: { compare_model: 'sales' } },
      status: 'pass',
      counts: '8/0',
    },
    'equal_rowcount counts the rows that differ': {
      check: { kind: 'dbt_utils.equal_rowcount', on: 'sales', arguments: { compare_model: 'people' } },
      status: 'fail',
      counts: '6/2',
      rows: ['sales: 4 rows in sales, 2 in people; expected as many'],
    },
    'equal_rowcount compares groups, and a null is no group': {
      check: {
        kind: 'dbt_utils.equal_rowcount',
        on: 'sales',
        arguments: { compare_model: 'sales', group_by_columns: ['status'] },
      },
      status: 'fail',
      counts: '8/2',
    },
    'equal_rowcount looks only where it is told': {
      check: {
        kind: 'dbt_utils.equal_rowcount',
        on: 'sales',
        arguments: { compare_model: 'people' },
        settings: { where: "who = 'ann'" },
      },
      status: 'pass',
      counts: '4/0',
    },
    'equal_rowcount of two empty tables has no data': {
      check: { kind: 'dbt_utils.equal_rowcount', on: 'empty', arguments: { compare_model: 'empty' } },
      status: 'no_data',
      counts: '0/0',
    },
    'equality passes': {
      check: { kind: 'dbt_utils.equality', on: 'sales', arguments: { compare_model: 'sales' } },
      status: 'pass',
      counts: '8/0',
    },
    'equality names the rows of either side': {
      check: { kind: 'dbt_utils.equality', on: 'doubled', arguments: { compare_model: 'log' } },
      status: 'fail',
      counts: '8/8',
    },
    'equality of some columns': {
      check: {
        kind: 'dbt_utils.equality',
        on: 'doubled',
        arguments: { compare_model: 'sales', compare_columns: ['id', 'amount'] },
      },
      status: 'fail',
      counts: '7/4',
    },
    'equality without a column': {
      check: {
        kind: 'dbt_utils.equality',
        on: 'doubled',
        arguments: { compare_model: 'sales', exclude_columns: ['amount', 'who', 'status'] },
      },
      status: 'fail',
      counts: '7/4',
    },
    'equality rounds to a precision': {
      check: { kind: 'dbt_utils.equality', on: 'doubled', arguments: { compare_model: 'log', precision: 0 } },
      status: 'fail',
      counts: '8/6',
    },
    'equality of relations with other columns cannot run': {
      check: { kind: 'dbt_utils.equality', on: 'doubled', arguments: { compare_model: 'people' } },
      status: 'error',
      message:
        'checks/shop/test.yml:7: check shop.N: doubled and people do not have the same columns: id, amount, name in one only; name those to compare with compare_columns or exclude_columns [CHECK_INVALID]',
    },
    'equality without a column left cannot run': {
      check: {
        kind: 'dbt_utils.equality',
        on: 'people',
        arguments: { compare_model: 'people', exclude_columns: ['name'] },
      },
      status: 'error',
      message: 'checks/shop/test.yml:7: check shop.N: no column is left to compare [CHECK_INVALID]',
    },
    'equality with what is not there cannot run': {
      check: { kind: 'dbt_utils.equality', on: 'doubled', arguments: { compare_model: 'absent' } },
      status: 'error',
    },
    'equality of two empty tables has no data': {
      check: { kind: 'dbt_utils.equality', on: 'empty', arguments: { compare_model: 'empty' } },
      status: 'no_data',
      counts: '0/0',
    },
    'equality over nulls alone compares them': {
      check: { kind: 'dbt_utils.equality', on: 'nulls', arguments: { compare_model: 'nulls' } },
      status: 'pass',
      counts: '6/0',
    },
    'expression_is_true passes, and null is no violation': {
      check: { kind: 'dbt_utils.expression_is_true', on: 'sales', arguments: { expression: 'amount > 0' } },
      status: 'pass',
      counts: '3/0',
    },
    'expression_is_true fails': {
      check: { kind: 'dbt_utils.expression_is_true', on: 'sales', arguments: { expression: 'amount <= 20' } },
      status: 'fail',
      counts: '3/1',
      rows: ['3: not true: amount <= 20'],
    },
    'expression_is_true goes on after a column': {
      check: {
        kind: 'dbt_utils.expression_is_true',
        on: 'sales',
        column: 'amount',
        arguments: { expression: '<= 20' },
      },
      status: 'fail',
      counts: '3/1',
      rows: ['3: not true: amount <= 20'],
    },
    'expression_is_true over nulls alone has no data': {
      check: { kind: 'dbt_utils.expression_is_true', on: 'nulls', arguments: { expression: 'amount > 0' } },
      status: 'no_data',
      counts: '0/0',
    },
    'expression_is_true over an empty table has no data': {
      check: { kind: 'dbt_utils.expression_is_true', on: 'empty', arguments: { expression: 'amount > 0' } },
      status: 'no_data',
      counts: '0/0',
    },
    'fewer_rows_than passes': {
      check: { kind: 'dbt_utils.fewer_rows_than', on: 'people', arguments: { compare_model: 'sales' } },
      status: 'pass',
      counts: '6/0',
    },
    'fewer_rows_than counts the rows too many': {
      check: { kind: 'dbt_utils.fewer_rows_than', on: 'sales', arguments: { compare_model: 'people' } },
      status: 'fail',
      counts: '6/2',
      rows: ['sales: 4 rows in sales, 2 in people; expected fewer'],
    },
    'fewer_rows_than fails for as many': {
      check: { kind: 'dbt_utils.fewer_rows_than', on: 'sales', arguments: { compare_model: 'sales' } },
      status: 'fail',
      counts: '8/1',
    },
    'fewer_rows_than an empty table fails': {
      check: { kind: 'dbt_utils.fewer_rows_than', on: 'sales', arguments: { compare_model: 'empty' } },
      status: 'fail',
      counts: '4/4',
    },
    'fewer_rows_than looks at groups that both have': {
      check: {
        kind: 'dbt_utils.fewer_rows_than',
        on: 'sales',
        arguments: { compare_model: 'sales', group_by_columns: ['who'] },
      },
      status: 'fail',
      counts: '8/2',
    },
    'fewer_rows_than of two empty tables has no data': {
      check: { kind: 'dbt_utils.fewer_rows_than', on: 'empty', arguments: { compare_model: 'empty' } },
      status: 'no_data',
      counts: '0/0',
    },
    'mutually_exclusive_ranges passes': {
      check: {
        kind: 'dbt_utils.mutually_exclusive_ranges',
        on: 'terms',
        arguments: {
          lower_bound_column: 'since',
          upper_bound_column: 'until',
          partition_by: 'who',
          gaps: 'not_allowed',
        },
        settings: { where: "who = 'ann'" },
      },
      status: 'pass',
      counts: '2/0',
    },
    'mutually_exclusive_ranges finds no range, an overlap and a null': {
      check: {
        kind: 'dbt_utils.mutually_exclusive_ranges',
        on: 'terms',
        arguments: { lower_bound_column: 'since', upper_bound_column: 'until', partition_by: 'who' },
      },
      status: 'fail',
      counts: '7/3',
    },
    'mutually_exclusive_ranges lets a range be empty when told': {
      check: {
        kind: 'dbt_utils.mutually_exclusive_ranges',
        on: 'terms',
        arguments: {
          lower_bound_column: 'since',
          upper_bound_column: 'until',
          partition_by: 'who',
          zero_length_range_allowed: true,
        },
      },
      status: 'fail',
      counts: '7/2',
    },
    'mutually_exclusive_ranges refuses a gap': {
      check: {
        kind: 'dbt_utils.mutually_exclusive_ranges',
        on: 'terms',
        arguments: {
          lower_bound_column: 'since',
          upper_bound_column: 'until',
          partition_by: 'who',
          gaps: 'not_allowed',
          zero_length_range_allowed: true,
        },
        settings: { where: "who = 'ben'" },
      },
      status: 'fail',
      counts: '2/1',
    },
    'mutually_exclusive_ranges asks for a gap': {
      check: {
        kind: 'dbt_utils.mutually_exclusive_ranges',
        on: 'terms',
        arguments: { lower_bound_column: 'since', upper_bound_column: 'until', partition_by: 'who', gaps: 'required' },
        settings: { where: "who = 'ann'" },
      },
      status: 'fail',
      counts: '2/1',
    },
    'mutually_exclusive_ranges over nulls alone fails': {
      check: {
        kind: 'dbt_utils.mutually_exclusive_ranges',
        on: 'terms',
        arguments: { lower_bound_column: 'since', upper_bound_column: 'until', partition_by: 'who' },
        settings: { where: 'since is null' },
      },
      status: 'fail',
      counts: '1/1',
    },
    'mutually_exclusive_ranges over nothing has no data': {
      check: {
        kind: 'dbt_utils.mutually_exclusive_ranges',
        on: 'terms',
        arguments: { lower_bound_column: 'since', upper_bound_column: 'until', partition_by: 'who' },
        settings: { where: 'false' },
      },
      status: 'no_data',
      counts: '0/0',
    },
    'not_accepted_values passes': {
      check: { kind: 'dbt_utils.not_accepted_values', on: 'sales', column: 'status', arguments: { values: ['lost'] } },
      status: 'pass',
      counts: '3/0',
    },
    'not_accepted_values counts values and keeps rows': {
      check: {
        kind: 'dbt_utils.not_accepted_values',
        on: 'sales',
        column: 'status',
        arguments: { values: ['paid', 'lost'] },
      },
      status: 'fail',
      counts: '3/1',
      rows: ['1: status is a value that is not accepted: paid', '2: status is a value that is not accepted: paid'],
    },
    'not_accepted_values over nulls alone has no data': {
      check: { kind: 'dbt_utils.not_accepted_values', on: 'nulls', column: 'who', arguments: { values: ['x'] } },
      status: 'no_data',
      counts: '0/0',
    },
    'not_constant passes': {
      check: { kind: 'dbt_utils.not_constant', on: 'sales', column: 'who' },
      status: 'pass',
      counts: '3/0',
    },
    'not_constant fails on one value': {
      check: { kind: 'dbt_utils.not_constant', on: 'texts', column: 'same' },
      status: 'fail',
      counts: '4/1',
      rows: ['texts: same has one value only'],
    },
    'not_constant fails in a group': {
      check: {
        kind: 'dbt_utils.not_constant',
        on: 'sales',
        column: 'who',
        arguments: { group_by_columns: ['status'] },
      },
      status: 'fail',
      counts: '3/1',
    },
    'not_constant over nulls alone has no data': {
      check: { kind: 'dbt_utils.not_constant', on: 'nulls', column: 'who' },
      status: 'no_data',
      counts: '0/0',
    },
    'not_constant over an empty table has no data': {
      check: { kind: 'dbt_utils.not_constant', on: 'empty', column: 'who' },
      status: 'no_data',
      counts: '0/0',
    },
    'not_empty_string passes': {
      check: { kind: 'dbt_utils.not_empty_string', on: 'sales', column: 'who' },
      status: 'pass',
      counts: '3/0',
    },
    'not_empty_string finds blanks': {
      check: { kind: 'dbt_utils.not_empty_string', on: 'texts', column: 'note' },
      status: 'fail',
      counts: '3/2',
    },
    'not_empty_string takes blanks for a text when told': {
      check: { kind: 'dbt_utils.not_empty_string', on: 'texts', column: 'note', arguments: { trim_whitespace: false } },
      status: 'fail',
      counts: '3/1',
    },
    'not_empty_string over nulls alone has no data': {
      check: { kind: 'dbt_utils.not_empty_string', on: 'nulls', column: 'who' },
      status: 'no_data',
      counts: '0/0',
    },
    'not_null_proportion passes': {
      check: { kind: 'dbt_utils.not_null_proportion', on: 'sales', column: 'who', arguments: { at_least: 0.75 } },
      status: 'pass',
      counts: '4/0',
    },
    'not_null_proportion fails below': {
      check: { kind: 'dbt_utils.not_null_proportion', on: 'sales', column: 'who', arguments: { at_least: '0.76' } },
      status: 'fail',
      counts: '4/1',
      rows: ['sales: who has a value in 3 of 4 rows; expected a share of at least 0.76 and at most 1'],
    },
    'not_null_proportion fails above': {
      check: {
        kind: 'dbt_utils.not_null_proportion',
        on: 'sales',
        column: 'who',
        arguments: { at_least: 0, at_most: 0.5 },
      },
      status: 'fail',
      counts: '4/1',
    },
    'not_null_proportion fails in a group': {
      check: {
        kind: 'dbt_utils.not_null_proportion',
        on: 'sales',
        column: 'who',
        arguments: { at_least: 0.5, group_by_columns: ['status'] },
      },
      status: 'fail',
      counts: '4/1',
    },
    'not_null_proportion over nulls alone fails': {
      check: { kind: 'dbt_utils.not_null_proportion', on: 'nulls', column: 'who', arguments: { at_least: 0.1 } },
      status: 'fail',
      counts: '3/1',
    },
    'not_null_proportion over an empty table has no data': {
      check: { kind: 'dbt_utils.not_null_proportion', on: 'empty', column: 'who', arguments: { at_least: 0.1 } },
      status: 'no_data',
      counts: '0/0',
    },
    'recency passes': {
      check: { kind: 'dbt_utils.recency', on: 'terms', arguments: { field: 'until', datepart: 'day', interval: 40 } },
      status: 'pass',
      counts: '7/0',
    },
    'recency fails when the newest is old': {
      check: { kind: 'dbt_utils.recency', on: 'terms', arguments: { field: 'until', datepart: 'day', interval: 10 } },
      status: 'fail',
      counts: '7/1',
      rows: ['terms: the newest until is more than 10 day old: 2026-01-21 2026-01-21'],
    },
    'recency forgets the time of day when told': {
      check: {
        kind: 'dbt_utils.recency',
        on: 'terms',
        arguments: { field: 'until', datepart: 'hour', interval: 240, ignore_time_component: true },
      },
      status: 'pass',
      counts: '7/0',
    },
    'recency fails in a group': {
      check: {
        kind: 'dbt_utils.recency',
        on: 'terms',
        arguments: { field: 'until', datepart: 'week', interval: 2, group_by_columns: ['who'] },
      },
      status: 'fail',
      counts: '7/3',
    },
    'recency over nulls alone has no data': {
      check: {
        kind: 'dbt_utils.recency',
        on: 'nulls',
        arguments: { field: 'who::timestamp', datepart: 'day', interval: 1 },
      },
      status: 'no_data',
      counts: '0/0',
    },
    'recency over nothing has no data': {
      check: {
        kind: 'dbt_utils.recency',
        on: 'terms',
        arguments: { field: 'until', datepart: 'day', interval: 1 },
        settings: { where: 'false' },
      },
      status: 'no_data',
      counts: '0/0',
    },
    'relationships_where passes': {
      check: {
        kind: 'dbt_utils.relationships_where',
        on: 'sales',
        column: 'who',
        arguments: { to: 'people', field: 'name', from_condition: "status = 'paid' and who = 'ann' or id = 4" },
      },
      status: 'pass',
      counts: '2/0',
    },
    'relationships_where fails': {
      check: {
        kind: 'dbt_utils.relationships_where',
        on: 'sales',
        column: 'who',
        arguments: { to: 'people', field: 'name', to_condition: "name <> 'ann'" },
      },
      status: 'fail',
      counts: '3/3',
    },
    'relationships_where over nothing has no data': {
      check: {
        kind: 'dbt_utils.relationships_where',
        on: 'sales',
        column: 'who',
        arguments: { to: 'people', field: 'name', from_condition: 'id > 99' },
      },
      status: 'no_data',
      counts: '0/0',
    },
    'relationships_where over nulls alone has no data': {
      check: {
        kind: 'dbt_utils.relationships_where',
        on: 'nulls',
        column: 'who',
        arguments: { to: 'people', field: 'name' },
      },
      status: 'no_data',
      counts: '0/0',
    },
    'sequential_values passes': {
      check: { kind: 'dbt_utils.sequential_values', on: 'sales', column: 'id' },
      status: 'pass',
      counts: '4/0',
    },
    'sequential_values finds a hole': {
      check: { kind: 'dbt_utils.sequential_values', on: 'log', column: 'id' },
      status: 'fail',
      counts: '4/1',
    },
    'sequential_values of dates, by groups': {
      check: {
        kind: 'dbt_utils.sequential_values',
        on: 'terms',
        column: 'since',
        arguments: { interval: 10, datepart: 'day', group_by_columns: ['who'] },
      },
      status: 'fail',
      counts: '6/2',
    },
    'sequential_values over nulls alone has no data': {
      check: { kind: 'dbt_utils.sequential_values', on: 'nulls', column: 'id' },
      status: 'no_data',
      counts: '0/0',
    },
    'sequential_values over an empty table has no data': {
      check: { kind: 'dbt_utils.sequential_values', on: 'empty', column: 'id' },
      status: 'no_data',
      counts: '0/0',
    },
    'unique_combination_of_columns passes': {
      check: {
        kind: 'dbt_utils.unique_combination_of_columns',
        on: 'sales',
        arguments: { combination_of_columns: ['who', 'amount'] },
      },
      status: 'pass',
      counts: '4/0',
    },
    'unique_combination_of_columns takes a null for a value': {
      check: {
        kind: 'dbt_utils.unique_combination_of_columns',
        on: 'nulls',
        arguments: { combination_of_columns: ['id', 'who'] },
      },
      status: 'fail',
      counts: '3/1',
      rows: [': id, who stands 3 times'],
    },
    'unique_combination_of_columns takes an expression': {
      check: {
        kind: 'dbt_utils.unique_combination_of_columns',
        on: 'sales',
        arguments: { combination_of_columns: ['lower(who)', '(id > 0)'] },
      },
      status: 'fail',
      counts: '4/1',
      rows: ['ann/t: lower(who), (id > 0) stands 2 times'],
    },
    'unique_combination_of_columns quotes when told': {
      check: {
        kind: 'dbt_utils.unique_combination_of_columns',
        on: 'Mixed',
        arguments: { combination_of_columns: ['Id'], quote_columns: true },
      },
      status: 'pass',
      counts: '2/0',
    },
    'unique_combination_of_columns over an empty table has no data': {
      check: {
        kind: 'dbt_utils.unique_combination_of_columns',
        on: 'empty',
        arguments: { combination_of_columns: ['id'] },
      },
      status: 'no_data',
      counts: '0/0',
    },
  };
}
