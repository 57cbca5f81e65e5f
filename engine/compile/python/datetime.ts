import { wordFailure } from '../../jinja/word-failure.ts';
import { formatOffset, formatTime, offsetOf } from './format-time.ts';
import type { TimeFields } from './format-time.ts';
import { said, timeArguments } from './time-arguments.ts';
import { fixedZone, UTC } from './time-zone.ts';
import type { TimeZone } from './time-zone.ts';

const DAY = 86_400_000_000;

/** Python's timedelta. */
export class TimeDelta {
  readonly #micros: number;
  constructor(micros: number) {
    this.#micros = micros;
  }
  get micros(): number {
    return this.#micros;
  }
  get days(): number {
    return Math.floor(this.#micros / DAY);
  }
  get seconds(): number {
    return Math.floor((this.#micros - this.days * DAY) / 1_000_000);
  }
  get microseconds(): number {
    return this.#micros - this.days * DAY - this.seconds * 1_000_000;
  }
  total_seconds(): number {
    return this.#micros / 1_000_000;
  }
  plus(other: unknown): unknown {
    if (other instanceof TimeDelta) return new TimeDelta(this.#micros + other.micros);
    if (other instanceof DateTime || other instanceof CalendarDate) return other.plus(this);
    return refuseOperands();
  }
  minus(other: unknown): TimeDelta {
    return other instanceof TimeDelta ? new TimeDelta(this.#micros - other.micros) : refuseOperands();
  }
  compareTo(other: unknown): number {
    return other instanceof TimeDelta ? this.#micros - other.micros : refuseOperands();
  }
  equals(other: unknown): boolean {
    return other instanceof TimeDelta && this.#micros === other.micros;
  }
  toString(): string {
    const { days, seconds, microseconds } = this;
    const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    const fraction = microseconds === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`;
    return `${days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `}${clock}${fraction}`;
  }
}

/** Python's date. */
export class CalendarDate {
  readonly #days: number;
  constructor(days: number) {
    this.#days = days;
  }
  static of(year: number, month: number, day: number): CalendarDate {
    const at = new Date(Date.UTC(year, month - 1, day));
    if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day)
      throw wordFailure('COMPILE_TEMPLATE', 'date: this day does not exist');
    return new CalendarDate(at.getTime() / 86_400_000);
  }
  get daysSince1970(): number {
    return this.#days;
  }
  get year(): number {
    return this.#date().getUTCFullYear();
  }
  get month(): number {
    return this.#date().getUTCMonth() + 1;
  }
  get day(): number {
    return this.#date().getUTCDate();
  }
  weekday(): number {
    return (this.#date().getUTCDay() + 6) % 7;
  }
  isoweekday(): number {
    return this.weekday() + 1;
  }
  strftime(format: unknown): string {
    return formatTime(
      {
        year: this.year,
        month: this.month,
        day: this.day,
        hour: 0,
        minute: 0,
        second: 0,
        microsecond: 0,
        offset: null,
        zone: '',
      },
      said(format),
    );
  }
  replace(...given: unknown[]): CalendarDate {
    const to = timeArguments('replace', ['year', 'month', 'day'], given);
    return CalendarDate.of(
      Number(to['year'] ?? this.year),
      Number(to['month'] ?? this.month),
      Number(to['day'] ?? this.day),
    );
  }
  isoformat(): string {
    return this.toString();
  }
  plus(other: unknown): CalendarDate {
    return other instanceof TimeDelta ? new CalendarDate(this.#days + other.days) : refuseOperands();
  }
  minus(other: unknown): unknown {
    if (other instanceof TimeDelta) return new CalendarDate(this.#days - other.days);
    if (other instanceof CalendarDate) return new TimeDelta((this.#days - other.daysSince1970) * DAY);
    return refuseOperands();
  }
  compareTo(other: unknown): number {
    return other instanceof CalendarDate ? this.#days - other.daysSince1970 : refuseOperands();
  }
  equals(other: unknown): boolean {
    return other instanceof CalendarDate && this.#days === other.daysSince1970;
  }
  toString(): string {
    return this.strftime('%Y-%m-%d');
  }
  #date(): Date {
    return new Date(this.#days * 86_400_000);
  }
}

/** Python's datetime: a wall clock's time to the microsecond, and its zone where it has one. */
export class DateTime {
  /** Milliseconds since 1970 of the wall clock as if it were in UTC, and what is left of them. */
  readonly #wall: number;
  readonly #micros: number;
  readonly #zone: TimeZone | null;

  constructor(wallMillis: number, micros: number, zone: TimeZone | null) {
    this.#wall = wallMillis;
    this.#micros = micros;
    this.#zone = zone;
  }
  static of(time: TimeFields, zone: TimeZone | null = time.offset === null ? null : fixedZone(time.offset)): DateTime {
    const { year, month, day, hour, minute, second, microsecond } = time;
    CalendarDate.of(year, month, day);
    const wall = Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(microsecond / 1000));
    return new DateTime(wall, microsecond % 1000, zone);
  }
  /** ISO 8601, with its zone or without one. */
  static parse(text: string): DateTime {
    const match =
      /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/.exec(
        text,
      );
    if (match === null) throw wordFailure('COMPILE_TEMPLATE', 'fromisoformat takes a time as 2026-01-31T08:00:00');
    const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '', zone] = match;
    const offset = zone === undefined ? null : zone === 'Z' ? 0 : offsetOf(zone);
    return DateTime.of({
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      microsecond: Number(fraction.padEnd(6, '0')),
      offset,
      zone: '',
    });
  }

  get year(): number {
    return this.#date().getUTCFullYear();
  }
  get month(): number {
    return this.#date().getUTCMonth() + 1;
  }
  get day(): number {
    return this.#date().getUTCDate();
  }
  get hour(): number {
    return this.#date().getUTCHours();
  }
  get minute(): number {
    return this.#date().getUTCMinutes();
  }
  get second(): number {
    return this.#date().getUTCSeconds();
  }
  get microsecond(): number {
    return this.#date().getUTCMilliseconds() * 1000 + this.#micros;
  }
  get tzinfo(): TimeZone | null {
    return this.#zone;
  }
  date(): CalendarDate {
    return CalendarDate.of(this.year, this.month, this.day);
  }
  weekday(): number {
    return this.date().weekday();
  }
  isoweekday(): number {
    return this.date().isoweekday();
  }
  timestamp(): number {
    return this.utcMillis() / 1000 + this.#micros / 1_000_000;
  }
  strftime(format: unknown): string {
    return formatTime(this.#fields(), said(format));
  }
  isoformat(...given: unknown[]): string {
    const { sep = 'T' } = timeArguments('isoformat', ['sep', 'timespec'], given);
    const { offset } = this.#fields();
    const fraction = this.microsecond === 0 ? '' : '.%f';
    return (
      this.strftime(`%Y-%m-%d${said(sep)}%H:%M:%S${fraction}`) + (offset === null ? '' : formatOffset(offset, ':'))
    );
  }
  replace(...given: unknown[]): DateTime {
    const takes = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond', 'tzinfo'];
    const { tzinfo, ...to } = timeArguments('replace', takes, given);
    const zone = tzinfo === undefined ? this.#zone : (tzinfo as TimeZone | null);
    return DateTime.of({ ...this.#fields(), ...(to as Partial<TimeFields>) }, zone);
  }
  astimezone(zone: unknown = UTC): DateTime {
    if (!isZone(zone))
      throw wordFailure('COMPILE_TEMPLATE', "astimezone takes a zone, as modules.pytz.timezone('Europe/Berlin')");
    const utc = this.utcMillis();
    return new DateTime(utc + zone.at(utc).offset * 60_000, this.#micros, zone);
  }
  plus(other: unknown): DateTime {
    return other instanceof TimeDelta ? this.#moved(other.micros) : refuseOperands();
  }
  minus(other: unknown): unknown {
    if (other instanceof TimeDelta) return this.#moved(-other.micros);
    return other instanceof DateTime ? new TimeDelta(this.#since(other)) : refuseOperands();
  }
  compareTo(other: unknown): number {
    return other instanceof DateTime ? this.#since(other) : refuseOperands();
  }
  equals(other: unknown): boolean {
    return other instanceof DateTime && this.#since(other) === 0;
  }
  toString(): string {
    return this.isoformat(' ');
  }

  utcMillis(): number {
    return this.#wall - (this.#zoneNow()?.offset ?? 0) * 60_000;
  }
  get extraMicros(): number {
    return this.#micros;
  }
  #since(other: DateTime): number {
    return (this.utcMillis() - other.utcMillis()) * 1000 + this.#micros - other.extraMicros;
  }
  #moved(micros: number): DateTime {
    const all = this.#micros + micros;
    const millis = Math.floor(all / 1000);
    return new DateTime(this.#wall + millis, all - millis * 1000, this.#zone);
  }
  #date(): Date {
    return new Date(this.#wall);
  }
  /** The zone at this wall time; its offset is looked up twice, because that of a nearby moment may differ. */
  #zoneNow(): { readonly offset: number; readonly name: string } | null {
    if (this.#zone === null) return null;
    const near = this.#zone.at(this.#wall);
    return this.#zone.at(this.#wall - near.offset * 60_000);
  }
  #fields(): TimeFields {
    const { year, month, day, hour, minute, second, microsecond } = this;
    const zone = this.#zoneNow();
    return {
      year,
      month,
      day,
      hour,
      minute,
      second,
      microsecond,
      offset: zone?.offset ?? null,
      zone: zone?.name ?? '',
    };
  }
}

function isZone(value: unknown): value is TimeZone {
  return typeof value === 'object' && value !== null && 'at' in value;
}

function refuseOperands(): never {
  throw wordFailure(
    'COMPILE_TEMPLATE',
    'these two cannot be reckoned with: a time goes with a timedelta or another time',
  );
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
