import type { Fault } from '../fault.ts';

export const stalePeriod: Fault = {
  name: 'stale_period',
  what: 'the newest month holds the rows of the month before, with its own dates',
  shares: ['all'],
  fits: ({ period }, column) => column === undefined && period !== undefined,
  plant: ({ copy, columns, table: { period } }) => {
    const month = `date_trunc('month', ${period?.value})`;
    const moved = `(${period?.value} + (select newest - before from months))`;
    const values = columns.map((name) =>
      name === period?.name
        ? `(${period.write(`least(${moved}, (select newest from months) + interval '27 days')::${typeOf(period.shape)}`)})::${period.type}`
        : `t.${name}`,
    );
    return `with months as (
  select newest, (select max(${month}) from ${copy} as t where ${month} < newest) as before
  from (select max(${month}) as newest from ${copy} as t) as latest
),
gone as (delete from ${copy} as t where ${month} = (select newest from months))
insert into ${copy} (${columns.join(', ')})
select ${values.join(', ')} from ${copy} as t where ${month} = (select before from months)`;
  },
};

function typeOf(shape: string): string {
  return shape === 'timestamp' ? 'timestamp' : 'date';
}
