import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { columns, datepart } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { valuesWhere } from '../count.ts';
import { groupsOf } from '../groups-of.ts';
import { intervalOf } from '../interval-of.ts';

/** The newest value of a time column, of each group, is not older than an interval before the run's clock. Rows without a time are not looked at. */
export const recency = checkKind({
  arguments: z.strictObject({
    field: z.string().describe('The time column, or an expression.'),
    datepart: datepart.describe('The unit of the interval.'),
    interval: z.int().describe('How old the newest value may be, in that unit.'),
    ignore_time_component: z
      .boolean()
      .default(false)
      .describe('Whether days alone are compared, whatever the hour is.'),
    group_by_columns: columns.default([]).describe('Columns whose values form the groups; none: all rows are one.'),
  }),
  aliases: ['dbt_utils.recency'],
  dimension: 'timeliness',
  of: 'relation',
  violationOf: 'group',
  finds:
    "groups of rows (all rows, without group_by_columns) whose newest time is more than the interval before the run's clock. Rows without a time are left out; a group that has none is not found.",
  example: `recency:
  arguments: { field: posted_at, datepart: day, interval: 3 }`,
  plan: (context) => {
    const { relation, where, expression, shown, runClock, arguments: given } = context;
    const { field, datepart: part, interval } = given;
    const type = given.ignore_time_component ? 'date' : 'timestamp';
    const time = expression(field);
    const groups = groupsOf(given.group_by_columns, context);
    const isOld = (aggregate: (written: string) => string): string =>
      `(${aggregate(`max(${time})`)})::${type} < (${runClock()} - ${intervalOf(interval, part)})::${type}`;
    const newest = shown(`max(${time})`, field);
    return {
      population: valuesWhere(where, time),
      found: groups.found(isOld),
      violations: `select ${groups.subject} as subject_id, ${literal(`the newest ${field} is more than ${interval} ${part} old: `)} || ${newest} as reason, ${newest} as occurred_at
from ${relation} as t
where ${where}${groups.groupBy}
having ${isOld((aggregate) => aggregate)}`,
      unpinned: true,
    };
  },
  thresholds: ['interval'],
  faults: [
    {
      name: 'every row is as old as the hills',
      statements: ({ relation, arguments: given }) => [
        `update ${relation} set ${String(given['field'])} = '1900-01-01'`,
      ],
    },
  ],
});
