import { expect, test } from 'vitest';
import { ksDistance, psi } from '../../../engine/statistics/population-stability.ts';

test('the index of two categories that go from halves to .3 and .7 is .169460', () => {
  expect(psi([0.5, 0.5], [0.3, 0.7], 0.0001)).toBeCloseTo(0.16946, 6);
});

test('the index of quarters that go to .1, .2, .3 and .4 is .228217', () => {
  expect(psi([0.25, 0.25, 0.25, 0.25], [0.1, 0.2, 0.3, 0.4], 0.0001)).toBeCloseTo(0.228217, 6);
});

test('the index is the same both ways, and nothing of what is the same', () => {
  expect(psi([0.3, 0.7], [0.5, 0.5], 0.0001)).toBeCloseTo(psi([0.5, 0.5], [0.3, 0.7], 0.0001), 12);
  expect(psi([0.2, 0.8], [0.2, 0.8], 0.0001)).toBe(0);
});

test('an empty bin counts as epsilon, and as nothing when both are empty', () => {
  expect(psi([1, 0, 0], [0.5, 0.5, 0], 0.001)).toBeCloseTo(-0.5 * Math.log(0.5) + 0.499 * Math.log(500), 12);
});

test('the distance is the greatest gap between two distribution functions', () => {
  expect(ksDistance([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0);
  expect(ksDistance([1, 2, 3, 4], [3, 4, 5, 6])).toBe(0.5);
  expect(ksDistance([1], [2])).toBe(1);
});

test('what cannot be compared is refused', () => {
  expect(() => psi([1], [0.5, 0.5], 0.1)).toThrow(RangeError);
  expect(() => ksDistance([], [1])).toThrow(RangeError);
});
