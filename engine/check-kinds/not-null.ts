import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { checkKind } from './check-kind.ts';

/** Every row has a value. Population: all rows. */
export const notNull = checkKind({
  arguments: z.strictObject({}),
  dimension: 'completeness',
  of: 'column',
  plan: ({ relation, where, column, columnName, subject }) => ({
    population: `select count(*) from ${relation} as t where ${where}`,
    violations: `select ${subject} as subject_id, ${literal(`${columnName} has no value`)} as reason
from ${relation} as t
where ${where} and ${column} is null`,
  }),
});
