import type { Fault } from '../fault.ts';

export const doubledRows: Fault = {
  name: 'doubled_rows',
  what: 'rows stand twice',
  shares: ['one', 'percent'],
  fits: ({ rows }, column) => column === undefined && rows > 0n,
  plant: ({ copy, columns, picked }) =>
    `insert into ${copy} (${columns.join(', ')})
select ${columns.map((name) => `t.${name}`).join(', ')} from ${copy} as t join (${picked('true')}) as picked on t.ctid = picked.at`,
};
