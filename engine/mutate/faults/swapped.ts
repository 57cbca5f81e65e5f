import type { ColumnProfile } from '../profile-table.ts';
import type { Fault } from '../fault.ts';

export const swapped: Fault = {
  name: 'swapped',
  what: 'two rows have swapped their values',
  shares: ['one'],
  fits: (_, column) => column !== undefined && column.distinct > 1n && isAmount(column),
  plant: ({ copy, column, table: { table }, picked }) => {
    const { sql, name } = column as ColumnProfile;
    return `with one as (select t.ctid as at, ${sql} as value from ${copy} as t join (${picked(`${sql} is not null`)}) as picked on t.ctid = picked.at),
other as (
  select t.ctid as at, ${sql} as value from ${copy} as t join ${table.order} as r on r.at = t.ctid
  where ${sql} <> (select value from one) order by r.n limit 1
)
update ${copy} as t set ${name} = case when t.ctid = one.at then other.value else one.value end
from one, other where t.ctid in (one.at, other.at)`;
  },
};

function isAmount({ shape, isKey }: ColumnProfile): boolean {
  return (shape === 'number' || shape === 'integer') && !isKey;
}
