import { EngineError } from '../errors.ts';

type CursorKind = 'number' | 'date' | 'timestamp' | 'timestamptz' | 'text';

/**
 * A cursor's value in a form that compares fast and exactly: a number as units of a power of ten, a moment as microseconds, a
 * date as days, all since 2000-01-01; -1 and 1 of `beyond` stand below and above every finite value.
 */
export interface CursorKey {
  readonly beyond: -1 | 0 | 1;
  readonly units: bigint;
  /** Decimal places of `units`; numbers only. */
  readonly scale: number;
  readonly text: string;
}

/** Whether rows can be read by a column of this landed type: its values have one order, and it is the same everywhere. */
export function isCursorType(type: string): boolean {
  return kindOf(type) !== undefined;
}

/** Reads values of one landed type as keys: undefined when a text is not a value of it. Text orders by its UTF-8 bytes. */
export function cursorKeys(type: string): (text: string) => CursorKey | undefined {
  const kind = kindOf(type);
  if (kind === undefined) {
    throw refused(`a column of type ${type} cannot be a cursor: its values have no order that is the same everywhere`);
  }
  return READERS[kind];
}

/** Below 0 when `a` comes first, 0 when they are equal, as Postgres would order them. */
export function compareKeys(a: CursorKey, b: CursorKey): number {
  if (a.beyond !== b.beyond) return a.beyond - b.beyond;
  if (a.text !== '' || b.text !== '') return compareTexts(a.text, b.text);
  if (a.scale === b.scale) return sign(a.units - b.units);
  const scale = Math.max(a.scale, b.scale);
  return sign(a.units * 10n ** BigInt(scale - a.scale) - b.units * 10n ** BigInt(scale - b.scale));
}

/**
 * Orders two values of a landed type, given as text: below 0 when `a` comes first. Numbers exactly, times to the microsecond,
 * a timestamptz as the moment it names (UTC when it names no zone), text by its UTF-8 bytes as collation "C" does.
 */
export function compareCursor(type: string, a: string, b: string): number {
  return compareKeys(keyOf(type, a), keyOf(type, b));
}

/** Whether a value has a place among the finite ones: `infinity` and `NaN` have not, so no bound may be made of them. */
export function isFiniteCursor(type: string, value: string): boolean {
  return keyOf(type, value).beyond === 0;
}

/**
 * The value that lies `amount` below, as Postgres prints it: `1000` of a number; seconds, minutes, hours, days or weeks of a
 * time (`2 days`, of 24 hours each). A date goes down to the day that the moment falls on. Text has no subtraction.
 */
export function subtractFromCursor(type: string, value: string, amount: string): string {
  const kind = kindOf(type);
  const key = keyOf(type, value);
  if (kind === undefined || kind === 'text') throw refused(`nothing can be subtracted from a cursor of type ${type}`);
  if (kind === 'number') {
    const step = /^\d+(\.\d+)?$/.test(amount) ? readNumber(amount) : undefined;
    const whole = /^(smallint|integer|bigint|int\d?)$/.test(type);
    if (step === undefined || (whole && step.scale > 0)) throw badAmount(amount, type, 'a plain number, such as 1000');
    if (key.beyond !== 0) return value;
    const scale = Math.max(key.scale, step.scale);
    const units = key.units * 10n ** BigInt(scale - key.scale) - step.units * 10n ** BigInt(scale - step.scale);
    return printNumber(units, scale);
  }
  const micros = readSpan(amount);
  if (micros === undefined) throw badAmount(amount, type, 'a number of seconds, minutes, hours, days or weeks');
  if (key.beyond !== 0) return value;
  if (kind === 'date') return printDate(floorDivide(key.units * DAY - micros, DAY));
  const at = key.units - micros;
  return printMoment(at, kind === 'timestamptz' ? '+00' : '');
}

/** A moment as Postgres prints it, by its distance from 2000-01-01 in microseconds. */
export function printMoment(micros: bigint, zone: '' | '+00'): string {
  const day = floorDivide(micros, DAY);
  const [date, ...era] = printDate(day).split(' ');
  return [date, `${printTime(micros - day * DAY)}${zone}`, ...era].join(' ');
}

const KINDS: Readonly<Record<string, CursorKind>> = {
  smallint: 'number',
  integer: 'number',
  bigint: 'number',
  numeric: 'number',
  date: 'date',
  timestamp: 'timestamp',
  'timestamp without time zone': 'timestamp',
  timestamptz: 'timestamptz',
  'timestamp with time zone': 'timestamptz',
  text: 'text',
  varchar: 'text',
  'character varying': 'text',
};

function kindOf(type: string): CursorKind | undefined {
  return KINDS[type.replace(/\s*\(\s*\d+\s*(,\s*-?\d+\s*)?\)/, '')];
}

const DAY = 86_400_000_000n;
const SPAN = /^(\d{1,9}) ?(second|minute|hour|day|week)s?$/;
const UNITS: Readonly<Record<string, bigint>> = {
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
  day: DAY,
  week: 7n * DAY,
};

