import { identifier, literal } from '../../sql-text.ts';
import type { CheckPlan, KindContext } from '../check-plan.ts';

/** No value, or combination of values, stands twice; rows with a null in it are left out. A violation is a value, not a row. */
export function unique({ definition, relation, where }: KindContext): CheckPlan {
  const names = (definition.arguments['columns'] as readonly string[] | undefined) ?? [definition.column as string];
  const columns = names.map((name) => `t.${identifier(name)}`);
  const complete = columns.map((column) => `${column} is not null`).join(' and ');
  return {
    population: `select count(*) from ${relation} as t where ${where} and ${complete}`,
    violations: `select concat_ws('/', ${columns.join(', ')}) as subject_id, ${literal(`${names.join(', ')} stands `)} || count(*) || ' times' as reason
from ${relation} as t
where ${where} and ${complete}
group by ${columns.join(', ')}
having count(*) > 1`,
  };
}
