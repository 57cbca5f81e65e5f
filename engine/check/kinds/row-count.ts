import { literal } from '../../sql-text.ts';
import type { CheckPlan, KindContext } from '../check-plan.ts';

/** The relation has at least `min` and at most `max` rows. An empty one violates a minimum of 1 or more. */
export function rowCount({ definition, relation, label, where }: KindContext): CheckPlan {
  const { min, max } = definition.arguments as { min?: number; max?: number };
  const outside = [
    ...(min === undefined ? [] : [`count(*) < ${literal(min)}`]),
    ...(max === undefined ? [] : [`count(*) > ${literal(max)}`]),
  ];
  const expected = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ].join(' and ');
  return {
    population: `select count(*) from ${relation} as t where ${where}`,
    violations: `select ${literal(label)} as subject_id, count(*) || ${literal(` rows; expected ${expected}`)} as reason
from ${relation} as t
where ${where}
having ${outside.length === 0 ? 'false' : outside.join(' or ')}`,
  };
}
