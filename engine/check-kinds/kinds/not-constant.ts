import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { columns } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { valuesWhere } from '../count.ts';
import type { Count } from '../count.ts';
import { groupsOf } from '../groups-of.ts';

/** More than one value stands in the column, in each group; nulls are left out. */
export const notConstant = checkKind({
  arguments: z.strictObject({
    group_by_columns: columns.default([]).describe('Columns whose values form the groups; none: all rows are one.'),
  }),
  aliases: ['dbt_utils.not_constant'],
  dimension: 'validity',
  of: 'column',
  violationOf: 'group',
  finds:
    'groups of rows (all rows, without group_by_columns) in which the column has one value only. Nulls are left out.',
  example: 'not_constant',
  plan: (context) => {
    const { relation, where, column, columnName, arguments: given } = context;
    const groups = groupsOf(given.group_by_columns, context);
    const having = `count(distinct ${column}) = 1`;
    return {
      population: valuesWhere(where, column),
      found: given.group_by_columns.length === 0 ? oneValueOnly(context) : groups.found(() => having),
      violations: `select ${groups.subject} as subject_id, ${literal(`${columnName} has one value only`)} as reason
from ${relation} as t
where ${where}${groups.groupBy}
having ${having}`,
    };
  },
  faults: [
    {
      name: 'every row has the value of one',
      statements: ({ relation, column }) => [
        `update ${relation} set ${column} = (select ${column} from ${relation} where ${column} is not null limit 1)`,
      ],
    },
  ],
});

/** Stops at the first value that is another one, where a count of distinct values would sort them all. */
function oneValueOnly({ relation, where, column }: { relation: string; where: string; column: string }): Count {
  const some = `select ${column} from ${relation} as t where ${where} and ${column} is not null limit 1`;
  return {
    query: `select case when exists (${some}) and not exists (select 1 from ${relation} as t where ${where} and ${column} <> (${some})) then 1 else 0 end`,
  };
}
