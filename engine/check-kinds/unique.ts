import { z } from 'zod';
import { identifier, literal } from '../sql-text.ts';
import { checkKind } from './check-kind.ts';

/** No value, or combination of values, stands twice; rows with a null in it are left out. A violation is a value, not a row. */
export const unique = checkKind({
  arguments: z.strictObject({ columns: z.array(z.string()).min(1).optional() }),
  dimension: 'uniqueness',
  of: 'column',
  plan: ({ relation, where, column, columnName, arguments: { columns: named } }) => {
    const columns = named?.map((name) => `t.${identifier(name)}`) ?? [column];
    const complete = columns.map((each) => `${each} is not null`).join(' and ');
    return {
      population: `select count(*) from ${relation} as t where ${where} and ${complete}`,
      violations: `select concat_ws('/', ${columns.join(', ')}) as subject_id, ${literal(`${named?.join(', ') ?? columnName} stands `)} || count(*) || ' times' as reason
from ${relation} as t
where ${where} and ${complete}
group by ${columns.join(', ')}
having count(*) > 1`,
    };
  },
});
