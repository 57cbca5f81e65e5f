import { z } from 'zod';
import { identifier, literal } from '../../sql-text.ts';
import { relationName, value } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { valuesWhere } from '../count.ts';

/** Every declared group has rows. */
export const groupsPresent = checkKind({
  arguments: z.strictObject({
    values: z.array(value).min(1).optional().describe('The values that must be there.'),
    in: relationName.optional().describe('A relation that has them, in place of values.'),
    field: z.string().optional().describe('Its column, or an expression; rows without a value are left out.'),
    in_where: z.string().optional().describe('Which of its rows count, as SQL.'),
    min_rows: z.int().min(1).default(1).describe('How many rows each of them has at least.'),
  }),
  refuse: ({ values, in: relation, field }) => {
    if ((values === undefined) === (relation === undefined)) return 'groups_present needs either values or in';
    return (relation === undefined) === (field === undefined) ? undefined : 'in and field go together';
  },
  dimension: 'completeness',
  of: 'column',
  relations: ['in'],
  violationOf: 'group',
  finds: 'declared values that have fewer than min_rows rows. An empty table lacks all of them.',
  example: `groups_present:
  arguments: { values: [north, south], min_rows: 10 }`,
  thresholds: ['min_rows'],
  plan: ({ relation, where, column, columnName, resolve, expression, render, shown, arguments: given }) => {
    const { in: other, field, min_rows: least } = given;
    const rows = valuesWhere(where, column);
    const counted = 'aggregate' in rows ? rows.aggregate : '';
    const among = given.in_where === undefined ? 'true' : `(${render(given.in_where)})`;
    const named =
      other === undefined || field === undefined
        ? undefined
        : `select ${expression(field)} as value from ${resolve(other)} as t where ${expression(field)} is not null and ${among}`;
    // After a select of the column itself, texts in quotes are read as its type.
    const declared =
      named ??
      `select ${column} as value from ${relation} as t where false${(given.values ?? []).map((each) => `\n  union select ${literal(String(each))}`).join('')}`;
    return {
      population: named === undefined ? rows : { aggregate: `case when exists (${named}) then ${counted} else 0 end` },
      violations: `with declared as (
  ${declared}
),
present as (
  select ${column} as value, count(*) as rows from ${relation} as t where ${where} and ${column} is not null group by 1
)
select ${shown('declared.value', columnName)} as subject_id, coalesce(present.rows, 0) || ${literal(` rows with this ${columnName}; expected at least ${least}`)} as reason
from (select distinct value from declared) as declared
left join present on present.value = declared.value
where coalesce(present.rows, 0) < ${least}`,
      ...(other === undefined
        ? {}
        : { alsoReads: [other], emptyMeans: `nothing to look at: no rows, or ${other} names no value` }),
    };
  },
  faults: [
    {
      name: 'the rows of one value are lost',
      statements: ({ relation, column, resolve, arguments: given }) => {
        const { values, in: other, field } = given as { values?: unknown[]; in?: string; field?: string };
        const one =
          other === undefined
            ? literal(String(values?.[0]))
            : `(select min(${identifier(field ?? '')}) from ${resolve(other)})`;
        return [`delete from ${relation} where ${column} = ${one}`];
      },
    },
    { name: 'all rows are lost', statements: ({ relation }) => [`delete from ${relation}`] },
  ],
});
