import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundUpRate } from '../../../engine/statistics/round-up-rate.ts';
import { upperDeviationLimit } from '../../../engine/statistics/upper-deviation-limit.ts';

const limit = (items: number, deviations: number, confidence: number) =>
  upperDeviationLimit({ items, deviations, confidence });

// AICPA Audit Sampling guide 2017, appendix A, tables A-3 (5 % risk) and A-4 (10 %): per cent, rounded up to one place.
const TABLES: readonly [confidence: number, items: number, deviations: number, percent: number][] = [
  [0.95, 25, 0, 11.3],
  [0.95, 25, 1, 17.7],
  [0.95, 40, 0, 7.3],
  [0.95, 60, 0, 4.9],
  [0.95, 60, 1, 7.7],
  [0.95, 100, 2, 6.2],
  [0.95, 150, 3, 5.1],
  [0.95, 150, 6, 7.8],
  [0.9, 25, 0, 8.8],
  [0.9, 40, 0, 5.6],
  [0.9, 60, 0, 3.8],
];

test.each(TABLES)(
  'at %d, %d items with %d deviations limit the rate to %d per cent, as the AICPA tables print it',
  (confidence, items, deviations, percent) => {
    expect(roundUpRate(limit(items, deviations, confidence), 3)).toBe((percent / 100).toFixed(3));
  },
);

test('the limits before rounding are the exact Clopper-Pearson ones', () => {
  const cases = [
    [25, 0],
    [25, 1],
    [40, 0],
    [60, 0],
    [60, 1],
    [100, 2],
    [150, 3],
  ] as const;
  expect(cases.map(([items, deviations]) => limit(items, deviations, 0.95).toFixed(5))).toEqual([
    '0.11293',
    '0.17612',
    '0.07216',
    '0.04870',
    '0.07664',
    '0.06162',
    '0.05088',
  ]);
});

test('without deviations the limit is 1 - (1 - confidence)^(1/n), for any number of items', () => {
  for (const items of [1, 2, 25, 13_295, 10_000_000, 2 ** 50]) {
    for (const confidence of [0.5, 0.8, 0.9, 0.95, 0.99]) {
      const closed = -Math.expm1(Math.log1p(-confidence) / items);
      expect(Math.abs(limit(items, 0, confidence) / closed - 1)).toBeLessThan(1e-12);
    }
  }
});

test('the whole AICPA sample ledger and ten million items are answered', () => {
  expect(limit(13_295, 4, 0.95)).toBeCloseTo(0.000688359914095, 15);
  expect(limit(10_000_000, 13, 0.95)).toBeCloseTo(2.066856115e-6, 15);
  expect(limit(10_000_000, 5_000_000, 0.95)).toBeCloseTo(0.500260124, 9);
});

test('when every item deviates the limit is 1', () => {
  expect(limit(25, 25, 0.95)).toBe(1);
});

test('more deviations, fewer items or more confidence never lower the limit, and it is never below the rate found', () => {
  const cases = fc
    .integer({ min: 2, max: 1_000_000 })
    .chain((items) => fc.tuple(fc.constant(items), fc.integer({ min: 0, max: items - 1 })));
  const confidences = fc.double({ min: 0.5, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(cases, confidences, ([items, deviations], confidence) => {
      const here = limit(items, deviations, confidence);
      expect(here).toBeGreaterThan(deviations / items);
      expect(limit(items, deviations + 1, confidence)).toBeGreaterThan(here);
      expect(limit(items + 1, deviations, confidence)).toBeLessThan(here);
      expect(limit(items, deviations, (confidence + 1) / 2)).toBeGreaterThan(here);
    }),
  );
});

test('an argument out of its domain is named', () => {
  expect(() => limit(0, 0, 0.95)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: items must be a whole number from 1]`,
  );
  expect(() => limit(25, -1, 0.95)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: deviations must be a whole number from 0]`,
  );
  expect(() => limit(25, 0.5, 0.95)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: deviations must be a whole number from 0]`,
  );
  expect(() => limit(25, 0, 1)).toThrowErrorMatchingInlineSnapshot(`[RangeError: confidence must lie between 0 and 1]`);
});
