import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { columns, datepart } from './arguments.ts';
import { checkKind } from './check-kind.ts';
import { intervalOf } from './interval-of.ts';

/** Each value, in their order and of each group, is the one before it and a fixed step more. */
export const sequentialValues = checkKind({
  arguments: z.strictObject({
    interval: z.int().default(1),
    datepart: datepart.nullish(),
    group_by_columns: columns.default([]),
  }),
  dimension: 'completeness',
  of: 'column',
  plan: ({ relation, where, column, columnName, subject, expression, arguments: given }) => {
    const by = given.group_by_columns.map(expression).join(', ');
    const window = `${by === '' ? '' : `partition by ${by} `}order by ${column}`;
    const follows = given.datepart
      ? `value::timestamp = (before + ${intervalOf(given.interval, given.datepart)})::timestamp`
      : `value = before + ${literal(given.interval)}`;
    return {
      population: `select count(*) from ${relation} as t where ${where} and ${column} is not null`,
      violations: `select subject_id, ${literal(`${columnName} goes from `)} || before::text || ' to ' || value::text as reason
from (
  select ${subject} as subject_id, ${column} as value, lag(${column}) over (${window}) as before
  from ${relation} as t
  where ${where}
) as numbered
where not (${follows})`,
    };
  },
});
