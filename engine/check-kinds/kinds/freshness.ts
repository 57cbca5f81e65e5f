import { z } from 'zod';
import { identifier, literal } from '../../sql-text.ts';
import { columns } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { valuesWhere } from '../count.ts';
import { groupsOf } from '../groups-of.ts';
import { intervalSql, intervalText } from '../interval-text.ts';
import { momentOf } from '../periods.ts';

/** The newest time, of each group, is not too old by the run's clock, and none lies in the future. */
export const freshness = checkKind({
  arguments: z.strictObject({
    time: z.string().describe('The time column, or an expression; read as UTC.'),
    max_age: intervalText.describe("How old the newest time may be by the run's clock: 26 hours, 3 days."),
    max_ahead: intervalText
      .default('1 hour')
      .describe(
        "How far beyond the run's clock a time may lie. What lies further is a violation and does not count as the newest.",
      ),
    group_by: columns.default([]).describe('Columns whose values form groups, each with a newest time of its own.'),
  }),
  dimension: 'timeliness',
  of: 'relation',
  violationOf: 'group',
  finds:
    "groups of rows (all rows, without group_by) whose newest time is more than max_age before the run's clock, that have a time more than max_ahead after it, or that have rows but no time at all. A group that has no rows is not found: declare it with groups_present.",
  example: `freshness:
  arguments: { time: loaded_at, max_age: 26 hours }`,
  thresholds: ['max_age', 'max_ahead'],
  plan: (context) => {
    const { relation, where, expression, runClock, shown, arguments: given } = context;
    const { max_age: age, max_ahead: ahead } = given;
    const time = momentOf(expression(given.time));
    const clock = runClock();
    const future = `${time} > ${clock} + ${intervalSql(ahead)}`;
    const newest = `max(case when not (${future}) then ${time} end)`;
    const latest = `max(${time})`;
    const groups = groupsOf(given.group_by, context);
    const isStale = (value: string): string => `${value} < ${clock} - ${intervalSql(age)}`;
    const isAhead = (value: string): string => `${value} > ${clock} + ${intervalSql(ahead)}`;
    return {
      population: valuesWhere(where, `(${expression(given.time)})`),
      found: groups.found(
        (aggregate) =>
          `(${isStale(aggregate(newest))} or ${isAhead(aggregate(latest))} or (${aggregate('count(*)')} > 0 and ${aggregate(latest)} is null))`,
      ),
      violations: `select ${groups.subject} as subject_id, concat_ws('; ',
  case when ${latest} is null then ${literal(`no row has a ${given.time}`)} end,
  case when ${isStale(newest)} then ${literal(`the newest ${given.time} is more than ${age} old: `)} || ${shown(newest, given.time)} end,
  case when ${isAhead(latest)} then ${literal(`a ${given.time} lies more than ${ahead} in the future: `)} || ${shown(latest, given.time)} end
) as reason, ${shown(latest, given.time)} as occurred_at
from ${relation} as t
where ${where}${groups.groupBy}
having ${isStale(newest)} or ${isAhead(latest)} or (count(*) > 0 and ${latest} is null)`,
      unpinned: true,
    };
  },
  faults: [
    {
      name: 'every row is years old',
      statements: ({ relation, arguments: given }) => [
        `update ${relation} set ${identifier(String(given['time']))} = '1900-01-01'`,
      ],
    },
    {
      name: 'a row lies far in the future',
      statements: ({ relation, arguments: given }) => [
        `update ${relation} set ${identifier(String(given['time']))} = '2999-01-01' where ctid = (select min(ctid) from ${relation})`,
      ],
    },
    {
      name: 'the times are taken away',
      statements: ({ relation, arguments: given }) => [
        `update ${relation} set ${identifier(String(given['time']))} = null`,
      ],
    },
  ],
});
