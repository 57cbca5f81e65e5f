import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { columns } from './arguments.ts';
import { checkKind } from './check-kind.ts';
import { groupsOf } from './groups-of.ts';

/** More than one value stands in the column, in each group; nulls are left out. */
export const notConstant = checkKind({
  arguments: z.strictObject({ group_by_columns: columns.default([]) }),
  dimension: 'validity',
  of: 'column',
  plan: ({ relation, label, where, column, columnName, expression, arguments: given }) => {
    const groups = groupsOf(given.group_by_columns, label, expression);
    return {
      population: `select count(*) from ${relation} as t where ${where} and ${column} is not null`,
      violations: `select ${groups.subject} as subject_id, ${literal(`${columnName} has one value only`)} as reason
from ${relation} as t
where ${where}${groups.groupBy}
having count(distinct ${column}) = 1`,
    };
  },
});
