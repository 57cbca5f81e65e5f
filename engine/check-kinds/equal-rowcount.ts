import { z } from 'zod';
import { columns, relationName } from './arguments.ts';
import { checkKind } from './check-kind.ts';
import { rowCounts } from './row-counts.ts';

/** Two relations have the same number of rows, in each group. What is counted, as dbt_utils does, is the difference in rows. */
export const equalRowcount = checkKind({
  arguments: z.strictObject({ compare_model: relationName, group_by_columns: columns.default([]) }),
  dimension: 'completeness',
  of: 'relation',
  relations: ['compare_model'],
  plan: (context) => {
    const { compare_model: to, group_by_columns: by } = context.arguments;
    return rowCounts(context, { to, by, failures: 'abs(here - there)', expected: 'as many' });
  },
});
