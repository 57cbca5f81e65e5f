import { expect, test } from 'vitest';
import type { TimeDelta } from '../../../../engine/compile/python/datetime.ts';
import { DateTime } from '../../../../engine/compile/python/datetime.ts';
import { datetimeModule, pytzModule } from '../../../../engine/compile/python/time-modules.ts';

const at = DateTime.parse('2026-01-31T08:05:09.000070Z');
const keywords = (values: object): object => ({ ...values, __keywords: true });

// The expected texts are what CPython 3.12 prints.
test.each([
  ['%Y-%m-%d', '2026-01-31'],
  ['%y%m%d %H:%M:%S.%f', '260131 08:05:09.000070'],
  ['%a %A %b %B %d %j', 'Sat Saturday Jan January 31 031'],
  ['%I:%M %p %-d %-m %e', '08:05 AM 31 1 31'],
  ['%U %W %V %G %u %w', '04 04 05 2026 6 6'],
  ['%z %Z %%', '+0000 UTC %'],
  ['%c|%x|%X|%F|%T|%D|%R', 'Sat Jan 31 08:05:09 2026|01/31/26|08:05:09|2026-01-31|08:05:09|01/31/26|08:05'],
])('strftime writes %s', (format, expected) => expect(at.strftime(format)).toBe(expected));

test('a datetime prints as Python prints it', () => {
  expect(String(DateTime.parse('2026-01-31T08:00:00Z'))).toBe('2026-01-31 08:00:00+00:00');
  expect(String(at)).toBe('2026-01-31 08:05:09.000070+00:00');
  expect(at.isoformat()).toBe('2026-01-31T08:05:09.000070+00:00');
  expect(String(datetimeModule.datetime(2026, 2, 3, 4))).toBe('2026-02-03 04:00:00');
  expect(String(at.date())).toBe('2026-01-31');
});

test('zones have their summer time', () => {
  const berlin = pytzModule.timezone('Europe/Berlin');
  expect(String(at.astimezone(berlin))).toBe('2026-01-31 09:05:09.000070+01:00');
  expect(String(DateTime.parse('2026-07-01T00:00Z').astimezone(berlin))).toBe('2026-07-01 02:00:00+02:00');
  expect(
    DateTime.parse('2026-07-01T00:00Z').astimezone(pytzModule.timezone('America/New_York')).strftime('%Z %z'),
  ).toBe('EDT -0400');
  expect(() => pytzModule.timezone('Europe/Atlantis')).toThrowErrorMatchingInlineSnapshot(
    `[Error: no time zone 'Europe/Atlantis']`,
  );
});

test('times are reckoned with', () => {
  const days = datetimeModule.timedelta(keywords({ days: 3, hours: 1 }));
  expect(String(days)).toBe('3 days, 1:00:00');
  expect(String(at.minus(days))).toBe('2026-01-28 07:05:09.000070+00:00');
  expect(String(at.date().minus(days))).toBe('2026-01-28');
  expect(String(at.minus(DateTime.parse('2026-01-30T08:05:09Z')))).toBe('1 day, 0:00:00.000070');
  expect(String(datetimeModule.timedelta(-1, 3_600))).toBe('-1 day, 1:00:00');
  expect((at.date().minus(datetimeModule.date(2026, 1, 1)) as TimeDelta).days).toBe(30);
  expect(at.compareTo(DateTime.parse('2026-01-31T09:05:09+01:00'))).toBe(70);
  expect(String(at.replace(keywords({ day: 1, microsecond: 0 })))).toBe('2026-01-01 08:05:09+00:00');
});

test('strptime reads what strftime writes', () => {
  const { strptime } = datetimeModule.datetime;
  expect(String(strptime('2026-01-31', '%Y-%m-%d'))).toBe('2026-01-31 00:00:00');
  expect(String(strptime('31 Jan 26 03:04 PM', '%d %b %y %I:%M %p'))).toBe('2026-01-31 15:04:00');
  expect(String(strptime('20260131T080910.5+0200', '%Y%m%dT%H%M%S.%f%z'))).toBe('2026-01-31 08:09:10.500000+02:00');
  expect(() => strptime('2026-02-30', '%Y-%m-%d')).toThrowErrorMatchingInlineSnapshot(
    `[Error: strptime: the day of '%Y-%m-%d' does not exist]`,
  );
  expect(() => strptime('31.1.2026', '%Y-%m-%d')).toThrowErrorMatchingInlineSnapshot(
    `[Error: strptime: the text does not fit the format '%Y-%m-%d']`,
  );
});

test('nothing tells the time', () => {
  for (const clock of [datetimeModule.datetime.now, datetimeModule.datetime.utcnow, datetimeModule.date.today]) {
    expect(() => clock()).toThrow('the clock is not for templates: use run_started_at, which is pinned with the run');
  }
});
