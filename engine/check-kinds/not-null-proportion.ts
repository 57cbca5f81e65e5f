import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { columns, decimal } from './arguments.ts';
import { checkKind } from './check-kind.ts';
import { groupsOf } from './groups-of.ts';

/** The share of rows with a value, of each group, is at least and at most what was given (0.95 is 95 %). */
export const notNullProportion = checkKind({
  arguments: z.strictObject({
    at_least: decimal,
    at_most: decimal.default('1'),
    group_by_columns: columns.default([]),
  }),
  dimension: 'completeness',
  of: 'column',
  plan: ({ relation, label, where, column, columnName, expression, arguments: given }) => {
    const groups = groupsOf(given.group_by_columns, label, expression);
    const share = `count(${column}) / nullif(count(*), 0)::numeric`;
    const bounds = `at least ${given.at_least} and at most ${given.at_most}`;
    return {
      population: `select count(*) from ${relation} as t where ${where}`,
      violations: `select ${groups.subject} as subject_id, ${literal(`${columnName} has a value in `)} || count(${column}) || ' of ' || count(*) || ${literal(` rows; expected a share of ${bounds}`)} as reason
from ${relation} as t
where ${where}${groups.groupBy}
having ${share} < ${given.at_least} or ${share} > ${given.at_most}`,
    };
  },
});
