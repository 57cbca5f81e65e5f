import { columnFault } from '../fault.ts';

export const nulls = columnFault({
  name: 'null',
  what: 'a value is taken away',
  fits: ({ present }) => present > 0n,
  becomes: () => 'null',
});
