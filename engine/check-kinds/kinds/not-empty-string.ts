import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { rowsWhere, valuesWhere } from '../count.ts';
import { setOne } from '../planting.ts';

/** No value is an empty text; blanks count as nothing unless `trim_whitespace` is false. Nulls are left out. */
export const notEmptyString = checkKind({
  arguments: z.strictObject({
    trim_whitespace: z.boolean().default(true).describe('Whether a text of blanks alone is empty too.'),
  }),
  aliases: ['dbt_utils.not_empty_string'],
  dimension: 'completeness',
  of: 'column',
  violationOf: 'row',
  finds: 'rows whose text is empty, or has blanks alone. Nulls are left out: not_null finds those.',
  example: 'not_empty_string',
  plan: ({ relation, where, column, columnName, subject, arguments: given }) => {
    const violating = `${where} and ${given.trim_whitespace ? `trim(${column})` : column} = ''`;
    return {
      population: valuesWhere(where, column),
      found: rowsWhere(violating),
      violations: `select ${subject} as subject_id, ${literal(`${columnName} is an empty text`)} as reason
from ${relation} as t
where ${violating}`,
    };
  },
  faults: [
    { name: 'one text is empty', statements: ({ relation, column }) => [setOne(relation, column, `''`)] },
    {
      name: 'one text has blanks alone',
      statements: ({ relation, column, arguments: given }) =>
        given['trim_whitespace'] === false ? [] : [setOne(relation, column, `'   '`)],
    },
  ],
});
