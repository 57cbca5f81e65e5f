import { literal } from '../../sql-text.ts';
import type { CheckPlan, KindContext } from '../check-plan.ts';

/** Every value is one of a list; compared as text, nulls are left out. */
export function acceptedValues({ definition, relation, where, column, subject }: KindContext): CheckPlan {
  const values = (definition.arguments['values'] as readonly (string | number | boolean)[]).map((value) =>
    literal(String(value)),
  );
  return {
    population: `select count(*) from ${relation} as t where ${where} and ${column} is not null`,
    violations: `select ${subject} as subject_id, ${literal(`${definition.column} is not an accepted value: `)} || ${column}::text as reason
from ${relation} as t
where ${where} and ${column}::text not in (${values.join(', ')})`,
  };
}
