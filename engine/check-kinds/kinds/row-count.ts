import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { aggregateWhere, rowsWhere, wholeWhere } from '../count.ts';
import { oneRow } from '../planting.ts';

/** The relation has at least `min` and at most `max` rows. An empty one violates a minimum of 1 or more. */
export const rowCount = checkKind({
  arguments: z.strictObject({
    min: z.int().min(0).optional().describe('The least number of rows.'),
    max: z.int().min(0).optional().describe('The greatest number of rows. One of the two is needed.'),
  }),
  refuse: ({ min, max }) =>
    min === undefined && max === undefined
      ? 'row_count needs a min or a max; without them it could only pass'
      : undefined,
  dimension: 'completeness',
  of: 'relation',
  violationOf: 'whole',
  finds:
    'a table with fewer rows than min or more than max: one violation. An empty table fails a min of 1 or more; under a max alone there is no data.',
  example: `row_count:
  arguments: { min: 1 }`,
  plan: ({ relation, label, where, arguments: { min, max } }) => {
    const outside = (count: string): string =>
      [
        ...(min === undefined ? [] : [`${count} < ${literal(min)}`]),
        ...(max === undefined ? [] : [`${count} > ${literal(max)}`]),
      ].join(' or ');
    const expected = [
      ...(min === undefined ? [] : [`at least ${min}`]),
      ...(max === undefined ? [] : [`at most ${max}`]),
    ].join(' and ');
    return {
      population: rowsWhere(where),
      found: wholeWhere(outside(aggregateWhere('count(*)', where))),
      violations: `select ${literal(label)} as subject_id, count(*) || ${literal(` rows; expected ${expected}`)} as reason
from ${relation} as t
where ${where}
having ${outside('count(*)')}`,
    };
  },
  thresholds: ['min', 'max'],
  faults: [
    {
      name: 'all rows but one are gone',
      statements: ({ relation, arguments: given }) =>
        Number(given['min'] ?? 0) > 1 ? [`delete from ${relation} where not ${oneRow(relation)}`] : [],
    },
    { name: 'all rows are gone', statements: ({ relation }) => [`delete from ${relation}`] },
    {
      name: 'rows come many times',
      statements: ({ relation, arguments: given }) =>
        given['max'] === undefined
          ? []
          : [
              `insert into ${relation} select source.* from ${relation} as source cross join generate_series(0, ${Number(given['max'])})`,
            ],
    },
  ],
});
