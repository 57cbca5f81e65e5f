import { z } from 'zod';
import { columns, relationName } from './arguments.ts';
import { checkKind } from './check-kind.ts';
import { rowCounts } from './row-counts.ts';

/**
 * A relation has fewer rows than another, in each group that both have. What is counted, as dbt_utils does, are the rows too many, 1
 * when they are as many. Against an empty relation dbt_utils passes; here every row is too many.
 */
export const fewerRowsThan = checkKind({
  arguments: z.strictObject({ compare_model: relationName, group_by_columns: columns.default([]) }),
  dimension: 'consistency',
  of: 'relation',
  relations: ['compare_model'],
  plan: (context) => {
    const { compare_model: to, group_by_columns: by } = context.arguments;
    const tooMany =
      'case when is_in_both and here + there > 0 then greatest(here - there, (here = there)::int, 0) else 0 end';
    return rowCounts(context, { to, by, failures: tooMany, expected: 'fewer' });
  },
});
