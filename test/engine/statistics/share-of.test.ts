import { expect, test } from 'vitest';
import { isAtLeast, shareOf } from '../../../engine/statistics/share-of.ts';

test('a share is rounded down, so that only all of them are 100.0', () => {
  expect(shareOf(42, 61).percent).toBe('68.8');
  expect(shareOf(9_999, 10_000).percent).toBe('99.9');
  expect(shareOf(3, 3).percent).toBe('100.0');
  expect(shareOf(0, 0).percent).toBeNull();
});

test('a share is compared with a decimal exactly', () => {
  expect(isAtLeast({ covered: 1, of: 3 }, '33.3333')).toBe(true);
  expect(isAtLeast({ covered: 1, of: 3 }, '33.3334')).toBe(false);
  expect(isAtLeast({ covered: 0, of: 0 }, '0')).toBe(false);
});
