import { columnFault } from '../fault.ts';

export const truncated = columnFault({
  name: 'truncated',
  what: 'a text is cut in half',
  fits: ({ shape, longest }) => shape === 'text' && longest > 1n,
  where: ({ sql }) => `length(btrim(${sql}::text)) > 1`,
  becomes: ({ sql }) => `left(${sql}::text, length(${sql}::text) / 2)`,
});
