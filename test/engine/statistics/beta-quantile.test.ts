import fc from 'fast-check';
import { expect, test } from 'vitest';
import { betaQuantile } from '../../../engine/statistics/beta-quantile.ts';
import { betaTails } from '../../../engine/statistics/beta-tails.ts';

// mpmath 1.3.0, 40 digits, Newton on betainc(a, b, 0, x, regularized=True).
const REFERENCE: readonly [p: number, a: number, b: number, x: number][] = [
  [0.95, 5, 13_291, 0.0006883599140954096],
  [0.95, 14, 9_999_987, 2.066856115079589e-6],
  [0.95, 151, 9_850, 0.017157718182010534],
  [0.95, 7, 144, 0.07741799715987181],
  [0.1, 2, 3, 0.1425593167100307],
  [0.999999999, 2, 1_000_000, 0.0000239394293724936],
  [1e-300, 3, 4, 3.684031498640387e-101],
];

test.each(REFERENCE)('the quantile of %d with shapes %d and %d is %d', (p, a, b, x) => {
  expect(Math.abs(betaQuantile(p, a, b) / x - 1)).toBeLessThan(1e-12);
});

test('a power of x has a closed form', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 1e8 }), (p, a) => {
      expect(Math.abs(betaQuantile(p, a, 1) / p ** (1 / a) - 1)).toBeLessThan(1e-12);
    }),
  );
});

test('the tail at the quantile is the probability that was asked for', () => {
  const shape = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), shape, shape, (p, a, b) => {
      const { lower, upper } = betaTails(betaQuantile(p, a, b), a, b);
      expect(Math.abs(lower - p)).toBeLessThan(1e-9);
      expect(lower + upper).toBeCloseTo(1, 14);
    }),
  );
});

test('the ends of the distribution are its quantiles for 0 and 1', () => {
  expect(betaQuantile(0, 2, 3)).toBe(0);
  expect(betaQuantile(1, 2, 3)).toBe(1);
});

test('an argument out of its domain is named', () => {
  expect(() => betaQuantile(1.1, 2, 3)).toThrowErrorMatchingInlineSnapshot(`[RangeError: p must lie from 0 to 1]`);
  expect(() => betaQuantile(0.5, 0, 3)).toThrowErrorMatchingInlineSnapshot(`[RangeError: a must be above 0]`);
  expect(() => betaQuantile(0.5, 2, Number.NaN)).toThrowErrorMatchingInlineSnapshot(`[RangeError: b must be above 0]`);
});
