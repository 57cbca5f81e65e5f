import { literal } from '../sql-text.ts';
import { checkKind } from './check-kind.ts';
import { ListedValues, listedValues } from './listed-values.ts';

/** No value is one of a list; nulls are left out. A violation is a row; what is counted, as dbt_utils does, are the values. */
export const notAcceptedValues = checkKind({
  arguments: ListedValues,
  dimension: 'validity',
  of: 'column',
  plan: ({ relation, where, column, columnName, subject, render, arguments: given }) => ({
    population: `select count(*) from ${relation} as t where ${where} and ${column} is not null`,
    violations: `select ${subject} as subject_id, ${literal(`${columnName} is a value that is not accepted: `)} || ${column}::text as reason, ${column} as value
from ${relation} as t
where ${where} and ${column} in (${listedValues(given, render)})`,
    failCalc: 'count(distinct value)',
  }),
});
