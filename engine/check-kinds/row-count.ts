import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { checkKind } from './check-kind.ts';

/** The relation has at least `min` and at most `max` rows. An empty one violates a minimum of 1 or more. */
export const rowCount = checkKind({
  arguments: z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() }),
  refuse: ({ min, max }) =>
    min === undefined && max === undefined
      ? 'row_count needs a min or a max; without them it could only pass'
      : undefined,
  dimension: 'completeness',
  of: 'relation',
  plan: ({ relation, label, where, arguments: { min, max } }) => {
    const outside = [
      ...(min === undefined ? [] : [`count(*) < ${literal(min)}`]),
      ...(max === undefined ? [] : [`count(*) > ${literal(max)}`]),
    ];
    const expected = [
      ...(min === undefined ? [] : [`at least ${min}`]),
      ...(max === undefined ? [] : [`at most ${max}`]),
    ].join(' and ');
    return {
      population: `select count(*) from ${relation} as t where ${where}`,
      violations: `select ${literal(label)} as subject_id, count(*) || ${literal(` rows; expected ${expected}`)} as reason
from ${relation} as t
where ${where}
having ${outside.join(' or ')}`,
    };
  },
});
