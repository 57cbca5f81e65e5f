import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { oneRow } from '../planting.ts';

/** Every value stands as often in the column as in a field of another relation. A violation is a value and a side. */
export const cardinalityEquality = checkKind({
  arguments: z.strictObject({
    to: relationName.describe('The other relation.'),
    field: z.string().describe('Its column, or an expression.'),
  }),
  aliases: ['dbt_utils.cardinality_equality'],
  dimension: 'consistency',
  of: 'column',
  violationOf: 'value',
  finds:
    'values, null among them, that do not stand as often in the column as in a field of the other relation; one violation for each side that has the value. It looks at the rows of both.',
  example: `cardinality_equality:
  arguments: { to: ref('orders'), field: customer_id }`,
  relations: ['to'],
  plan: ({ relation, label, where, column, columnName, resolve, expression, shown, arguments: { to, field } }) => {
    const alone = (side: string, other: string, name: string, otherName: string): string =>
      `select coalesce(${shown('value', columnName)}, 'null') as subject_id, 'stands ' || times || ${literal(` times in ${name}, not as often in ${otherName}`)} as reason
from (select value, times from ${side} except select value, times from ${other}) as alone`;
    return {
      population: {
        query: `select (select count(*) from ${relation} as t where ${where}) + (select count(*) from ${resolve(to)} as t)`,
      },
      violations: `with this_side as (select ${column} as value, count(*) as times from ${relation} as t where ${where} group by ${column}),
other_side as (select ${expression(field)} as value, count(*) as times from ${resolve(to)} as t group by ${expression(field)})
${alone('this_side', 'other_side', label, to)}
union all
${alone('other_side', 'this_side', to, label)}`,
      alsoReads: [to],
    };
  },
  faults: [
    {
      name: 'a row is gone on the other side',
      statements: ({ resolve, arguments: given }) => {
        const other = resolve(given['to'] as string);
        return [`delete from ${other} where ${oneRow(other)}`];
      },
    },
  ],
});
