import type { CheckPlan } from '../check-kinds/check-kind.ts';
import type { CheckSettings } from '../contracts/check.ts';
import { statusSql } from './status-sql.ts';

/**
 * A plan as common table expressions, each violation looked up once: `tickmark_found` are the violations as planned, `tickmark_rows`
 * those with the four columns that every check returns, `tickmark_decided` one row with population, violating_rows, failures and status.
 */
export function checkStatement(plan: CheckPlan, settings: CheckSettings): string {
  const failures =
    plan.failCalc === undefined
      ? 'violating_rows'
      : `trim_scale((select ${plan.failCalc} from tickmark_found as dbt_internal_test)::numeric)::text::bigint`;
  return `with tickmark_found as materialized (
${plan.violations}
),
tickmark_rows as (
${plan.raw === undefined ? ROWS : rawRows(plan.raw)}
),
tickmark_counted as (
select (
${plan.population}
)::bigint as population, (select count(*) from tickmark_found) as violating_rows
),
tickmark_judged as (
select population, violating_rows, ${failures} as failures from tickmark_counted
),
tickmark_decided as materialized (
select population, violating_rows, failures, ${statusSql(settings)} as status from tickmark_judged
)`;
}

// Where the violations have no amount or occurred_at, the name goes on to the row that stands outside: there it is null.
const ROWS = `select shown.*
from (select null::numeric as amount, null::text as occurred_at) as absent
cross join lateral (
  select found.subject_id::text as subject_id, found.reason::text as reason, amount::numeric as amount, occurred_at::text as occurred_at
  from tickmark_found as found
) as shown`;

/** Columns of any name and type, also two of one name: an amount counts when it is a number. */
function rawRows({ subject, reason }: NonNullable<CheckPlan['raw']>): string {
  return `select ${subject} as subject_id, ${reason} as reason,
  case when jsonb_typeof(fields -> 'amount') = 'number' then (fields ->> 'amount')::numeric end as amount,
  fields ->> 'occurred_at' as occurred_at
from (select tickmark_found::text as as_text, to_jsonb(tickmark_found) as fields from tickmark_found) as tickmark_row`;
}
