import { columnFault } from '../fault.ts';

export const leadingBlank = columnFault({
  name: 'leading_blank',
  what: 'a blank stands before a text',
  fits: ({ shape, longest }) => shape === 'text' && longest > 0n,
  where: ({ sql }) => `length(${sql}::text) > 0`,
  becomes: ({ sql }) => `' ' || ${sql}::text`,
});
