import { writeInt64 } from './encode-integer.ts';
import type { Encoder } from './encode-value.ts';

const MICROS_PER_DAY = 86_400_000_000;
const DAYS_TO_2000 = 730_426;
/** The first day that Postgres has: 4714-11-24 BC, the Julian day 0. */
const FIRST_DAY = -2_451_545;
const LAST_DAY = daysSince2000(5_874_897, 12, 31);
const TIMESTAMP_END = 9_223_371_331_200_000_000n;
const TIMESTAMP_FIRST = -211_813_488_000_000_000n;

/** `2024-02-29`, `0044-03-15 BC`, `infinity`, `-infinity`. */
export function encodeDate(text: string): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(4);
  if (text === 'infinity') bytes.writeInt32BE(2_147_483_647);
  else if (text === '-infinity') bytes.writeInt32BE(-2_147_483_648);
  else {
    const [end, beforeChrist] = splitEra(text);
    const yearEnd = text.indexOf('-');
    if (yearEnd + DAY_END !== end) return undefined;
    const day = readDay(text, yearEnd, beforeChrist);
    if (day === undefined || day < FIRST_DAY || day > LAST_DAY) return undefined;
    bytes.writeInt32BE(day);
  }
  return bytes;
}

/** `13:05`, `13:05:59.123456`, `24:00:00`. Decimals of a second beyond those kept must be zeros. */
export function timeEncoder(decimals: number): Encoder {
  return (text) => {
    const micros = readTime(text, 0, text.length, decimals);
    return micros === undefined ? undefined : writeInt64(micros);
  };
}

/** A date, alone or with a time after a space or T; no offset, because Postgres would pass over it. */
export function timestampEncoder(decimals: number): Encoder {
  return (text) => encodeMoment(text, decimals, false);
}

/** A date and a time with its offset: Z, +02, +0530, -03:30. Without one the session would decide, so it must be there. */
export function timestamptzEncoder(decimals: number): Encoder {
  return (text) => encodeMoment(text, decimals, true);
}

function encodeMoment(text: string, decimals: number, zoned: boolean): Buffer | undefined {
  if (text === 'infinity') return INFINITE;
  if (text === '-infinity') return MINUS_INFINITE;
  const [end, beforeChrist] = splitEra(text);
  const yearEnd = text.indexOf('-');
  const day = readDay(text, yearEnd, beforeChrist);
  if (day === undefined) return undefined;

  const dayEnd = yearEnd + DAY_END;
  let micros = 0;
  if (dayEnd < end) {
    if (text[dayEnd] !== ' ' && text[dayEnd] !== 'T') return undefined;
    let timeEnd = dayEnd + 1;
    while (timeEnd < end && isOfTime(text.charCodeAt(timeEnd))) timeEnd++;
    const time = readTime(text, dayEnd + 1, timeEnd, decimals);
    const offset = timeEnd < end ? readOffset(text.slice(timeEnd, end)) : 0;
    if (time === undefined || offset === undefined || timeEnd < end !== zoned) return undefined;
    micros = time - offset;
  } else if (zoned || dayEnd > end) return undefined;

  const moment = day * MICROS_PER_DAY + micros;
  if (Number.isSafeInteger(moment)) return writeInt64(moment);
  const exact = BigInt(day) * BigInt(MICROS_PER_DAY) + BigInt(micros);
  if (exact < TIMESTAMP_FIRST || exact >= TIMESTAMP_END) return undefined;
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(exact);
  return bytes;
}

const INFINITE = Buffer.from('7fffffffffffffff', 'hex');
const MINUS_INFINITE = Buffer.from('8000000000000000', 'hex');
/** From the end of the year to the end of the day: `-02-29`. */
const DAY_END = 6;
const COLON = 58;
const POINT = 46;

/** Where the text ends without ` BC`, and whether it had that. */
function splitEra(text: string): readonly [end: number, beforeChrist: boolean] {
  return text.endsWith(' BC') ? [text.length - 3, true] : [text.length, false];
}

/** Days from 2000-01-01 to the date that begins the text; undefined when there is no such day. */
function readDay(text: string, yearEnd: number, beforeChrist: boolean): number | undefined {
  if (yearEnd < 4 || yearEnd > 7 || text[yearEnd + 3] !== '-') return undefined;
  let year = 0;
  for (let at = 0; at < yearEnd; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    year = year * 10 + digit;
  }
  const month = readTwo(text, yearEnd + 1);
  const day = readTwo(text, yearEnd + 4);
  if (year < 1 || month < 1 || month > 12 || day < 1) return undefined;
  const astronomical = beforeChrist ? 1 - year : year;
  return day > daysInMonth(astronomical, month) ? undefined : daysSince2000(astronomical, month, day);
}

/** Two digits as a number; -1 when they are none. */
function readTwo(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function isOfTime(code: number): boolean {
  return (code >= 48 && code <= COLON) || code === POINT;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Of the proleptic Gregorian calendar; years start in March here, so that a leap day is the last. */
function daysSince2000(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - DAYS_TO_2000;
}

/** Microseconds since midnight: `hh:mm`, `hh:mm:ss`, `hh:mm:ss.f...`. */
function readTime(text: string, from: number, to: number, decimals: number): number | undefined {
  const length = to - from;
  if ((length !== 5 && length < 8) || text.charCodeAt(from + 2) !== COLON) return undefined;
  const hours = readTwo(text, from);
  const minutes = readTwo(text, from + 3);
  let seconds = 0;
  let micros = 0;
  if (length > 5) {
    if (text.charCodeAt(from + 5) !== COLON) return undefined;
    seconds = readTwo(text, from + 6);
    if (length > 8) {
      if (text.charCodeAt(from + 8) !== POINT || length === 9) return undefined;
      micros = readMicros(text, from + 9, to, decimals);
    }
  }
  if (hours < 0 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59 || micros < 0) return undefined;
  const total = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros;
  return total > MICROS_PER_DAY ? undefined : total;
}

/** A fraction of a second; -1 when it is none, or has more decimals than are kept. */
function readMicros(text: string, from: number, to: number, decimals: number): number {
  let micros = 0;
  for (let place = 0; place < Math.max(to - from, 6); place++) {
    const digit = from + place < to ? text.charCodeAt(from + place) - 48 : 0;
    if (digit < 0 || digit > 9 || (place >= decimals && digit > 0)) return -1;
    if (place < 6) micros = micros * 10 + digit;
  }
  return micros;
}

/** In microseconds, up to 15:59:59 either way, as Postgres has it. */
function readOffset(text: string): number | undefined {
  if (text === 'Z' || text === '+00') return 0;
  const parts = /^ ?(?:[Zz]|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)$/.exec(text);
  if (!parts) return undefined;
  const [hours, minutes, seconds] = [Number(parts[2] ?? 0), Number(parts[3] ?? 0), Number(parts[4] ?? 0)];
  if (hours > 15 || minutes > 59 || seconds > 59) return undefined;
  const micros = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000;
  return parts[1] === '-' ? -micros : micros;
}
