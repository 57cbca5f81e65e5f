import { z } from 'zod';
import { columns, relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { rowCounts } from '../row-counts.ts';

/**
 * A relation has fewer rows than another, in each group that both have. What is counted, as dbt_utils does, are the rows too many, 1
 * when they are as many. Against an empty relation dbt_utils passes; here every row is too many.
 */
export const fewerRowsThan = checkKind({
  arguments: z.strictObject({
    compare_model: relationName.describe('The other relation, which must have more rows.'),
    group_by_columns: columns
      .default([])
      .describe('Columns of both whose values form the groups; none: all rows are one.'),
  }),
  aliases: ['dbt_utils.fewer_rows_than'],
  dimension: 'consistency',
  of: 'relation',
  relations: ['compare_model'],
  violationOf: 'group',
  finds:
    'groups of rows (all rows, without group_by_columns) of which this relation does not have fewer than the other; what is counted are the rows too many, 1 when they are as many. Only groups that both have are compared.',
  example: `fewer_rows_than:
  arguments: { compare_model: ref('orders') }`,
  plan: (context) => {
    const { compare_model: to, group_by_columns: by } = context.arguments;
    const tooMany =
      'case when is_in_both and here + there > 0 then greatest(here - there, (here = there)::int, 0) else 0 end';
    return rowCounts(context, { to, by, failures: tooMany, expected: 'fewer' });
  },
  faults: [
    {
      name: 'all rows are gone on the other side',
      statements: ({ resolve, arguments: given }) => [`delete from ${resolve(given['compare_model'] as string)}`],
    },
    {
      name: 'rows come many times',
      statements: ({ relation, resolve, arguments: given }) => [
        `insert into ${relation} select source.* from ${relation} as source cross join ${resolve(given['compare_model'] as string)} as other`,
      ],
    },
  ],
});
