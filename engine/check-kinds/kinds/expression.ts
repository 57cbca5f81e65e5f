import { z } from 'zod';
import { identifier, literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { rowsWhere } from '../count.ts';
import { isNumber, oneRow } from '../planting.ts';

const ALIAS = 'dbt_utils.expression_is_true';
const written = z.string().describe('A condition in SQL; under a column it goes on after its name: `> 0`.');

/** The expression is true for every row; a null result is a violation, because it proves nothing, unless `nulls: ignore`. */
export const expression = checkKind({
  arguments: z.strictObject({
    expression: written,
    nulls: z
      .enum(['violation', 'ignore'])
      .optional()
      .describe('A row for which the condition is null is a violation (the default), or is not looked at (ignore).'),
  }),
  aliases: [ALIAS],
  aliasArguments: { [ALIAS]: z.strictObject({ expression: written }) },
  translate: (given) => ({ ...given, nulls: 'ignore' }),
  dimension: 'accuracy',
  of: 'either',
  violationOf: 'row',
  finds:
    'rows for which the condition is not true. When it is null for a row, because a value is missing, that is a violation too, unless `nulls: ignore`.',
  example: `expression:
  arguments: { expression: debit >= 0 and credit >= 0 }`,
  plan: ({ relation, where, column, columnName, subject, render, arguments: given }) => {
    const condition = `(${column} ${render(given.expression)})`.replace('( ', '(');
    const said = `${columnName} ${given.expression}`.replaceAll(/\s+/g, ' ').trim();
    const violating = `${where} and ${given.nulls === 'ignore' ? `not ${condition}` : `${condition} is not true`}`;
    return {
      population: rowsWhere(given.nulls === 'ignore' ? `${where} and ${condition} is not null` : where),
      found: rowsWhere(violating),
      violations: `select ${subject} as subject_id, ${literal(`not true: ${said}`)} as reason
from ${relation} as t
where ${violating}`,
    };
  },
  faults: [
    {
      name: 'the values of all rows are taken away',
      statements: ({ relation, columns }) => [
        `update ${relation} set ${columns.map(({ name }) => `${identifier(name)} = null`).join(', ')}`,
      ],
    },
    {
      name: 'every number is far off, one below and the others above',
      statements: ({ relation, columns }) => {
        const turned = columns
          .filter(isNumber)
          .map(({ name }) => `${identifier(name)} = case when ${oneRow(relation)} then -1000000 else 1000000 end`);
        return turned.length === 0 ? [] : [`update ${relation} set ${turned.join(', ')}`];
      },
    },
  ],
});
