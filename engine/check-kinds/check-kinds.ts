import { acceptedRange } from './accepted-range.ts';
import { acceptedValues } from './accepted-values.ts';
import { atLeastOne } from './at-least-one.ts';
import { cardinalityEquality } from './cardinality-equality.ts';
import type { CheckKindSpec } from './check-kind.ts';
import { equalRowcount } from './equal-rowcount.ts';
import { equality } from './equality.ts';
import { expressionIsTrue } from './expression-is-true.ts';
import { expression } from './expression.ts';
import { fewerRowsThan } from './fewer-rows-than.ts';
import { mutuallyExclusiveRanges } from './mutually-exclusive-ranges.ts';
import { notAcceptedValues } from './not-accepted-values.ts';
import { notConstant } from './not-constant.ts';
import { notEmptyString } from './not-empty-string.ts';
import { notNullProportion } from './not-null-proportion.ts';
import { notNull } from './not-null.ts';
import { recency } from './recency.ts';
import { reconcile } from './reconcile.ts';
import { relationshipsWhere } from './relationships-where.ts';
import { relationships } from './relationships.ts';
import { rowCount } from './row-count.ts';
import { sequentialValues } from './sequential-values.ts';
import { uniqueCombinationOfColumns } from './unique-combination-of-columns.ts';
import { unique } from './unique.ts';

/** Every kind of check by the name that content calls it. A new kind is a file and a line here. */
export const CHECK_KINDS: Readonly<Record<string, CheckKindSpec>> = {
  not_null: notNull,
  unique,
  accepted_values: acceptedValues,
  relationships,
  row_count: rowCount,
  expression,
  reconcile,
  'dbt_utils.accepted_range': acceptedRange,
  'dbt_utils.at_least_one': atLeastOne,
  'dbt_utils.cardinality_equality': cardinalityEquality,
  'dbt_utils.equal_rowcount': equalRowcount,
  'dbt_utils.equality': equality,
  'dbt_utils.expression_is_true': expressionIsTrue,
  'dbt_utils.fewer_rows_than': fewerRowsThan,
  'dbt_utils.mutually_exclusive_ranges': mutuallyExclusiveRanges,
  'dbt_utils.not_accepted_values': notAcceptedValues,
  'dbt_utils.not_constant': notConstant,
  'dbt_utils.not_empty_string': notEmptyString,
  'dbt_utils.not_null_proportion': notNullProportion,
  'dbt_utils.recency': recency,
  'dbt_utils.relationships_where': relationshipsWhere,
  'dbt_utils.sequential_values': sequentialValues,
  'dbt_utils.unique_combination_of_columns': uniqueCombinationOfColumns,
};
