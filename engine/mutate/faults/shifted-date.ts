import { columnFault } from '../fault.ts';
import type { Fault } from '../fault.ts';

export const shiftedDay = shifted('shifted_day', '1 day', 'a date is one day late');
export const shiftedMonth = shifted('shifted_month', '1 month', 'a date is one month late');

function shifted(name: string, by: string, what: string): Fault {
  return columnFault({
    name,
    what,
    fits: ({ shape, present }) => present > 0n && (shape === 'date' || shape === 'timestamp'),
    becomes: ({ value, write, shape, type }) =>
      write(`(${value} + interval '${by}')::${shape === 'date' ? 'date' : type}`),
  });
}
