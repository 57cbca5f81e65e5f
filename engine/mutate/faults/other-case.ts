import { columnFault } from '../fault.ts';

export const otherCase = columnFault({
  name: 'other_case',
  what: 'a text is written in another case',
  fits: ({ shape, longest }) => shape === 'text' && longest > 0n,
  where: ({ sql }) => `${sql}::text ~ '[[:alpha:]]'`,
  becomes: ({ sql }) =>
    `case when ${sql}::text <> lower(${sql}::text) then lower(${sql}::text) else upper(${sql}::text) end`,
});
