import { literal } from '../sql-text.ts';
import type { CheckPlan, KindContext } from './check-kind.ts';

/**
 * Compares the numbers of rows of two relations, of each group when there are any. `failures` is SQL over `here`, `there` and `is_in_both`:
 * how much is wrong with a group, 0 for nothing.
 */
export function rowCounts<A>(
  { relation, label, where, resolve, expression, shown }: KindContext<A>,
  compared: {
    readonly to: string;
    readonly by: readonly string[];
    readonly failures: string;
    readonly expected: string;
  },
): CheckPlan {
  const { to, failures, expected } = compared;
  const by = compared.by.map(expression);
  const keys = by.map((_, index) => `key_${index}`);
  const side = (name: string, from: string): string =>
    `select 1 as one, ${by.map((column, index) => `${column} as ${keys[index]}, `).join('')}count(*) as ${name} from ${from}${by.length === 0 ? '' : ` group by ${by.join(', ')}`}`;
  const subject =
    keys.length === 0
      ? literal(label)
      : `concat_ws('/', ${keys.map((key, index) => shown(`coalesce(a.${key}::text, b.${key}::text)`, compared.by[index] ?? '')).join(', ')})`;
  return {
    population: {
      query: `select (select count(*) from ${relation} as t where ${where}) + (select count(*) from ${resolve(to)} as t)`,
    },
    violations: `select subject_id, here || ${literal(` rows in ${label}, `)} || there || ${literal(` in ${to}; expected ${expected}`)} as reason, failures
from (
  select ${subject} as subject_id, coalesce(here, 0) as here, coalesce(there, 0) as there,
    a.one = b.one as is_in_both
  from (${side('here', `${relation} as t where ${where}`)}) as a
  full join (${side('there', `${resolve(to)} as t`)}) as b on ${['one', ...keys].map((key) => `a.${key} = b.${key}`).join(' and ')}
) as counted
cross join lateral (select ${failures} as failures) as judged
where failures > 0`,
    failCalc: 'coalesce(sum(failures), 0)',
    alsoReads: [to],
  };
}
