import { z } from 'zod';
import { relationName } from './arguments.ts';
import { checkKind } from './check-kind.ts';
import { withoutMatch } from './without-match.ts';

/** As relationships, but only rows of either side for which a condition holds count. */
export const relationshipsWhere = checkKind({
  arguments: z.strictObject({
    to: relationName,
    field: z.string(),
    from_condition: z.string().default('true'),
    to_condition: z.string().default('true'),
  }),
  dimension: 'consistency',
  of: 'column',
  relations: ['to'],
  plan: (context) => {
    const { to, field, from_condition: from, to_condition: among } = context.arguments;
    return withoutMatch(context, { to, field, from: `(${context.render(from)})`, among: `(${context.render(among)})` });
  },
});
