import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { columns, decimal } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { rowsWhere } from '../count.ts';
import { groupsOf } from '../groups-of.ts';

/** The share of rows with a value, of each group, is at least and at most what was given (0.95 is 95 %). */
export const notNullProportion = checkKind({
  arguments: z.strictObject({
    at_least: decimal.describe('The least share of rows with a value: 0.95 is 95 %.'),
    at_most: decimal.default('1').describe('The greatest share, likewise.'),
    group_by_columns: columns.default([]).describe('Columns whose values form the groups; none: all rows are one.'),
  }),
  aliases: ['dbt_utils.not_null_proportion'],
  dimension: 'completeness',
  of: 'column',
  violationOf: 'group',
  finds:
    'groups of rows (all rows, without group_by_columns) in which the share of rows with a value is below at_least or above at_most; a share that is just the bound is within it.',
  example: `not_null_proportion:
  arguments: { at_least: 0.95 }`,
  plan: (context) => {
    const { relation, where, column, columnName, arguments: given } = context;
    const groups = groupsOf(given.group_by_columns, context);
    const outside = (aggregate: (written: string) => string): string => {
      const share = `${aggregate(`count(${column})`)} / nullif(${aggregate('count(*)')}, 0)::numeric`;
      return `${share} < ${given.at_least} or ${share} > ${given.at_most}`;
    };
    const bounds = `at least ${given.at_least} and at most ${given.at_most}`;
    return {
      population: rowsWhere(where),
      found: groups.found(outside),
      violations: `select ${groups.subject} as subject_id, ${literal(`${columnName} has a value in `)} || count(${column}) || ' of ' || count(*) || ${literal(` rows; expected a share of ${bounds}`)} as reason
from ${relation} as t
where ${where}${groups.groupBy}
having ${outside((aggregate) => aggregate)}`,
    };
  },
  thresholds: ['at_least', 'at_most'],
  faults: [
    {
      name: 'the values of all rows are taken away',
      statements: ({ relation, column }) => [`update ${relation} set ${column} = null`],
    },
  ],
});
