import { z } from 'zod';
import { identifier, literal } from '../../sql-text.ts';
import { anomalyArguments, refuseTraining } from '../anomaly-arguments.ts';
import { anomalySql } from '../anomaly-sql.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { aggregateWhere, rowsWhere } from '../count.ts';
import { momentOf, periodName, periodOf, periods } from '../periods.ts';

const Arguments = z.strictObject({
  time: z.string().describe('The time column, or an expression; read as UTC. Rows without a time are not looked at.'),
  every: z
    .enum(['hour', 'day', 'week', 'month'])
    .default('day')
    .describe('How long the buckets are that are compared.'),
  value: z
    .string()
    .optional()
    .describe(
      'An aggregate to compare in place of the number of rows: sum(amount). A bucket without rows counts as 0.',
    ),
  detect: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe("How many buckets are judged: the last ones that are over by the run's clock."),
  season: z
    .enum(['none', 'week'])
    .default('none')
    .describe(
      'week: a day is compared with the same weekday of earlier weeks, an hour with the same hour of it; training and min_training are then numbers of weeks.',
    ),
  ...anomalyArguments,
});
type Arguments = z.output<typeof Arguments>;

/** The rows of the last complete hours, days, weeks or months are as many as usual. */
export const volumeAnomaly = checkKind({
  arguments: Arguments,
  refuse: (given) => {
    const { every, season, detect } = given;
    if (season === 'week' && every !== 'day' && every !== 'hour') return 'season week is for every day or hour';
    if (season === 'week' && detect > (every === 'day' ? 7 : 168)) return 'with season week at most one week is judged';
    return refuseTraining(given);
  },
  dimension: 'completeness',
  of: 'relation',
  violationOf: 'group',
  finds:
    'buckets of time whose number of rows, or other aggregate, is far from those of the buckets before. It looks at the last complete buckets only; a bucket without rows counts as 0 from the first row on. With fewer than min_training earlier buckets there is no data.',
  example: `volume_anomaly:
  arguments: { time: posted_at, every: day, season: week, min_change: '20 %' }`,
  plan: (context) => {
    const { where, expression, arguments: given } = context;
    const { every, season, detect, training, min_training: least } = given;
    const time = momentOf(expression(given.time));
    const until = periodOf(every, context.runClock());
    const step = season === 'week' ? 'week' : every;
    const judged = `${until} - ${periods(detect, every)}`;
    // The oldest bucket that is judged has that many before it when the first row is not after this bucket.
    const enough = `${judged} - ${periods(least, step)} + ${periods(1, every)}`;
    const first = aggregateWhere(`min(${time})`, where);
    const span = `${where} and ${time} >= ${judged} - ${periods(training, step)} and ${time} < ${until}`;
    const rows = rowsWhere(span);
    const anomaly = anomalySql(given, season === 'week' ? `${every}s of earlier weeks` : `${every}s before`);
    const what = given.value === undefined ? 'rows' : given.value.replaceAll(/\s+/g, ' ');
    return {
      population: {
        aggregate: `case when ${first} < ${enough} then ${'aggregate' in rows ? rows.aggregate : ''} else 0 end`,
      },
      violations: `with ${series(context, { time, until, judged, step })}
select ${periodName(every, 'bucket')} as subject_id, ${periodName(every, 'bucket')} || ${literal(`: ${what}: `)} || ${anomaly.reason} as reason, bucket as occurred_at
from judged
${anomaly.lateral}
where first_row < ${enough} and ${anomaly.isUnusual}`,
      unpinned: true,
      emptyMeans: `nothing to look at: no rows, or they begin less than ${least} ${step}s before the ${every} that is judged`,
    };
  },
  faults: [
    {
      name: 'the newest rows never came',
      statements: ({ relation, arguments: given }) => {
        const time = identifier(String(given['time']));
        const newest = `(select max(${time}) from ${relation})`;
        const every = String(given['every']);
        return given['direction'] === 'up'
          ? [
              `insert into ${relation} select a.* from ${relation} as a, generate_series(1, 50) where a.${time} >= date_trunc('${every}', ${newest}::timestamp)`,
            ]
          : [`delete from ${relation} where ${time} >= date_trunc('${every}', ${newest}::timestamp)`];
      },
    },
  ],
});

/** Common table expressions up to `judged`: the buckets to judge with `value`, `training` and `path`. */
function series(
  { relation, where, render, arguments: given }: KindContext<Arguments>,
  sql: {
    readonly time: string;
    readonly until: string;
    readonly judged: string;
    readonly step: 'hour' | 'day' | 'week' | 'month';
  },
): string {
  const { every, season, training, value } = given;
  const { time, until, judged, step } = sql;
  const sameSeason =
    season === 'none'
      ? ''
      : ` and extract(epoch from of.bucket - each.bucket) % extract(epoch from interval '7 days') = 0`;
  return `counted as (
  select ${periodOf(every, time)} as bucket, ${value === undefined ? 'count(*)' : `(${render(value)})`}::numeric as value, min(${time}) as first_row
  from ${relation} as t
  where ${where} and ${time} < ${until}
  group by 1
),
series as (
  select spanned.bucket, case when counted.bucket is null then 0 else counted.value end as value, first.first_row
  from (select min(first_row) as first_row from counted where isfinite(first_row)) as first
  cross join lateral generate_series(
    greatest(${periodOf(every, 'first.first_row')}, ${judged} - ${periods(training, step)}), ${until} - ${periods(1, every)}, ${periods(1, every)}
  ) as spanned (bucket)
  left join counted on counted.bucket = spanned.bucket
  where first.first_row is not null
),
trained as (
  select of.*, (
    select array_agg(each.value order by each.bucket) from series as each
    where each.bucket < ${judged} and each.value is not null${sameSeason}
  ) as training
  from series as of
  where of.bucket >= ${judged}
),
judged as (
  select of.*, of.training || (
    select array_agg(each.value order by each.bucket) from trained as each
    where each.bucket <= of.bucket and each.value is not null${sameSeason}
  ) as path
  from trained as of
)`;
}
