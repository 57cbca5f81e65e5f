import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { rowsWhere, valuesWhere } from '../count.ts';
import { ListedValues, listedValues } from '../listed-values.ts';
import { setOne } from '../planting.ts';

/** No value is one of a list; nulls are left out. A violation is a row; what is counted, as dbt_utils does, are the values. */
export const notAcceptedValues = checkKind({
  arguments: ListedValues,
  aliases: ['dbt_utils.not_accepted_values'],
  dimension: 'validity',
  of: 'column',
  violationOf: 'value',
  finds:
    'rows whose value is in the list. All such rows are kept, but what is counted is how many different values there are, as dbt_utils does. Nulls are left out.',
  example: `not_accepted_values:
  arguments: { values: [test, dummy] }`,
  plan: ({ relation, where, column, columnName, subject, shown, render, arguments: given }) => {
    const violating = `${where} and ${column} in (${listedValues(given, render)})`;
    return {
      population: valuesWhere(where, column),
      found: rowsWhere(violating),
      violations: `select ${subject} as subject_id, ${literal(`${columnName} is a value that is not accepted: `)} || ${shown(column, columnName)} as reason, ${column} as value
from ${relation} as t
where ${violating}`,
      failCalc: 'count(distinct value)',
    };
  },
  faults: [
    {
      name: 'one row has a value of the list',
      statements: ({ relation, column, arguments: given }) => [
        setOne(relation, column, literal((given['values'] as readonly (string | number | boolean)[])[0] ?? null)),
      ],
    },
  ],
});
