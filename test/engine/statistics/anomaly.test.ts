import { expect, test } from 'vitest';
import { ewma, ewmaLimits, hampel, meanAndDeviation } from '../../../engine/statistics/anomaly.ts';

const rounded = (text: string, places: number): string => Number(text).toFixed(places);

// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.4: the chart of its example.
const CHART = { mean: '50', deviation: '2.0539', lambda: '0.3', k: '3' };
const NIST = [
  52, 47, 53, 49.3, 50.1, 47, 51, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1,
];
const NIST_AVERAGES =
  '50.60 49.52 50.56 50.18 50.16 49.21 49.75 49.85 50.26 50.33 50.11 49.36 49.52 50.05 49.38 49.92 50.73 51.23 51.94 51.99';

test('the limits are those of the handbook', () => {
  const { low, high } = ewmaLimits(CHART, 1_000);
  // It prints them cut off, not rounded.
  expect([low.slice(0, 7), high.slice(0, 7)]).toEqual(['47.4115', '52.5884']);
});

test('the limits of the first figure are those of a plain chart of lambda times the deviation', () => {
  const { low, high } = ewmaLimits(CHART, 1);
  expect([rounded(low, 5), rounded(high, 5)]).toEqual(['48.15149', '51.84851']);
});

test('the averages are those of the handbook', () => {
  const averages = ewma(NIST.map(String), CHART);
  expect(averages.map((each) => rounded(each, 2)).join(' ')).toBe(NIST_AVERAGES);
});

test('the mean and the deviation of a sample', () => {
  const { mean, deviation } = meanAndDeviation(['2', '4', '4', '4', '5', '5', '7', '9']);
  expect([Number(mean), rounded(deviation, 6)]).toEqual([5, '2.138090']);
});

test('the median of an odd and of an even number of figures, and the median distance from it', () => {
  // Distances from 7: 5, 4, 2, 0, 4, 6, 93.
  expect(hampel(['2', '3', '5', '7', '11', '13', '100'], '3')).toEqual({ median: '7', reach: '17.7912' });
  // From 4: 2, 1, 1, 3.
  expect(hampel(['7', '2', '5', '3'], '3')).toEqual({ median: '4', reach: '6.6717' });
});

test('figures that are mostly the same leave no room', () => {
  expect(hampel(['10', '10', '10', '99'], '3')).toEqual({ median: '10', reach: '0' });
});

test('money is not rounded', () => {
  expect(hampel(['12345678901234567890.01', '12345678901234567890.02'], '3').median).toBe('12345678901234567890.015');
});

test('no figures have no median', () => {
  expect(() => hampel([], '3')).toThrowErrorMatchingInlineSnapshot(`[RangeError: figures must not be empty]`);
});
