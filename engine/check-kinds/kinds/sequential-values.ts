import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { columns, datepart } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { intervalOf } from '../interval-of.ts';
import { valuesWhere } from '../count.ts';
import { doubleRows, oneRow } from '../planting.ts';

/** Each value, in their order and of each group, is the one before it and a fixed step more. */
export const sequentialValues = checkKind({
  arguments: z.strictObject({
    interval: z.int().default(1).describe('The step from a value to the next.'),
    datepart: datepart.nullish().describe('Of times: the unit of the step.'),
    group_by_columns: columns
      .default([])
      .describe('Columns: each combination of their values has a sequence of its own.'),
  }),
  aliases: ['dbt_utils.sequential_values'],
  dimension: 'completeness',
  of: 'column',
  violationOf: 'row',
  finds:
    'rows whose value is not the one before it, in their order, and the step more: after a hole, and where a value stands twice. Nulls are left out.',
  example: `sequential_values:
  arguments: { interval: 1 }`,
  plan: ({ relation, where, column, columnName, subject, shown, expression, arguments: given }) => {
    const by = given.group_by_columns.map(expression).join(', ');
    const window = `${by === '' ? '' : `partition by ${by} `}order by ${column}`;
    const follows = given.datepart
      ? `value::timestamp = (before + ${intervalOf(given.interval, given.datepart)})::timestamp`
      : `value = before + ${literal(given.interval)}`;
    return {
      population: valuesWhere(where, column),
      violations: `select subject_id, ${literal(`${columnName} goes from `)} || ${shown('before', columnName)} || ' to ' || ${shown('value', columnName)} as reason
from (
  select ${subject} as subject_id, ${column} as value, lag(${column}) over (${window}) as before
  from ${relation} as t
  where ${where}
) as numbered
where not (${follows})`,
    };
  },
  faults: [
    {
      name: 'a value inside is gone',
      statements: ({ relation, column }) => [
        `delete from ${relation} where ${column} = (select ${column} from ${relation} where ${column} is not null order by ${column} offset 1 limit 1)`,
      ],
    },
    { name: 'a row stands twice', statements: ({ relation }) => [doubleRows(relation, oneRow(relation))] },
  ],
});