function readSpan(amount: string): bigint | undefined {
  const [, count, unit] = SPAN.exec(amount.trim()) ?? [];
  return count === undefined ? undefined : BigInt(count) * (UNITS[unit as string] as bigint);
}

const READERS: Readonly<Record<CursorKind, (text: string) => CursorKey | undefined>> = {
  number: readNumber,
  date: (text) => readMoment(text, 'date'),
  timestamp: (text) => readMoment(text, 'timestamp'),
  timestamptz: (text) => readMoment(text, 'timestamptz'),
  // A key with an empty text is one of numbers; the mark keeps an empty text's key apart and shifts all alike.
  text: (text) => ({ beyond: 0, units: 0n, scale: 0, text: `:${text}` }),
};

const BEYOND: Readonly<Record<string, -1 | 1>> = { '-infinity': -1, infinity: 1, '+infinity': 1, nan: 1 };
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

function readNumber(text: string): CursorKey | undefined {
  const [, minus, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (minus === undefined) return beyond(text);
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const places = fraction.length - Number(exponent);
  const units = places < 0 ? digits * 10n ** BigInt(-places) : digits;
  return { beyond: 0, units: minus === '-' ? -units : units, scale: Math.max(places, 0), text: '' };
}

function beyond(text: string): CursorKey | undefined {
  const side = BEYOND[text.toLowerCase()];
  return side === undefined ? undefined : { beyond: side, units: 0n, scale: 0, text: '' };
}

const MOMENT =
  /^(\d{4,7})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)? ?(Z|[+-]\d\d(?::?\d\d(?::\d\d)?)?)?( BC)?$/;
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function readMoment(text: string, kind: 'date' | 'timestamp' | 'timestamptz'): CursorKey | undefined {
  const [found, y, mo, d, h, mi, s = '0', fraction = '', zone, bc] = MOMENT.exec(text) ?? [];
  if (found === undefined) return beyond(text);
  if (kind === 'date' ? h !== undefined || zone !== undefined : kind === 'timestamp' && zone !== undefined) return;
  const year = bc === undefined ? Number(y) : 1 - Number(y);
  const month = Number(mo);
  const day = Number(d);
  if (Number(y) === 0 || month < 1 || month > 12 || day < 1 || day > (MONTH_DAYS[month - 1] as number))
    return undefined;
  if (month === 2 && day === 29 && !isLeap(year)) return undefined;
  const days = BigInt(daysOf(year, month, day));
  if (kind === 'date') return { beyond: 0, units: days, scale: 0, text: '' };
  const [hours, minutes, seconds] = [Number(h ?? 0), Number(mi ?? 0), Number(s)];
  if (hours > 24 || minutes > 59 || seconds > 60 || (hours === 24 && (minutes > 0 || seconds > 0))) return undefined;
  const clock = BigInt((hours * 60 + minutes) * 60 + seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return { beyond: 0, units: days * DAY + clock - offsetOf(zone), scale: 0, text: '' };
}

function offsetOf(zone: string | undefined): bigint {
  if (zone === undefined || zone === 'Z') return 0n;
  const digits = zone.replaceAll(/[^\d]/g, '').padEnd(6, '0');
  const [hours, minutes, seconds] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)].map(Number);
  const offset = BigInt(((hours as number) * 60 + (minutes as number)) * 60 + (seconds as number)) * 1_000_000n;
  return zone.startsWith('-') ? -offset : offset;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days since 2000-01-01 in the Gregorian calendar: https://howardhinnant.github.io/date_algorithms.html */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 730_425
  );
}

/** A day as Postgres prints it, by its distance from 2000-01-01. */
export function printDate(days: bigint): string {
  const z = Number(days) + 730_425;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const text = `${pad(year > 0 ? year : 1 - year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return year > 0 ? text : `${text} BC`;
}

/** A time of day as Postgres prints it. */
export function printTime(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n);
  const fraction = pad(Number(micros % 1_000_000n), 6).replace(/0+$/, '');
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return clock.map((part) => pad(part, 2)).join(':') + (fraction === '' ? '' : `.${fraction}`);
}

function printNumber(units: bigint, scale: number): string {
  if (scale === 0) return units.toString();
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function pad(value: number, width: number): string {
  return value.toString().padStart(width, '0');
}

/** UTF-16 orders like UTF-8 but where a surrogate, of a character beyond U+FFFF, meets one of U+E000 to U+FFFF. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === length) return a.length - b.length;
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
  return (x >= 0xd800 && x <= 0xdfff ? x + 0x10000 : x) - (y >= 0xd800 && y <= 0xdfff ? y + 0x10000 : y);
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function sign(value: bigint): number {
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}

function keyOf(type: string, value: string): CursorKey {
  const key = cursorKeys(type)(value);
  if (key === undefined) throw refused(`a bound of the cursor is not a value of type ${type}`);
  return key;
}

function badAmount(amount: string, type: string, wanted: string): EngineError {
  return refused(`${JSON.stringify(amount)} cannot be subtracted from a cursor of type ${type}: it takes ${wanted}`);
}

function refused(message: string): EngineError {
  return new EngineError('EXTRACT_CURSOR_REFUSED', message);
}
