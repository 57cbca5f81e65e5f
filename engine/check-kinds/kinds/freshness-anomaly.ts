import { z } from 'zod';
import { identifier, literal } from '../../sql-text.ts';
import { anomalyArguments, refuseTraining } from '../anomaly-arguments.ts';
import { anomalySql } from '../anomaly-sql.ts';
import { checkKind } from '../check-kind.ts';
import { momentOf, periodOf } from '../periods.ts';

const { training, min_training, k, min_change } = anomalyArguments;

/** It is not longer since the last arrival than it usually was between two. */
export const freshnessAnomaly = checkKind({
  arguments: z.strictObject({
    time: z.string().describe('The column, or an expression, that says when a row arrived; read as UTC.'),
    arrival: z
      .enum(['second', 'minute', 'hour', 'day'])
      .default('minute')
      .describe('Rows of the same minute (or second, hour, day) are one arrival.'),
    training: training.describe('With how many earlier gaps between two arrivals it is compared.'),
    min_training,
    k,
    min_change: min_change
      .removeDefault()
      .default('100')
      .describe(`By how much longer than usual a gap must be, in percent: '100 %' is twice as long.`),
  }),
  refuse: (given) => refuseTraining({ ...given, method: 'hampel', lambda: '0.3', direction: 'up' }),
  dimension: 'timeliness',
  of: 'relation',
  violationOf: 'whole',
  finds:
    "a table to which nothing came for longer, by the run's clock, than usual: further above the median gap between arrivals than k times 1.4826 times the median of the distances from it (Hampel), and by more than min_change. With fewer than min_training gaps there is no data. Times beyond the run's clock are not looked at.",
  example: `freshness_anomaly:
  arguments: { time: loaded_at }`,
  plan: ({ relation, label, where, expression, runClock, arguments: given }) => {
    const clock = runClock();
    const time = momentOf(expression(given.time));
    const arrivals = `select ${periodOf(given.arrival, time)} as arrived_at, count(*) as rows
  from ${relation} as t
  where ${where} and ${time} <= ${clock} and isfinite(${time})
  group by 1`;
    const anomaly = anomalySql({ ...given, method: 'hampel', lambda: '0.3', direction: 'up' }, 'gaps before');
    return {
      population: {
        query: `select case when count(*) > ${given.min_training} then coalesce(sum(rows), 0) else 0 end from (${arrivals}) as arrivals`,
      },
      violations: `with arrivals as (
  ${arrivals}
),
gaps as (
  select arrived_at, extract(epoch from arrived_at - lag(arrived_at) over (order by arrived_at)) / 3600 as hours
  from arrivals
),
newest as (
  select * from gaps where hours is not null order by arrived_at desc limit ${given.training}
),
judged as (
  select extract(epoch from ${clock} - last) / 3600 as value, training, training as path, last
  from (select array_agg(hours order by arrived_at) as training, max(arrived_at) as last from newest having count(*) >= ${given.min_training}) as trained
)
select ${literal(label)} as subject_id, ${literal(`hours since the last ${given.time}: `)} || ${anomaly.reason} as reason, last as occurred_at
from judged
${anomaly.lateral}
where ${anomaly.isUnusual}`,
      unpinned: true,
      emptyMeans: `nothing to look at: no arrivals, or fewer than ${given.min_training} gaps between them`,
    };
  },
  faults: [
    {
      name: 'the newer half of the rows never came',
      statements: ({ relation, arguments: given }) => {
        const time = identifier(String(given['time']));
        return [
          `delete from ${relation} where ${time} > (select percentile_disc(0.5) within group (order by ${time}) from ${relation})`,
        ];
      },
    },
  ],
});
