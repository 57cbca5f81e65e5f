import { columnFault } from '../fault.ts';

export const signFlipped = columnFault({
  name: 'sign_flipped',
  what: 'a number has the other sign',
  fits: ({ shape, isKey, present }) => present > 0n && !isKey && (shape === 'number' || shape === 'integer'),
  becomes: ({ value, write }) => write(`-(${value})`),
});
