import { z } from 'zod';
import { identifier, literal } from '../sql-text.ts';
import { columns } from './arguments.ts';
import { checkKind } from './check-kind.ts';

/** No combination of values stands twice; a null is a value like another, as dbt_utils has it. A violation is a combination. */
export const uniqueCombinationOfColumns = checkKind({
  arguments: z.strictObject({
    combination_of_columns: columns.refine((given) => given.length > 0, { error: 'needs at least one column' }),
    quote_columns: z.boolean().default(false),
  }),
  dimension: 'uniqueness',
  of: 'relation',
  plan: ({ relation, where, expression, arguments: given }) => {
    const names = given.combination_of_columns;
    const combined = names.map((name) => (given.quote_columns ? `t.${identifier(name)}` : expression(name))).join(', ');
    return {
      population: `select count(*) from ${relation} as t where ${where}`,
      violations: `select concat_ws('/', ${combined}) as subject_id, ${literal(`${names.join(', ')} stands `)} || count(*) || ' times' as reason
from ${relation} as t
where ${where}
group by ${combined}
having count(*) > 1`,
    };
  },
});
