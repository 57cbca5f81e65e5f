import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { checkKind } from './check-kind.ts';

/** The expression is true for every row; a null result is a violation, because it proves nothing. */
export const expression = checkKind({
  arguments: z.strictObject({ expression: z.string() }),
  dimension: 'accuracy',
  of: 'relation',
  plan: ({ relation, where, subject, render, arguments: { expression: written } }) => ({
    population: `select count(*) from ${relation} as t where ${where}`,
    violations: `select ${subject} as subject_id, ${literal(`not true: ${written.replaceAll(/\s+/g, ' ').trim()}`)} as reason
from ${relation} as t
where ${where} and (${render(written)}) is not true`,
  }),
});
