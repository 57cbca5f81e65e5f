import type { Cases } from './case.ts';

/** dbt_utils' tests by the names that dbt_utils gives them, over the tables of basic.ts. */
export const cases: Cases = {
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
  'mutually_exclusive_ranges of a whole table passes': {
    check: {
      kind: 'mutually_exclusive_ranges',
      on: 'rates',
      arguments: { lower_bound_column: 'since', upper_bound_column: 'until', gaps: 'not_allowed' },
    },
    status: 'pass',
    counts: '3/0',
  },
  'mutually_exclusive_ranges over an empty table has no data': {
    check: {
      kind: 'mutually_exclusive_ranges',
      on: 'empty',
      arguments: { lower_bound_column: 'id', upper_bound_column: 'amount' },
    },
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
  'not_accepted_values over an empty table has no data': {
    check: { kind: 'not_accepted_values', on: 'empty', column: 'who', arguments: { values: ['x'] } },
    status: 'no_data',
    counts: '0/0',
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
  'not_empty_string over an empty table has no data': {
    check: { kind: 'not_empty_string', on: 'empty', column: 'who' },
    status: 'no_data',
    counts: '0/0',
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
  'recency over an empty table has no data': {
    check: { kind: 'recency', on: 'empty', arguments: { field: 'who::timestamp', datepart: 'day', interval: 1 } },
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
    rows: ['ann/true: lower(who), (id > 0) stands 2 times'],
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
