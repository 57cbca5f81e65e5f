import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { columns, datepart } from './arguments.ts';
import { checkKind } from './check-kind.ts';
import { groupsOf } from './groups-of.ts';
import { intervalOf } from './interval-of.ts';

/** The newest value of a time column, of each group, is not older than an interval before the run's clock. Rows without a time are not looked at. */
export const recency = checkKind({
  arguments: z.strictObject({
    field: z.string(),
    datepart,
    interval: z.int(),
    ignore_time_component: z.boolean().default(false),
    group_by_columns: columns.default([]),
  }),
  dimension: 'timeliness',
  of: 'relation',
  plan: ({ relation, label, where, expression, runClock, arguments: given }) => {
    const { field, datepart: part, interval } = given;
    const type = given.ignore_time_component ? 'date' : 'timestamp';
    const time = expression(field);
    const groups = groupsOf(given.group_by_columns, label, expression);
    return {
      population: `select count(*) from ${relation} as t where ${where} and ${time} is not null`,
      violations: `select ${groups.subject} as subject_id, ${literal(`the newest ${field} is more than ${interval} ${part} old: `)} || max(${time})::text as reason, max(${time})::text as occurred_at
from ${relation} as t
where ${where}${groups.groupBy}
having max(${time})::${type} < (${runClock()} - ${intervalOf(interval, part)})::${type}`,
      unpinned: true,
    };
  },
});
