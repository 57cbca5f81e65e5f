import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { rowsWhere, valuesWhere } from '../count.ts';
import { countedValues, ListedValues, listedValues } from '../listed-values.ts';
import { setOne, strangeValue, typeOf } from '../planting.ts';

/** Every value is one of a list; nulls are left out. A violation is a row; what is counted, as dbt does, are the values. */
export const acceptedValues = checkKind({
  arguments: ListedValues,
  dimension: 'validity',
  of: 'column',
  violationOf: 'value',
  finds:
    'rows whose value is not in the list. All such rows are kept, but what is counted and compared with the thresholds is how many different values there are, as dbt does. Nulls are left out.',
  example: `accepted_values:
  arguments: { values: [paid, open, void] }`,
  plan: ({ relation, where, column, columnName, subject, shown, render, arguments: given }) => {
    const outside = (list: string): string => `${where} and ${column} not in (${list})`;
    return {
      population: valuesWhere(where, column),
      found: rowsWhere(outside(countedValues(given, render))),
      violations: `select ${subject} as subject_id, ${literal(`${columnName} is not an accepted value: `)} || ${shown(column, columnName)} as reason, ${column} as value
from ${relation} as t
where ${outside(listedValues(given, render))}`,
      failCalc: 'count(distinct value)',
    };
  },
  faults: [
    {
      name: 'one row has a value that is on no list',
      statements: (ground) => [setOne(ground.relation, ground.column, strangeValue(typeOf(ground)))],
    },
  ],
});
