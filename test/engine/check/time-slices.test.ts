import { expect, test } from 'vitest';
import { timeSlices } from '../../../engine/check/time-slices.ts';

type Asked = Parameters<typeof timeSlices>[0];

const slices = (asked: Omit<Asked, 'by'>, runClock = '2026-03-10T08:00:00.000000Z'): string[] =>
  timeSlices({ by: 'd', ...asked }, runClock).map(({ label, holds }) =>
    holds.kind === 'period' ? `${label} ${holds.from} ${holds.to}` : label,
  );

test('slices are whole periods, up to the last that is over by the run clock', () => {
  expect(slices({ every: 'month', from: '2025-12-15' })).toEqual([
    '2025-12 2025-12-01 2026-01-01',
    '2026-01 2026-01-01 2026-02-01',
    '2026-02 2026-02-01 2026-03-01',
  ]);
  expect(slices({ every: 'quarter', last: 2 })).toEqual([
    '2025-Q3 2025-07-01 2025-10-01',
    '2025-Q4 2025-10-01 2026-01-01',
  ]);
  expect(slices({ every: 'year', last: 1 })).toEqual(['2025 2025-01-01 2026-01-01']);
  expect(slices({ every: 'day', last: 2 })).toEqual([
    '2026-03-08 2026-03-08 2026-03-09',
    '2026-03-09 2026-03-09 2026-03-10',
  ]);
});

test('weeks are those of ISO 8601', () => {
  expect(slices({ every: 'week', last: 1 })).toEqual(['2026-W10 2026-03-02 2026-03-09']);
  expect(slices({ every: 'week', from: '2024-12-29', to: '2025-01-01' })).toEqual([
    '2024-W52 2024-12-23 2024-12-30',
    '2025-W01 2024-12-30 2025-01-06',
  ]);
  expect(slices({ every: 'week', from: '2021-01-01', to: '2021-01-01' })).toEqual(['2020-W53 2020-12-28 2021-01-04']);
});

test('a period that is over at the very moment is one, in whatever zone the clock tells it', () => {
  expect(slices({ every: 'day', last: 1 }, '2026-03-01T00:00:00Z')).toEqual(['2026-02-28 2026-02-28 2026-03-01']);
  expect(slices({ every: 'day', last: 1 }, '2026-03-01T00:30:00+01:00')).toEqual(['2026-02-27 2026-02-27 2026-02-28']);
  expect(slices({ every: 'day', last: 1 }, '2028-03-01T00:00:00Z')).toEqual(['2028-02-29 2028-02-29 2028-03-01']);
});

test('to is the last slice, and never one that is not over', () => {
  expect(slices({ every: 'month', from: '2025-12-01', to: '2026-01-31' })).toEqual([
    '2025-12 2025-12-01 2026-01-01',
    '2026-01 2026-01-01 2026-02-01',
  ]);
  expect(slices({ every: 'month', from: '2026-02-01', to: '2026-12-31' })).toEqual(['2026-02 2026-02-01 2026-03-01']);
  expect(slices({ every: 'month', from: '2026-03-01' })).toEqual([]);
});

test('from and last together are the fewer', () => {
  expect(slices({ every: 'month', from: '2026-01-01', last: 12 })).toHaveLength(2);
  expect(slices({ every: 'month', from: '2020-01-01', last: 3 })).toHaveLength(3);
});

test('too many are one more than there may be', () => {
  expect(slices({ every: 'day', from: '2000-01-01' })).toHaveLength(401);
});
