import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { anomalyArguments, anomalyThresholds, refuseTraining } from '../anomaly-arguments.ts';
import { anomalySql } from '../anomaly-sql.ts';
import { checkKind } from '../check-kind.ts';
import { rowsWhere } from '../count.ts';
import type { Count } from '../count.ts';
import { doubleRows } from '../planting.ts';

/** A figure of the relation is what it usually was in the published runs before. */
export const metricAnomaly = checkKind({
  arguments: z.strictObject({
    value: z
      .string()
      .optional()
      .describe('An aggregate such as sum(amount) or avg(price); the number of rows when left out.'),
    ...anomalyArguments,
  }),
  refuse: refuseTraining,
  dimension: 'completeness',
  of: 'relation',
  violationOf: 'whole',
  finds:
    'a table whose number of rows, or other aggregate, is far from what it was in the published runs before: one violation. A figure that is null is one too. With fewer than min_training published runs there is no data, which by default does not hold the run.',
  example: `metric_anomaly:
  arguments: { value: sum(amount), min_change: '5 %' }`,
  settings: { no_data: 'tell' },
  thresholds: [...anomalyThresholds],
  plan: ({ relation, label, where, render, history, arguments: given }) => {
    const { value, training, min_training: least } = given;
    // A figure that is null is kept as NaN: a measure is never null, and 0 would be a figure.
    const earlier = `select h.run_no, h.measure from (${history(training)}) as h where h.measure <> 'NaN'`;
    const figure = value === undefined ? 'count(*)' : `(${render(value)})`;
    const rows = rowsWhere(where);
    const measure: Count =
      value === undefined
        ? rows
        : where === 'true'
          ? { aggregate: `coalesce(${figure}::numeric, 'NaN')` }
          : { query: `select coalesce(${figure}::numeric, 'NaN') from ${relation} as t where ${where}` };
    const anomaly = anomalySql(given, 'published runs before');
    const what = value === undefined ? 'rows' : value.replaceAll(/\s+/g, ' ');
    return {
      population: {
        aggregate: `case when (select count(*) from (${earlier}) as earlier) >= ${least} then ${'aggregate' in rows ? rows.aggregate : ''} else 0 end`,
      },
      measure,
      violations: `with figure as (
  select ${figure}::numeric as value from ${relation} as t where ${where}
),
earlier as (
  ${earlier}
),
judged as (
  select value, training, training || value as path
  from (select array_agg(measure order by run_no) as training from earlier having count(*) >= ${least}) as trained
  cross join figure
)
select ${literal(label)} as subject_id, ${literal(`${what}: `)} || ${anomaly.reason} as reason
from judged
${anomaly.lateral}
where ${anomaly.isUnusual}`,
      unpinned: true,
      emptyMeans: `nothing to look at: no rows, or fewer than ${least} published runs to compare with`,
    };
  },
  faults: [
    {
      name: 'all rows are lost, or come many times over',
      statements: ({ relation, arguments: given }) =>
        given['direction'] === 'up'
          ? Array.from({ length: 6 }, () => doubleRows(relation, 'true'))
          : [`delete from ${relation}`],
    },
  ],
});
