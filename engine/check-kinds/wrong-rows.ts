import type { CheckPlan, KindContext } from './check-kind.ts';
import { rowsWhere } from './count.ts';

/** The plan of a kind that judges each row by itself: rows that are looked at, and a condition that is true of a violation. All are SQL over `t`. */
export function wrongRows<A>(
  { relation, where, subject }: Pick<KindContext<A>, 'relation' | 'where' | 'subject'>,
  judged: { readonly looked: string; readonly wrong: string; readonly reason: string; readonly amount?: string },
): CheckPlan {
  const looked = judged.looked === 'true' ? where : `${where} and ${judged.looked}`;
  const wrong = `${looked} and (${judged.wrong})`;
  const amount = judged.amount === undefined ? '' : `, ${judged.amount} as amount`;
  return {
    population: rowsWhere(looked),
    found: rowsWhere(wrong),
    violations: `select ${subject} as subject_id, ${judged.reason} as reason${amount}
from ${relation} as t
where ${wrong}`,
  };
}
