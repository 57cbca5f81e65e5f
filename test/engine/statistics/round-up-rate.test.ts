import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundUpRate } from '../../../engine/statistics/round-up-rate.ts';

test('a rate is rounded up, never to nearest', () => {
  expect(roundUpRate(0.11293, 3)).toBe('0.113');
  expect(roundUpRate(0.0720001, 3)).toBe('0.073');
  expect(roundUpRate(1e-20, 6)).toBe('0.000001');
});

test('a rate that has no more places stays as it is, whatever its binary form', () => {
  expect(roundUpRate(0.07, 2)).toBe('0.07');
  expect(roundUpRate(0.1 + 0.2, 6)).toBe('0.300000');
  expect(roundUpRate(0, 6)).toBe('0.000000');
  expect(roundUpRate(1, 6)).toBe('1.000000');
});

test('the text is at or above the rate and less than one unit beyond it', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 9 }), (rate, places) => {
      const above = Number(roundUpRate(rate, places)) - rate;
      expect(above).toBeGreaterThanOrEqual(-1e-12 * rate);
      expect(above).toBeLessThan(10 ** -places * 1.000001);
    }),
  );
});

test('an argument out of its domain is named', () => {
  expect(() => roundUpRate(1.1, 6)).toThrowErrorMatchingInlineSnapshot(`[RangeError: rate must lie from 0 to 1]`);
  expect(() => roundUpRate(0.5, 0)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: places must be a whole number from 1 to 12]`,
  );
});
