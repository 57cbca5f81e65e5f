import { expect, test } from 'vitest';
import { parseMoment } from '../../cli/parse-moment.ts';

test.each([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T08:00', '2026-01-31T08:00:00.000Z'],
  ['2026-01-31 08:00:30', '2026-01-31T08:00:30.000Z'],
  ['2026-01-31T08:00:00.250Z', '2026-01-31T08:00:00.250Z'],
  ['2026-01-31T08:00:00+02:00', '2026-01-31T06:00:00.000Z'],
  ['2026-01-31 08:00:00-05:30', '2026-01-31T13:30:00.000Z'],
])('%s is %s', (text, expected) => {
  expect(parseMoment(text, '--run-clock')).toBe(expected);
});

test.each(['2026-02-30', '2026-13-01', '31.01.2026', 'now', '', '2026-01-31T25:00', '2026-1-3', '20260131'])(
  '%j is no moment',
  (text) => {
    expect(() => parseMoment(text, '--run-clock')).toThrow('--run-clock takes a date or a time');
  },
);
