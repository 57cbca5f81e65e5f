import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { value } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { PlantingGround } from '../check-kind.ts';
import { rowsWhere, valuesWhere } from '../count.ts';
import { setOne, stepOf, typeOf } from '../planting.ts';

/** Every value lies between two bounds, each a number or an expression; nulls are left out. */
export const acceptedRange = checkKind({
  arguments: z.strictObject({
    min_value: value
      .nullish()
      .describe('The least value: a number, or SQL such as a column or a date in quotes of its own.'),
    max_value: value.nullish().describe('The greatest value, likewise. One of the two is needed.'),
    inclusive: z.boolean().default(true).describe('Whether the bounds themselves are in the range.'),
  }),
  refuse: (given) =>
    (given.min_value ?? given.max_value ?? null) === null
      ? 'accepted_range needs a min_value or a max_value; without them it could only pass'
      : undefined,
  aliases: ['dbt_utils.accepted_range'],
  dimension: 'validity',
  of: 'column',
  violationOf: 'row',
  finds: 'rows whose value is below min_value or above max_value. Nulls are left out.',
  example: `accepted_range:
  arguments: { min_value: 0, max_value: 100 }`,
  plan: ({ relation, where, column, columnName, subject, shown, render, arguments: given }) => {
    const bound = (written: string | number | boolean): string =>
      typeof written === 'string' ? `(${render(written)})` : literal(written);
    const orEqual = given.inclusive ? '=' : '';
    const outside = [
      ...((given.min_value ?? null) === null ? [] : [`not ${column} >${orEqual} ${bound(given.min_value as string)}`]),
      ...((given.max_value ?? null) === null ? [] : [`not ${column} <${orEqual} ${bound(given.max_value as string)}`]),
    ].join(' or ');
    return {
      population: valuesWhere(where, column),
      found: rowsWhere(`${where} and (${outside})`),
      violations: `select ${subject} as subject_id, ${literal(`${columnName} is outside of its range: `)} || ${shown(column, columnName)} as reason
from ${relation} as t
where ${where} and (${outside})`,
    };
  },
  faults: [
    {
      name: 'one value is below the range',
      statements: (ground) => beyond(ground, ground.arguments['min_value'], '-'),
    },
    {
      name: 'one value is above the range',
      statements: (ground) => beyond(ground, ground.arguments['max_value'], '+'),
    },
  ],
});

function beyond(ground: PlantingGround, bound: unknown, sign: '+' | '-'): string[] {
  if ((bound ?? null) === null) return [];
  return [setOne(ground.relation, ground.column, `(${String(bound)}) ${sign} ${stepOf(typeOf(ground))}`)];
}
