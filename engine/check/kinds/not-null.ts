import { literal } from '../../sql-text.ts';
import type { CheckPlan, KindContext } from '../check-plan.ts';

/** Every row has a value. Population: all rows. */
export function notNull({ definition, relation, where, column, subject }: KindContext): CheckPlan {
  return {
    population: `select count(*) from ${relation} as t where ${where}`,
    violations: `select ${subject} as subject_id, ${literal(`${definition.column} has no value`)} as reason
from ${relation} as t
where ${where} and ${column} is null`,
  };
}
