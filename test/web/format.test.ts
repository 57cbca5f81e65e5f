import { expect, test } from 'vitest';
import { countOf, formatAmount, formatDecimal, formatDuration, formatInstant, formatRate } from '../../web/format.ts';

test('a decimal is grouped and otherwise the same number', () => {
  expect(formatDecimal('28160')).toBe('28,160');
  expect(formatDecimal('-629471.890000')).toBe('-629,471.89');
  expect(formatDecimal('0.000000')).toBe('0');
  expect(formatDecimal('123456789012345678901234567890.000001')).toBe('123,456,789,012,345,678,901,234,567,890.000001');
});

test('an amount has at least its two places', () => {
  expect(formatAmount('928333936.5')).toBe('928,333,936.50');
  expect(formatAmount('-1.0005')).toBe('-1.0005');
});

test('a rate is told in percent, exactly', () => {
  expect(formatRate('0.000301')).toBe('0.0301 %');
  expect(formatRate('1')).toBe('100 %');
});

test('no value is a dash, never a zero', () => {
  expect([formatDecimal(null), formatAmount(null), formatRate(null), formatDuration(null)]).toEqual([
    '–',
    '–',
    '–',
    '–',
  ]);
});

test('a duration is told in the unit that fits', () => {
  expect([850, 12_480, 59_999, 185_000, 3_720_000].map(formatDuration)).toEqual([
    '850 ms',
    '12.4 s',
    '59.9 s',
    '3 min 5 s',
    '1 h 2 min',
  ]);
});

test('a moment is told in UTC wherever the server runs', () => {
  expect(formatInstant('2026-11-22T01:30:00+02:00')).toBe('21 Nov 2026, 23:30 UTC');
});

test('one is not many', () => {
  expect([0, 1, 2].map((count) => countOf(count, 'check'))).toEqual(['0 checks', '1 check', '2 checks']);
});
