import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { rowsWhere } from '../count.ts';
import { doubleRows, oneRow } from '../planting.ts';

const FITS = { allowed: '<=', required: '<', not_allowed: '=' } as const;
const BAD_NEIGHBOUR = {
  allowed: 'overlaps the next one',
  required: 'leaves no gap before the next one',
  not_allowed: 'does not end where the next one begins',
} as const;

/** Every range ends after it begins, and fits the next one of its partition: no overlap, and a gap as `gaps` says. */
export const mutuallyExclusiveRanges = checkKind({
  arguments: z.strictObject({
    lower_bound_column: z.string().describe('Where a range begins.'),
    upper_bound_column: z.string().describe('Where it ends.'),
    partition_by: z.string().nullish().describe('A column: ranges are compared with those of the same value only.'),
    gaps: z
      .enum(['allowed', 'not_allowed', 'required'])
      .default('allowed')
      .describe('Whether there may, must not or must be a gap between a range and the next.'),
    zero_length_range_allowed: z.boolean().default(false).describe('Whether a range may end where it begins.'),
  }),
  aliases: ['dbt_utils.mutually_exclusive_ranges'],
  dimension: 'consistency',
  of: 'relation',
  violationOf: 'row',
  finds:
    'rows whose range does not end after it begins, has a null bound, overlaps the next range of its partition, or has a gap before it that `gaps` does not allow.',
  example: `mutually_exclusive_ranges:
  arguments: { lower_bound_column: valid_from, upper_bound_column: valid_to, partition_by: rate_id }`,
  plan: ({ relation, where, subject, expression, arguments: given }) => {
    const lower = expression(given.lower_bound_column);
    const upper = expression(given.upper_bound_column);
    const partition = given.partition_by ? `partition by ${expression(given.partition_by)} ` : '';
    const isRange = `coalesce(lower_bound ${given.zero_length_range_allowed ? '<=' : '<'} upper_bound, false)`;
    return {
      population: rowsWhere(where),
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
  faults: [
    { name: 'a range stands twice', statements: ({ relation }) => [doubleRows(relation, oneRow(relation))] },
    {
      name: 'a range loses its end',
      statements: ({ relation, arguments: given }) => [
        `update ${relation} set ${String(given['upper_bound_column'])} = null`,
      ],
    },
    {
      name: 'ranges end before they begin',
      statements: ({ relation, arguments: given }) => {
        const [lower, upper] = [String(given['lower_bound_column']), String(given['upper_bound_column'])];
        return [`update ${relation} set ${lower} = ${upper}, ${upper} = ${lower}`];
      },
    },
  ],
});
