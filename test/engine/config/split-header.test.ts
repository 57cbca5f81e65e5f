import { expect, test } from 'vitest';
import { splitHeader } from '../../../engine/config/split-header.ts';

test('header and body keep the lines and columns they have in the file', () => {
  const { header, body } = splitHeader('/* ---\ngrain: one row\n--- */ select\n1\n');
  expect(header).toBe('      \ngrain: one row\n');
  expect(body).toBe('      \n              \n       select\n1\n');
});

test('a file without a header, or with a comment above it, is all body', () => {
  expect(splitHeader('select 1')).toEqual({ header: undefined, body: 'select 1' });
  expect(splitHeader('-- x\n/* ---\na: b\n--- */\nselect 1').header).toBeUndefined();
});

test('only the first closing mark ends the header', () => {
  expect(splitHeader('/* ---\na: b\n--- */\nselect 1\n/* ---\n--- */').body).toBe(
    '      \n    \n      \nselect 1\n/* ---\n--- */',
  );
});
