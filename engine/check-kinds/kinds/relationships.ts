import { z } from 'zod';
import { identifier } from '../../sql-text.ts';
import { relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import { setOne, strangeValue } from '../planting.ts';
import { withoutMatch } from '../without-match.ts';

const names = z.array(z.string()).min(1).optional();

/** Every value, or combination of values, stands in a row of another relation; rows with a null among them are left out. */
export const relationships = checkKind({
  arguments: z.strictObject({
    to: relationName.describe('The other relation.'),
    field: z.string().optional().describe('Its column, or an expression, that has the values.'),
    columns: names.describe(
      'In place of a column: columns of this relation, whose values must stand together in one row of the other.',
    ),
    fields: names.describe(
      'The columns of the other relation, in the same order; those of the same names when left out.',
    ),
    from_condition: z
      .string()
      .optional()
      .describe('SQL: only rows of this relation for which it is true are looked at.'),
    to_condition: z.string().optional().describe('SQL: only rows of the other relation for which it is true count.'),
  }),
  refuse: ({ field, columns, fields }) => {
    if (columns === undefined)
      return field === undefined || fields !== undefined
        ? 'relationships under a column needs field: the column of the other relation; fields: goes with columns:'
        : undefined;
    if (field !== undefined) return 'relationships takes columns and fields, or a column and its field, not both';
    return fields !== undefined && fields.length !== columns.length
      ? `relationships has ${columns.length} columns and ${fields.length} fields; give as many`
      : undefined;
  },
  aliases: ['dbt_utils.relationships_where'],
  dimension: 'consistency',
  of: 'column',
  relations: ['to'],
  violationOf: 'row',
  finds:
    'rows whose value, or combination of values, stands in no row of the other relation. Rows with a null among them are left out. Against an empty relation every row fails.',
  example: `relationships:
  arguments: { to: ref('accounts'), field: account_id }`,
  plan: (context) => {
    const { column, columnName, expression, render, arguments: given } = context;
    const { to, field = '', fields, from_condition: from, to_condition: among } = given;
    return withoutMatch(context, {
      to,
      columns: given.columns?.map((name, index) => ({
        column: expression(name),
        columnName: name,
        field: fields?.[index] ?? name,
      })) ?? [{ column, columnName, field }],
      from: from === undefined ? 'true' : `(${render(from)})`,
      among: among === undefined ? 'true' : `(${render(among)})`,
    });
  },
  faults: [
    {
      name: 'one row points to what is not there',
      statements: ({ relation, column, columns, arguments: given }) => {
        const [first] = (given['columns'] as readonly string[] | undefined) ?? [];
        // Where a condition picks the rows, a spoilt one may not be picked any more.
        if (given['from_condition'] !== undefined) return [];
        const planted = columns.find(({ name }) => name === first || identifier(name) === column);
        return planted === undefined ? [] : [setOne(relation, identifier(planted.name), strangeValue(planted.type))];
      },
    },
    {
      name: 'the other relation is empty',
      statements: ({ resolve, arguments: given }) => [`delete from ${resolve(given['to'] as string)}`],
    },
  ],
});
