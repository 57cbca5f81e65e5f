import { columnFault } from '../fault.ts';

export const offByLeast = columnFault({
  name: 'off_by_least',
  what: 'a number is off by 0.01, a whole number by 1',
  fits: ({ shape, isKey, present }) => present > 0n && !isKey && (shape === 'number' || shape === 'integer'),
  becomes: ({ value, write, shape, type }, { roll }) => {
    const least = shape === 'integer' || type.endsWith(',0)') ? '1' : '0.01';
    return write(`${value} ${roll % 2 === 0 ? '+' : '-'} ${least}`);
  },
});
