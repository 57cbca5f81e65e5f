import { literal } from '../../sql-text.ts';
import type { CheckPlan, KindContext } from '../check-plan.ts';

/** The expression is true for every row; a null result is a violation, because it proves nothing. */
export function expression({ definition, relation, where, subject, render }: KindContext): CheckPlan {
  const written = definition.arguments['expression'] as string;
  return {
    population: `select count(*) from ${relation} as t where ${where}`,
    violations: `select ${subject} as subject_id, ${literal(`not true: ${written.replaceAll(/\s+/g, ' ').trim()}`)} as reason
from ${relation} as t
where ${where} and (${render(written)}) is not true`,
  };
}
