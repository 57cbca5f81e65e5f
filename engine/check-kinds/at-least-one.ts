import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { columns } from './arguments.ts';
import { checkKind } from './check-kind.ts';
import { groupsOf } from './groups-of.ts';

/** The column has a value in at least one row, of each group. A relation without rows has none. */
export const atLeastOne = checkKind({
  arguments: z.strictObject({ group_by_columns: columns.default([]) }),
  dimension: 'completeness',
  of: 'column',
  plan: ({ definition, relation, label, where, column, columnName, expression, arguments: given }) => {
    const by = given.group_by_columns.filter((name) => name !== definition.column);
    const groups = groupsOf(by, label, expression);
    return {
      population: `select count(*) from ${relation} as t where ${where}`,
      violations: `select ${groups.subject} as subject_id, ${literal(`${columnName} has a value in no row`)} as reason
from ${relation} as t
where ${where}${groups.groupBy}
having count(${column}) = 0`,
    };
  },
});
