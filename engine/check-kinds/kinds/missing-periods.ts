import { z } from 'zod';
import { identifier, literal } from '../../sql-text.ts';
import { columns } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { rowsWhere } from '../count.ts';
import { groupKey } from '../group-key.ts';
import { momentOf, periodName, periodOf, periods } from '../periods.ts';

const day = z.iso.date({ error: 'a date as 2026-01-31, in quotes' });

const Arguments = z.strictObject({
  time: z.string().describe('The time column, or an expression; read as UTC. Rows without a time are not looked at.'),
  every: z.enum(['hour', 'day', 'week', 'month', 'quarter', 'year']).describe('How long a period is.'),
  from: day
    .optional()
    .describe("A date in the first period that must be there; the group's own first one when left out."),
  to: z
    .union([day, z.enum(['run_clock', 'data'])])
    .default('run_clock')
    .describe(
      "A date in the last one; run_clock: the last that is over by the run's clock; data: the newest that any row is of.",
    ),
  min_rows: z.int().min(1).default(1).describe('How many rows each period has at least.'),
  weekdays_only: z.boolean().default(false).describe('Of days and hours: Monday to Friday only.'),
  except: z.array(day).default([]).describe('Dates whose period need not be there: holidays.'),
  group_by: columns
    .default([])
    .describe(
      'Columns whose values form groups, each of which must have every period. A group without any row is not known: declare it with groups_present.',
    ),
});
type Arguments = z.output<typeof Arguments>;

/** Every period has rows. */
export const missingPeriods = checkKind({
  arguments: Arguments,
  refuse: ({ every, weekdays_only: weekdays, from, to }) => {
    if (weekdays && every !== 'day' && every !== 'hour') return 'weekdays_only is for every day or hour';
    return from !== undefined && to !== 'data' && to !== 'run_clock' && to < from ? 'to is before from' : undefined;
  },
  dimension: 'completeness',
  of: 'relation',
  violationOf: 'group',
  finds:
    'runs of periods, one after the other, with fewer than min_rows rows. One violation is one run, whatever its length; its amount is the number of periods.',
  example: `missing_periods:
  arguments: { time: posting_date, every: day, from: '2026-01-01', weekdays_only: true, except: ['2026-01-01'] }`,
  plan: (context) => {
    const { relation, where, arguments: given } = context;
    const { every, min_rows: least } = given;
    const { time, first, last, isExpected } = bounds(context);
    const groups = groupKey(given.group_by, context);
    const looked = [
      `${where} and isfinite(${time})`,
      ...(given.from === undefined ? [] : [`${time} >= ${first}`]),
      ...(given.to === 'data' ? [] : [`${time} < ${last} + ${periods(1, every)}`]),
      ...isExpected(time),
    ].join(' and ');
    const name = (aggregate: string): string => periodName(every, `${aggregate}(period)`);
    const few = least === 1 ? 'no rows' : `fewer than ${least} rows`;
    return {
      population: rowsWhere(looked),
      violations: `with seen as (
  select ${groups.key} as part, ${periodOf(every, time)} as period, count(*) as rows
  from ${relation} as t
  where ${where} and isfinite(${time})
  group by 1, 2
),
spans as (
  select ${given.group_by.length === 0 ? `'{}'::text[] as part` : 'part'}, min(period) as oldest
  from seen${given.group_by.length === 0 ? '' : '\n  group by part'}
),
expected as (
  select part, period, row_number() over (partition by part order by period) as place
  from spans
  cross join lateral generate_series(${given.from === undefined ? 'oldest' : first}, ${last}, ${periods(1, every)}) as period
  where ${['true', ...isExpected('period')].join(' and ')}
),
missing as (
  select part, period, place - row_number() over (partition by part order by period) as run
  from expected
  left join seen using (part, period)
  where coalesce(seen.rows, 0) < ${least}
)
select ${groups.named('part')} as subject_id,
  case count(*) when 1 then ${literal(`${few} in the ${every} `)} || ${name('min')} else ${literal(`${few} from `)} || ${name('min')} || ' to ' || ${name('max')} || ' (' || count(*) || ${literal(` ${every}s)`)} end as reason,
  count(*) as amount, min(period) as occurred_at
from missing
group by part, run`,
      unpinned: given.to === 'run_clock',
    };
  },
  faults: [
    {
      name: 'the rows of one period in the middle are lost',
      statements: ({ relation, arguments: given }) => {
        const time = identifier(String(given['time']));
        const every = literal(String(given['every']));
        const middle = `(select percentile_disc(0.5) within group (order by ${time}) from ${relation})`;
        return [
          `delete from ${relation} where date_trunc(${every}, ${time}::timestamp) = date_trunc(${every}, ${middle}::timestamp)`,
        ];
      },
    },
  ],
});

/** First and last period, and what else is true of a period that must be there, or of a moment in it; all SQL. */
function bounds({ expression, runClock, arguments: given }: KindContext<Arguments>) {
  const { every, from, to, weekdays_only: weekdays, except } = given;
  const dated = (date: string): string => periodOf(every, `timestamp ${literal(date)}`);
  const isLong = every !== 'hour' && every !== 'day';
  return {
    time: momentOf(expression(given.time)),
    first: from === undefined ? '' : dated(from),
    last:
      to === 'data'
        ? '(select max(period) from seen)'
        : to === 'run_clock'
          ? `${periodOf(every, runClock())} - ${periods(1, every)}`
          : dated(to),
    isExpected: (moment: string): string[] => [
      ...(weekdays ? [`extract(isodow from ${moment}) < 6`] : []),
      ...(except.length === 0
        ? []
        : isLong
          ? [`${periodOf(every, moment)} not in (${except.map(dated).join(', ')})`]
          : [`(${moment})::date not in (${except.map((date) => `date ${literal(date)}`).join(', ')})`]),
    ],
  };
}
