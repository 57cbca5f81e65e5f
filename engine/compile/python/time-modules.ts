import { wordFailure } from '../../jinja/word-failure.ts';
import { plain } from '../words/plain.ts';
import { CalendarDate, DateTime, TimeDelta } from './datetime.ts';
import { parseTime } from './format-time.ts';
import type { TimeFields } from './format-time.ts';
import { said, timeArguments } from './time-arguments.ts';
import { fixedZone, namedZone, UTC } from './time-zone.ts';
import type { TimeZone } from './time-zone.ts';

const DAY = 86_400_000_000;

/** `modules.datetime` and `modules.pytz`. Nothing of them tells the time: a template's moment is run_started_at. */
export const datetimeModule = {
  datetime: Object.assign(
    (...given: unknown[]): DateTime => {
      const takes = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond', 'tzinfo'];
      const { tzinfo = null, ...parts } = timeArguments('datetime', takes, given);
      const zero = { hour: 0, minute: 0, second: 0, microsecond: 0, offset: null, zone: '' };
      return DateTime.of({ ...zero, ...(parts as unknown as TimeFields) }, tzinfo as TimeZone | null);
    },
    {
      now: refuseClock,
      utcnow: refuseClock,
      today: refuseClock,
      strptime: (text: unknown, format: unknown): DateTime => DateTime.of(parseTime(said(text), said(format))),
      fromisoformat: (text: unknown): DateTime => DateTime.parse(said(text)),
      fromtimestamp: (seconds: unknown, zone: unknown = UTC): DateTime =>
        new DateTime(Math.floor(Number(plain(seconds)) * 1000), 0, UTC).astimezone(zone),
      combine: (date: unknown): DateTime => DateTime.parse(String(plain(date))),
    },
  ),
  date: Object.assign(
    (...given: unknown[]): CalendarDate => {
      const { year, month, day } = timeArguments('date', ['year', 'month', 'day'], given);
      return CalendarDate.of(Number(year), Number(month), Number(day));
    },
    { today: refuseClock, fromisoformat: (text: unknown): CalendarDate => DateTime.parse(said(text)).date() },
  ),
  timedelta: (...given: unknown[]): TimeDelta => {
    const takes = ['days', 'seconds', 'microseconds', 'milliseconds', 'minutes', 'hours', 'weeks'];
    const micros = [DAY, 1_000_000, 1, 1000, 60_000_000, 3_600_000_000, 7 * DAY];
    const found = timeArguments('timedelta', takes, given);
    return new TimeDelta(takes.reduce((sum, name, index) => sum + Number(found[name] ?? 0) * (micros[index] ?? 0), 0));
  },
  timezone: Object.assign(
    (delta: unknown): TimeZone => fixedZone(delta instanceof TimeDelta ? delta.micros / 60_000_000 : 0),
    { utc: UTC },
  ),
};

export const pytzModule = { utc: UTC, UTC, timezone: (name: unknown): TimeZone => namedZone(said(name)) };

function refuseClock(): never {
  throw wordFailure(
    'COMPILE_TEMPLATE',
    'the clock is not for templates: use run_started_at, which is pinned with the run',
  );
}
