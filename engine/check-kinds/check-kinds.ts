import type { z } from 'zod';
import { acceptedRange } from './kinds/accepted-range.ts';
import { acceptedValues } from './kinds/accepted-values.ts';
import { atLeastOne } from './kinds/at-least-one.ts';
import { cardinalityEquality } from './kinds/cardinality-equality.ts';
import type { CheckKindSpec } from './check-kind.ts';
import { equalRowcount } from './kinds/equal-rowcount.ts';
import { equality } from './kinds/equality.ts';
import { expression } from './kinds/expression.ts';
import { fewerRowsThan } from './kinds/fewer-rows-than.ts';
import { mutuallyExclusiveRanges } from './kinds/mutually-exclusive-ranges.ts';
import { notAcceptedValues } from './kinds/not-accepted-values.ts';
import { notConstant } from './kinds/not-constant.ts';
import { notEmptyString } from './kinds/not-empty-string.ts';
import { notNullProportion } from './kinds/not-null-proportion.ts';
import { notNull } from './kinds/not-null.ts';
import { recency } from './kinds/recency.ts';
import { reconcile } from './kinds/reconcile.ts';
import { relationships } from './kinds/relationships.ts';
import { rowCount } from './kinds/row-count.ts';
import { sequentialValues } from './kinds/sequential-values.ts';
import { unique } from './kinds/unique.ts';
import { rowCountChange } from './kinds/row-count-change.ts';
import { rowCountEquals } from './kinds/row-count-equals.ts';
import { controlTotals } from './kinds/control-totals.ts';
import { volumeAnomaly } from './kinds/volume-anomaly.ts';
import { metricAnomaly } from './kinds/metric-anomaly.ts';
import { freshness } from './kinds/freshness.ts';
import { freshnessAnomaly } from './kinds/freshness-anomaly.ts';
import { missingPeriods } from './kinds/missing-periods.ts';
import { sequenceGaps } from './kinds/sequence-gaps.ts';
import { groupsPresent } from './kinds/groups-present.ts';
import { fileArrival } from './kinds/file-arrival.ts';
import { lateArrival } from './kinds/late-arrival.ts';
import { unchangedRows } from './kinds/unchanged-rows.ts';
import { missing } from './kinds/missing.ts';
import { format } from './kinds/format.ts';
import { readableText } from './kinds/readable-text.ts';
import { sum } from './kinds/sum.ts';
import { balance } from './kinds/balance.ts';
import { rollForward } from './kinds/roll-forward.ts';
import { recompute } from './kinds/recompute.ts';
import { distributionShift } from './kinds/distribution-shift.ts';
import { duplicates } from './kinds/duplicates.ts';
import { ordered } from './kinds/ordered.ts';
import { schema } from './kinds/schema.ts';

/** Every kind of check by the name that content calls it. A new kind is a file and a line here. */
export const CHECK_KINDS: Readonly<Record<string, CheckKindSpec>> = {
  not_null: notNull,
  unique,
  accepted_values: acceptedValues,
  relationships,
  row_count: rowCount,
  expression,
  reconcile,
  accepted_range: acceptedRange,
  at_least_one: atLeastOne,
  cardinality_equality: cardinalityEquality,
  equal_rowcount: equalRowcount,
  equality,
  fewer_rows_than: fewerRowsThan,
  mutually_exclusive_ranges: mutuallyExclusiveRanges,
  not_accepted_values: notAcceptedValues,
  not_constant: notConstant,
  not_empty_string: notEmptyString,
  not_null_proportion: notNullProportion,
  recency,
  sequential_values: sequentialValues,
  row_count_change: rowCountChange,
  row_count_equals: rowCountEquals,
  control_totals: controlTotals,
  volume_anomaly: volumeAnomaly,
  metric_anomaly: metricAnomaly,
  freshness,
  freshness_anomaly: freshnessAnomaly,
  missing_periods: missingPeriods,
  sequence_gaps: sequenceGaps,
  groups_present: groupsPresent,
  file_arrival: fileArrival,
  late_arrival: lateArrival,
  unchanged_rows: unchangedRows,
  missing,
  format,
  readable_text: readableText,
  sum,
  balance,
  roll_forward: rollForward,
  recompute,
  distribution_shift: distributionShift,
  duplicates,
  ordered,
  schema,
};

/** A kind as one of its names says it. */
export interface NamedKind {
  /** Ours, a key of CHECK_KINDS. */
  readonly name: string;
  readonly spec: CheckKindSpec;
  /** What it may be told under the name that was written. */
  readonly arguments: z.ZodObject;
  /** Arguments that this schema has parsed, as the kind takes them. */
  readonly translated: (given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

const BY_NAME = new Map(
  Object.entries(CHECK_KINDS).flatMap(([name, spec]) =>
    [name, ...(spec.aliases ?? [])].map((written) => [written, namedKind(name, spec, written)] as const),
  ),
);

/** Every name that content may write: ours and the others. */
export const KIND_NAMES: readonly string[] = [...BY_NAME.keys()];

/** A kind by its name or by another name of it, such as dbt_utils'. */
export function kindNamed(written: string): NamedKind | undefined {
  return BY_NAME.get(written);
}

function namedKind(name: string, spec: CheckKindSpec, written: string): NamedKind {
  const { translate } = spec;
  return {
    name,
    spec,
    arguments: spec.aliasArguments?.[written] ?? spec.arguments,
    translated: (given) =>
      translate === undefined || written === name ? given : spec.arguments.parse(translate(given, written)),
  };
}
