import type { Cases } from './case.ts';

/** dbt_utils' tests that compare two relations, by the names that dbt_utils gives them, over the tables of basic.ts. */
export const cases: Cases = {
  'cardinality_equality passes': {
    check: {
      kind: 'dbt_utils.cardinality_equality',
      on: 'sales',
      column: 'who',
      arguments: { to: 'sales_copy', field: 'who' },
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
    check: { kind: 'dbt_utils.equal_rowcount', on: 'sales', arguments: { compare_model: 'sales_copy' } },
    status: 'pass',
    counts: '8/0',
  },
  'equal_rowcount counts the rows that differ': {
    check: { kind: 'dbt_utils.equal_rowcount', on: 'sales', arguments: { compare_model: 'people' } },
    status: 'fail',
    counts: '6/2',
    rows: ['sales: 4 rows in sales, 2 in people; expected as many'],
  },
  'equal_rowcount over nulls alone counts the rows': {
    check: { kind: 'equal_rowcount', on: 'nulls', arguments: { compare_model: 'nulls_copy' } },
    status: 'pass',
    counts: '6/0',
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
    check: { kind: 'dbt_utils.equality', on: 'sales', arguments: { compare_model: 'sales_copy' } },
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
    check: { kind: 'dbt_utils.equality', on: 'nulls', arguments: { compare_model: 'nulls_copy' } },
    status: 'pass',
    counts: '6/0',
  },
  'fewer_rows_than passes': {
    check: { kind: 'dbt_utils.fewer_rows_than', on: 'people', arguments: { compare_model: 'sales' } },
    status: 'pass',
    counts: '6/0',
  },
  'fewer_rows_than over nulls alone counts the rows': {
    check: { kind: 'fewer_rows_than', on: 'nulls', arguments: { compare_model: 'sales' } },
    status: 'pass',
    counts: '7/0',
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
};
