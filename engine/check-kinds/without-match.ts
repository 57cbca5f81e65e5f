import { literal } from '../sql-text.ts';
import type { CheckPlan, KindContext } from './check-kind.ts';

/** The rows whose value stands in no row of another relation. `from` and `among` say which rows of either side count. */
export function withoutMatch<A>(
  { relation, where, column, columnName, subject, resolve, expression }: KindContext<A>,
  match: { readonly to: string; readonly field: string; readonly from: string; readonly among: string },
): CheckPlan {
  const { to, from, among } = match;
  const looked = `${where} and ${column} is not null and ${from}`;
  // The other side shows one column under a name of ours, so that an expression over this side cannot mean one of its columns.
  return {
    population: `select count(*) from ${relation} as t where ${looked}`,
    violations: `select ${subject} as subject_id, ${literal(`${columnName} is not in ${to}: `)} || ${column}::text as reason
from ${relation} as t
where ${looked}
  and not exists (
    select 1 from (select ${expression(match.field)} as tickmark_field from ${resolve(to)} as t where ${among}) as other
    where other.tickmark_field = ${column}
  )`,
    alsoReads: [to],
  };
}
