import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { nullsWhere, rowsWhere } from '../count.ts';
import { setOne } from '../planting.ts';

/** Every row has a value. Population: all rows. */
export const notNull = checkKind({
  arguments: z.strictObject({}),
  dimension: 'completeness',
  of: 'column',
  violationOf: 'row',
  finds: 'rows whose column is null. It looks at every row.',
  example: 'not_null',
  plan: ({ relation, where, column, columnName, subject }) => ({
    population: rowsWhere(where),
    found: nullsWhere(where, column),
    violations: `select ${subject} as subject_id, ${literal(`${columnName} has no value`)} as reason
from ${relation} as t
where ${where} and ${column} is null`,
  }),
  faults: [
    {
      name: 'the value of one row is taken away',
      statements: ({ relation, column }) => [setOne(relation, column, 'null')],
    },
  ],
});
