import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { checkKind } from './check-kind.ts';

/** No value is an empty text; blanks count as nothing unless `trim_whitespace` is false. Nulls are left out. */
export const notEmptyString = checkKind({
  arguments: z.strictObject({ trim_whitespace: z.boolean().default(true) }),
  dimension: 'completeness',
  of: 'column',
  plan: ({ relation, where, column, columnName, subject, arguments: given }) => ({
    population: `select count(*) from ${relation} as t where ${where} and ${column} is not null`,
    violations: `select ${subject} as subject_id, ${literal(`${columnName} is an empty text`)} as reason
from ${relation} as t
where ${where} and ${given.trim_whitespace ? `trim(${column})` : column} = ''`,
  }),
});
