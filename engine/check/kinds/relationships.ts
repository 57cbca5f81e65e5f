import { identifier, literal } from '../../sql-text.ts';
import type { CheckPlan, KindContext } from '../check-plan.ts';

/** Every value stands in a field of another relation; nulls are left out. */
export function relationships({ definition, relation, where, column, subject, resolve }: KindContext): CheckPlan {
  const { to, field } = definition.arguments as { to: string; field: string };
  return {
    population: `select count(*) from ${relation} as t where ${where} and ${column} is not null`,
    violations: `select ${subject} as subject_id, ${literal(`${definition.column} is not in ${to}: `)} || ${column}::text as reason
from ${relation} as t
where ${where} and ${column} is not null
  and not exists (select 1 from ${resolve(to)} as other where other.${identifier(field)} = ${column})`,
    alsoReads: [to],
  };
}
