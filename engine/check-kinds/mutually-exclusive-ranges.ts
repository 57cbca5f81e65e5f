import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { checkKind } from './check-kind.ts';

const FITS = { allowed: '<=', required: '<', not_allowed: '=' } as const;
const BAD_NEIGHBOUR = {
  allowed: 'overlaps the next one',
  required: 'leaves no gap before the next one',
  not_allowed: 'does not end where the next one begins',
} as const;

/** Every range ends after it begins, and fits the next one of its partition: no overlap, and a gap as `gaps` says. */
export const mutuallyExclusiveRanges = checkKind({
  arguments: z.strictObject({
    lower_bound_column: z.string(),
    upper_bound_column: z.string(),
    partition_by: z.string().nullish(),
    gaps: z.enum(['allowed', 'not_allowed', 'required']).default('allowed'),
    zero_length_range_allowed: z.boolean().default(false),
  }),
  dimension: 'consistency',
  of: 'relation',
  plan: ({ relation, where, subject, expression, arguments: given }) => {
    const lower = expression(given.lower_bound_column);
    const upper = expression(given.upper_bound_column);
    const partition = given.partition_by ? `partition by ${expression(given.partition_by)} ` : '';
    const isRange = `coalesce(lower_bound ${given.zero_length_range_allowed ? '<=' : '<'} upper_bound, false)`;
    return {
      population: `select count(*) from ${relation} as t where ${where}`,
      violations: `select subject_id,
  ${literal(`${given.lower_bound_column} to ${given.upper_bound_column} `)} || case when ${isRange} then ${literal(BAD_NEIGHBOUR[given.gaps])} else 'is no range' end as reason
from (
  select ${subject} as subject_id, ${lower} as lower_bound, ${upper} as upper_bound,
    lead(${lower}) over (${partition}order by ${lower}, ${upper}) as next_lower_bound,
    row_number() over (${partition}order by ${lower} desc, ${upper} desc) = 1 as is_last
  from ${relation} as t
  where ${where}
) as ranges
where not (${isRange} and coalesce(upper_bound ${FITS[given.gaps]} next_lower_bound, is_last, false))`,
    };
  },
});
