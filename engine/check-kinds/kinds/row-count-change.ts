import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { changeIs, changeText } from '../change-text.ts';
import { checkKind } from '../check-kind.ts';
import { rowsWhere, wholeWhere } from '../count.ts';
import { doubleRows } from '../planting.ts';

/** The number of rows has not changed by more than was given since the last published run. */
export const rowCountChange = checkKind({
  arguments: z.strictObject({
    min_change: changeText
      .optional()
      .describe(
        `The smallest change: '-5 %' allows up to five percent fewer rows, '0' no fewer, '1' asks for a new one.`,
      ),
    max_change: changeText
      .optional()
      .describe(
        `The greatest change: '20 %', or rows: '100'. One of the two is needed. From 0 rows every growth is beyond every percentage.`,
      ),
  }),
  refuse: ({ min_change: min, max_change: max }) =>
    min === undefined && max === undefined
      ? 'row_count_change needs a min_change or a max_change; without them it could only pass'
      : undefined,
  dimension: 'completeness',
  of: 'relation',
  violationOf: 'whole',
  finds:
    'a table whose number of rows changed since the last published run by less than min_change or more than max_change: one violation. Before anything was published there is no data, which by default does not hold the run.',
  example: `row_count_change:
  arguments: { min_change: '-5 %', max_change: '20 %' }`,
  settings: { no_data: 'tell' },
  thresholds: ['min_change', 'max_change'],
  plan: ({ relation, label, where, history, arguments: { min_change: min, max_change: max } }) => {
    const rows = rowsWhere(where);
    const last = history(1);
    const before = `(select h.measure from (${last}) as h)`;
    const outside = (now: string, then: string): string =>
      [
        ...(min === undefined ? [] : [changeIs('<', min, now, then)]),
        ...(max === undefined ? [] : [changeIs('>', max, now, then)]),
      ].join(' or ');
    const expected = [
      ...(min === undefined ? [] : [`at least ${min}`]),
      ...(max === undefined ? [] : [`at most ${max}`]),
    ].join(' and ');
    return {
      population: { aggregate: `case when ${before} is null then 0 else ${aggregateOf(rows)} end` },
      found: wholeWhere(outside(aggregateOf(rows), before)),
      measure: rows,
      violations: `select ${literal(label)} as subject_id, now || ' rows after ' || trim_scale(before) || ${literal(` in the last published run; expected a change of ${expected}`)} as reason, now - before as amount
from (select count(*) as now from ${relation} as t where ${where}) as counted
cross join (select h.measure as before from (${last}) as h) as earlier
where ${outside('now', 'before')}`,
      unpinned: true,
      emptyMeans: 'no rows, or no earlier published run to compare with',
    };
  },
  faults: [
    {
      name: 'rows are lost, or come several times over',
      statements: ({ relation, arguments: { min_change: min } }) => [
        min === undefined ? doubleRows(relation, 'true') : `delete from ${relation}`,
      ],
    },
  ],
});

function aggregateOf(count: ReturnType<typeof rowsWhere>): string {
  return 'aggregate' in count ? count.aggregate : '';
}
