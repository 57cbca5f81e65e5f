import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { checkKind } from './check-kind.ts';

/** The expression, which under a column goes on after its name, is false for no row. Rows for which it is null are not looked at, as dbt_utils has it. */
export const expressionIsTrue = checkKind({
  arguments: z.strictObject({ expression: z.string() }),
  dimension: 'accuracy',
  of: 'either',
  plan: ({ relation, where, column, columnName, subject, render, arguments: { expression: written } }) => {
    const condition = `(${column} ${render(written)})`;
    const said = `${columnName} ${written}`.replaceAll(/\s+/g, ' ').trim();
    return {
      population: `select count(*) from ${relation} as t where ${where} and ${condition} is not null`,
      violations: `select ${subject} as subject_id, ${literal(`not true: ${said}`)} as reason
from ${relation} as t
where ${where} and not ${condition}`,
    };
  },
});
