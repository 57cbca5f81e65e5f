import { z } from 'zod';
import { columns, relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { oneRow } from '../planting.ts';
import { rowCounts } from '../row-counts.ts';

/** Two relations have as many rows, in each group of either. What is counted, as dbt_utils does, are the rows that differ. */
export const equalRowcount = checkKind({
  arguments: z.strictObject({
    compare_model: relationName.describe('The other relation.'),
    group_by_columns: columns
      .default([])
      .describe('Columns of both whose values form the groups; none: all rows are one.'),
  }),
  aliases: ['dbt_utils.equal_rowcount'],
  dimension: 'completeness',
  of: 'relation',
  relations: ['compare_model'],
  violationOf: 'group',
  finds:
    'groups of rows (all rows, without group_by_columns) of which the two relations do not have as many; what is counted are the rows that differ. A null in a group column meets no group of the other side, as dbt_utils has it.',
  example: `equal_rowcount:
  arguments: { compare_model: ref('orders') }`,
  plan: (context) => {
    const { compare_model: to, group_by_columns: by } = context.arguments;
    return rowCounts(context, { to, by, failures: 'abs(here - there)', expected: 'as many' });
  },
  faults: [
    {
      name: 'a row is gone on the other side',
      statements: ({ resolve, arguments: given }) => {
        const other = resolve(given['compare_model'] as string);
        return [`delete from ${other} where ${oneRow(other)}`];
      },
    },
  ],
});
