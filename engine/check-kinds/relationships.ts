import { z } from 'zod';
import { relationName } from './arguments.ts';
import { checkKind } from './check-kind.ts';
import { withoutMatch } from './without-match.ts';

/** Every value stands in a field of another relation; nulls are left out. */
export const relationships = checkKind({
  arguments: z.strictObject({ to: relationName, field: z.string() }),
  dimension: 'consistency',
  of: 'column',
  relations: ['to'],
  plan: (context) => withoutMatch(context, { ...context.arguments, from: 'true', among: 'true' }),
});
