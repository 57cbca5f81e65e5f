import { literal } from '../sql-text.ts';
import type { PlannedCheck } from './plan-check.ts';
import type { RawRows } from './raw-rows.ts';
import type { Slice } from './slice.ts';

/** A check's plan over all that it looks at, or over one slice of it. */
export interface CheckPart {
  readonly plan: PlannedCheck;
  readonly slice: Slice | undefined;
}

/**
 * The violations of a check's parts as common table expressions, each looked up once: `tickmark_found_<n>` are those of a part as
 * planned, `tickmark_rows` all of them with the four columns that every check returns; a slice is told at the end of the reason.
 */
export function violationsStatement(parts: readonly CheckPart[]): string {
  const each = parts.map(({ plan }, index) => {
    const found = `tickmark_found_${index}`;
    const rows = plan.raw === undefined ? shownRows(found) : rawRows(plan.raw, found);
    return `${found} as materialized (
${plan.violations}
),
tickmark_rows_${index} as (
${rows}
)`;
  });
  const all = parts.map(({ slice }, index) => {
    const reason = slice === undefined ? 'reason' : `reason || ${literal(` [${slice.label}]`)} as reason`;
    return `select subject_id, ${reason}, amount, occurred_at from tickmark_rows_${index}`;
  });
  return `with ${each.join(',\n')},
tickmark_rows as (
${all.join('\nunion all\n')}
)`;
}

/** How many violations each part has, and the number that its thresholds compare, as an array of text: two numbers a part. */
export function violationNumbers(parts: readonly CheckPart[]): string {
  const numbers = parts.flatMap(({ plan }, index) => {
    const count = `(select count(*) from tickmark_found_${index})::text`;
    if (plan.failCalc === undefined) return [count, count];
    return [
      count,
      `trim_scale((select ${plan.failCalc} from tickmark_found_${index} as dbt_internal_test)::numeric)::text`,
    ];
  });
  return `array[${numbers.join(', ')}]`;
}

/** The violations of an author's own SQL counted, in a statement that needs the columns it must have. */
export function countShown(violations: string): string {
  return `with tickmark_found as (\n${violations}\n) select count(*) from (\n${shownRows('tickmark_found')}\n) as shown`;
}

// Where the violations have no amount or occurred_at, the name goes on to the row that stands outside: there it is null.
function shownRows(found: string): string {
  return `select shown.*
from (select null::numeric as amount, null::text as occurred_at) as absent
cross join lateral (
  select found.subject_id::text as subject_id, found.reason::text as reason, amount::numeric as amount, occurred_at::text as occurred_at
  from ${found} as found
) as shown`;
}

/** Columns of any name and type, also two of one name: an amount counts when it is a number. */
function rawRows({ subject, reason, shows }: RawRows, found: string): string {
  const amount = `case when jsonb_typeof(fields -> 'amount') = 'number' then (fields ->> 'amount')::numeric end`;
  return `select ${subject} as subject_id, ${reason} as reason,
  ${shows?.amount === false ? 'null::numeric' : amount} as amount,
  ${shows?.occurredAt === false ? 'null::text' : `fields ->> 'occurred_at'`} as occurred_at
from (select ${found}::text as as_text, to_jsonb(${found}) as fields from ${found}) as tickmark_row`;
}
