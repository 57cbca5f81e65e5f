import { columnFault } from '../fault.ts';

/** A text with letters beyond ASCII is read as Latin-1; another loses a letter to the sign for what could not be read. */
export const encodingDamage = columnFault({
  name: 'encoding_damage',
  what: 'a text was read in the wrong encoding',
  fits: ({ shape, longest }) => shape === 'text' && longest > 0n,
  where: ({ sql }) => `length(${sql}::text) > 0`,
  becomes: ({ sql }) => {
    const text = `${sql}::text`;
    return `case when ${text} ~ '[^\\x01-\\x7f]' then convert_from(convert_to(${text}, 'UTF8'), 'LATIN1')
else overlay(${text} placing U&'\\FFFD' from greatest(1, length(${text}) / 2) for 1) end`;
  },
});
