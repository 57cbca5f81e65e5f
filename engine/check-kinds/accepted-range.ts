import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { value } from './arguments.ts';
import { checkKind } from './check-kind.ts';

/** Every value lies between two bounds, each a number or an expression; nulls are left out. */
export const acceptedRange = checkKind({
  arguments: z.strictObject({
    min_value: value.nullish(),
    max_value: value.nullish(),
    inclusive: z.boolean().default(true),
  }),
  refuse: (given) =>
    (given.min_value ?? given.max_value ?? null) === null
      ? 'accepted_range needs a min_value or a max_value; without them it could only pass'
      : undefined,
  dimension: 'validity',
  of: 'column',
  plan: ({ relation, where, column, columnName, subject, render, arguments: given }) => {
    const bound = (written: string | number | boolean): string =>
      typeof written === 'string' ? `(${render(written)})` : literal(written);
    const orEqual = given.inclusive ? '=' : '';
    const outside = [
      ...((given.min_value ?? null) === null ? [] : [`not ${column} >${orEqual} ${bound(given.min_value as string)}`]),
      ...((given.max_value ?? null) === null ? [] : [`not ${column} <${orEqual} ${bound(given.max_value as string)}`]),
    ].join(' or ');
    return {
      population: `select count(*) from ${relation} as t where ${where} and ${column} is not null`,
      violations: `select ${subject} as subject_id, ${literal(`${columnName} is outside of its range: `)} || ${column}::text as reason
from ${relation} as t
where ${where} and (${outside})`,
    };
  },
});
