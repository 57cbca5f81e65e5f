import type { Fault } from '../fault.ts';

export const droppedRows: Fault = {
  name: 'dropped_rows',
  what: 'rows are missing',
  shares: ['one', 'percent'],
  fits: ({ rows }, column) => column === undefined && rows > 1n,
  plant: ({ copy, picked }) => `delete from ${copy} as t using (${picked('true')}) as picked where t.ctid = picked.at`,
};
