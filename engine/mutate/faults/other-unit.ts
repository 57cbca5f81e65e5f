import { columnFault } from '../fault.ts';
import type { Fault } from '../fault.ts';

export const tenfold = otherUnit('tenfold', '10', 'a number is ten times what it was');
export const hundredfold = otherUnit('hundredfold', '100', 'a number is in cents where it was in whole units');

function otherUnit(name: string, factor: string, what: string): Fault {
  return columnFault({
    name,
    what,
    fits: ({ shape, isKey, present }) => present > 0n && !isKey && (shape === 'number' || shape === 'integer'),
    becomes: ({ value, write }) => write(`${value} * ${factor}`),
  });
}
