import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { columns } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { rowsWhere } from '../count.ts';
import { groupsOf } from '../groups-of.ts';

/** The column has a value in at least one row, of each group. A relation without rows has none. */
export const atLeastOne = checkKind({
  arguments: z.strictObject({
    group_by_columns: columns.default([]).describe('Columns whose values form the groups; none: all rows are one.'),
  }),
  aliases: ['dbt_utils.at_least_one'],
  dimension: 'completeness',
  of: 'column',
  violationOf: 'group',
  finds:
    'groups of rows (all rows, without group_by_columns) in which the column has no value at all. An empty table fails, because it has no value either; in groups of an empty table there is no data.',
  example: `at_least_one:
  arguments: { group_by_columns: [business_unit] }`,
  plan: (context) => {
    const { definition, relation, where, column, columnName, arguments: given } = context;
    const groups = groupsOf(
      given.group_by_columns.filter((name) => name !== definition.column),
      context,
    );
    return {
      population: rowsWhere(where),
      found: groups.found((aggregate) => `${aggregate(`count(${column})`)} = 0`),
      violations: `select ${groups.subject} as subject_id, ${literal(`${columnName} has a value in no row`)} as reason
from ${relation} as t
where ${where}${groups.groupBy}
having count(${column}) = 0`,
    };
  },
  faults: [
    {
      name: 'the values of all rows are taken away',
      statements: ({ relation, column }) => [`update ${relation} set ${column} = null`],
    },
  ],
});
