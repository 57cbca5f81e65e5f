import { expect, test } from 'vitest';
import { kindNamed } from '../../../engine/check-kinds/check-kinds.ts';

/** What is wrong with arguments, by their schema or by the kind. */
function wrongWith(kind: string, given: object): string | undefined {
  const spec = kindNamed(kind)!.spec;
  const parsed = spec.arguments.safeParse(given);
  return parsed.success
    ? spec.refuse?.(parsed.data)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

const REFUSED: readonly (readonly [kind: string, given: object, message: string])[] = [
  ['control_totals', { to: 'x' }, 'control_totals needs rows or totals; without them there is nothing to tie out'],
  ['file_arrival', { pattern: 'sales.csv' }, "pattern has no date part, so every period's file would be the same one"],
  [
    'file_arrival',
    { pattern: 'sales_{YYYY}.csv' },
    'pattern has the part {YYYY}; it may have yyyy, yy, MM, dd, ww, iyyy, HH',
  ],
  [
    'freshness',
    { max_age: 'a while', time: 'at' },
    'max_age: a whole number of seconds, minutes, hours, days, weeks, months, quarters or years: 26 hours',
  ],
  ['groups_present', { in: 'x' }, 'in and field go together'],
  ['groups_present', {}, 'groups_present needs either values or in'],
  [
    'late_arrival',
    { event: 'a', max: '1.5 days', recorded: 'b' },
    'max: a whole number of seconds, minutes, hours, days, weeks, months, quarters or years: 26 hours',
  ],
  ['metric_anomaly', { k: 0 }, 'k: a plain number above 0'],
  ['metric_anomaly', { lambda: '1.5' }, 'lambda: at most 1'],
  ['missing_periods', { every: 'day', from: '2026-02-01', time: 'at', to: '2026-01-01' }, 'to is before from'],
  ['missing_periods', { every: 'day', from: '2026-02-30', time: 'at' }, 'from: a date as 2026-01-31, in quotes'],
  ['missing_periods', { every: 'week', time: 'at', weekdays_only: true }, 'weekdays_only is for every day or hour'],
  ['row_count_change', { min_change: 'five' }, "min_change: a number of rows, or a share in quotes: '-5 %'"],
  ['row_count_change', {}, 'row_count_change needs a min_change or a max_change; without them it could only pass'],
  [
    'row_count_equals',
    { to: 'x', tolerance: '-1' },
    "tolerance: a decimal that is not negative, in quotes: '0.05', or '0.5 %'",
  ],
  ['sequence_gaps', { complete: true }, 'complete is about ranges: declare them'],
  [
    'sequence_gaps',
    { known_gaps: [{ from: 1, reason: '', to: 5 }] },
    'known_gaps.0.reason: Too small: expected string to have >=1 characters',
  ],
  [
    'sequence_gaps',
    { pattern: '([A-Z]+)-(\\d+)' },
    "pattern needs exactly one group in brackets, for the number: 'INV-(\\d+)'",
  ],
  [
    'sequence_gaps',
    { pattern: 'INV-\\d+' },
    "pattern needs exactly one group in brackets, for the number: 'INV-(\\d+)'",
  ],
  ['sequence_gaps', { ranges: [{ from: 1, group: 'a', to: 5 }] }, 'group a has 1 parts, but series have 0'],
  [
    'sequence_gaps',
    {
      ranges: [
        { from: 1, to: 5 },
        { from: '5', to: '9' },
      ],
    },
    'the range 1 to 5 overlaps another',
  ],
  ['sequence_gaps', { ranges: [{ from: 5, to: 1 }] }, '5 to 1 ends before it begins'],
  ['unchanged_rows', { keys: [] }, 'keys: needs at least one column'],
  ['volume_anomaly', { every: 'month', season: 'week', time: 'at' }, 'season week is for every day or hour'],
  ['volume_anomaly', { detect: 8, season: 'week', time: 'at' }, 'with season week at most one week is judged'],
  ['volume_anomaly', { time: 'at', training: 5 }, 'min_training is 7, more than training, which is 5'],
];

test.each(REFUSED)('%s refuses %j', (kind, given, message) => {
  expect(wrongWith(kind, given)).toBe(message);
});

test('the same with nothing wrong is not refused', () => {
  expect(
    wrongWith('sequence_gaps', {
      pattern: '(?:[A-Z(]|\\()-(\\d+)',
      ranges: [
        { from: 1, to: 5 },
        { from: 6, to: 9 },
      ],
    }),
  ).toBe(undefined);
  expect(wrongWith('file_arrival', { pattern: 'sales_{yyyy}{MM}{dd}.csv' })).toBe(undefined);
});
