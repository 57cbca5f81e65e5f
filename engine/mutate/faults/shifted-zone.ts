import { columnFault } from '../fault.ts';

export const shiftedZone = columnFault({
  name: 'shifted_zone',
  what: 'times are read in another time zone, two hours late',
  shares: ['one', 'all'],
  fits: ({ shape, present }) => present > 0n && (shape === 'time' || shape === 'timestamp'),
  becomes: ({ value, write }) => write(`(${value} + interval '2 hours')`),
});
