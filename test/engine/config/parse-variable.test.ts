import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseVariable } from '../../../engine/config/parse-variable.ts';

test('each type takes its own form and nothing else', () => {
  expect(parseVariable('integer', 7)).toBe('7');
  expect(parseVariable('integer', '-7')).toBe('-7');
  expect(parseVariable('integer', 7.5)).toBeUndefined();
  expect(parseVariable('integer', 2 ** 53 + 2)).toBeUndefined();
  expect(parseVariable('decimal', '0.050')).toBe('0.050');
  expect(parseVariable('decimal', 0.05)).toBe('0.05');
  expect(parseVariable('decimal', '1e3')).toBeUndefined();
  expect(parseVariable('boolean', 'false')).toBe(false);
  expect(parseVariable('boolean', 'yes')).toBeUndefined();
  expect(parseVariable('date', '2024-02-29')).toBe('2024-02-29');
  expect(parseVariable('date', '2023-02-29')).toBeUndefined();
  expect(parseVariable('date', '2023-2-9')).toBeUndefined();
  expect(parseVariable('time', '23:59:59')).toBe('23:59:59');
  expect(parseVariable('time', '24:00')).toBeUndefined();
  expect(parseVariable('text', 'ann@example.com')).toBe('ann@example.com');
  expect(parseVariable('text', '2026')).toBe('2026');
  for (const text of ['America/Los_Angeles', '2020-01-01 00:00:00+00', 'credit card', 'Zürich, 8001 (CH)', 'a=b&c%']) {
    expect(parseVariable('text', text)).toBe(text);
  }
  expect(parseVariable('list', ['card', 2, 'a.b'])).toEqual(['card', '2', 'a.b']);
  expect(parseVariable('list', [])).toEqual([]);
  expect(parseVariable('list', 'card')).toBeUndefined();
  expect(parseVariable('text', ['card'])).toBeUndefined();
  expect(parseVariable('boolean', ['true'])).toBeUndefined();
});

test('no value of any type can end a literal or begin a comment', () => {
  for (const value of [
    "x' or '1'='1",
    'x"y',
    'x`y',
    'x\\',
    'x--',
    '--x',
    'a--b',
    '-x',
    'x;',
    'x\n',
    'x\u0000',
    'x\u2028y',
    'x\u200by',
    'x\ue000y',
    'x /* y',
    'x */ y',
    '$$',
    '{{ x }}',
  ]) {
    expect(parseVariable('text', value)).toBeUndefined();
    expect(parseVariable('list', ['fine', value])).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.constantFrom('text', 'integer', 'decimal', 'date', 'time'), fc.string(), (type, value) => {
      const parsed = parseVariable(type, value);
      return parsed === undefined || /^(?!.*(?:--|\/\*))[^'"`\\$;{}\p{Cc}]*$/u.test(String(parsed));
    }),
  );
});
