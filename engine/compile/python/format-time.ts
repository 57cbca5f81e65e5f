import { wordFailure } from '../../jinja/word-failure.ts';

/** A moment as a calendar says it. */
export interface TimeFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** Minutes ahead of UTC; null where no zone is known. */
  readonly offset: number | null;
  readonly zone: string;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Python's strftime, in the C locale. */
export function formatTime(time: TimeFields, format: string): string {
  return format.replaceAll(/%(-?)([a-zA-Z%])/g, (whole, bare: string, letter: string) => {
    const text = directive(time, letter);
    if (text === undefined) return whole;
    return bare === '' ? text : text.replace(/^[0 ]+(?=.)/, '');
  });
}

function directive(time: TimeFields, letter: string): string | undefined {
  const date = new Date(Date.UTC(time.year, time.month - 1, time.day));
  const weekday = date.getUTCDay();
  const dayOfYear = Math.round((date.getTime() - Date.UTC(time.year, 0, 1)) / 86_400_000) + 1;
  const two = (value: number): string => pad(value, 2);
  switch (letter) {
    case 'Y':
      return pad(time.year, 4);
    case 'y':
      return two(time.year % 100);
    case 'm':
      return two(time.month);
    case 'd':
      return two(time.day);
    case 'e':
      return String(time.day).padStart(2, ' ');
    case 'H':
      return two(time.hour);
    case 'I':
      return two(time.hour % 12 || 12);
    case 'M':
      return two(time.minute);
    case 'S':
      return two(time.second);
    case 'f':
      return pad(time.microsecond, 6);
    case 'p':
      return time.hour < 12 ? 'AM' : 'PM';
    case 'a':
      return DAYS[weekday]?.slice(0, 3);
    case 'A':
      return DAYS[weekday];
    case 'b':
    case 'h':
      return MONTHS[time.month - 1]?.slice(0, 3);
    case 'B':
      return MONTHS[time.month - 1];
    case 'j':
      return pad(dayOfYear, 3);
    case 'u':
      return String(weekday || 7);
    case 'w':
      return String(weekday);
    case 'U':
      return two(Math.floor((dayOfYear + 6 - weekday) / 7));
    case 'W':
      return two(Math.floor((dayOfYear + 6 - ((weekday + 6) % 7)) / 7));
    case 'G':
      return pad(isoWeek(date).year, 4);
    case 'V':
      return two(isoWeek(date).week);
    case 'z':
      return time.offset === null ? '' : formatOffset(time.offset, '');
    case 'Z':
      return time.zone;
    case 's':
      return String(Math.floor((utcOf(time) - (time.offset ?? 0) * 60_000) / 1000));
    case 'F':
      return formatTime(time, '%Y-%m-%d');
    case 'D':
    case 'x':
      return formatTime(time, '%m/%d/%y');
    case 'T':
    case 'X':
      return formatTime(time, '%H:%M:%S');
    case 'R':
      return formatTime(time, '%H:%M');
    case 'c':
      return formatTime(time, '%a %b %e %H:%M:%S %Y');
    case '%':
      return '%';
    default:
      return undefined;
  }
}

/** `+02:00`, or `+0200` without the colon. */
export function formatOffset(minutes: number, colon: string): string {
  const ahead = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(ahead / 60), 2)}${colon}${pad(ahead % 60, 2)}`;
}

const FORMS: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>1[0-2]|0?[1-9])',
  d: '(?<d>3[01]|[12]\\d|0?[1-9]| [1-9])',
  H: '(?<H>2[0-3]|[01]?\\d)',
  I: '(?<I>1[0-2]|0?[1-9])',
  M: '(?<M>[0-5]?\\d)',
  S: '(?<S>6[01]|[0-5]?\\d)',
  f: '(?<f>\\d{1,6})',
  p: '(?<p>AM|PM)',
  b: `(?<b>${MONTHS.map((name) => name.slice(0, 3)).join('|')})`,
  B: `(?<B>${MONTHS.join('|')})`,
  a: `(?:${DAYS.map((name) => name.slice(0, 3)).join('|')})`,
  A: `(?:${DAYS.join('|')})`,
  j: '(?<j>\\d{1,3})',
  z: '(?<z>Z|[+-]\\d\\d:?\\d\\d)',
  '%': '%',
};

/** Python's strptime. */
export function parseTime(text: string, format: string): TimeFields {
  const pattern = format
    .replaceAll('%F', '%Y-%m-%d')
    .replaceAll('%T', '%H:%M:%S')
    .replaceAll(/%([a-zA-Z%])|\s+|[^%\s]+/g, (part, letter: string | undefined) => {
      if (letter === undefined) return /^\s/.test(part) ? '\\s+' : part.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
      const form = FORMS[letter];
      if (form === undefined) throw wordFailure('COMPILE_TEMPLATE', `strptime does not know %${letter}`);
      return form;
    });
  const found = new RegExp(`^${pattern}$`, 'i').exec(text)?.groups;
  if (found === undefined && !new RegExp(`^${pattern}$`, 'i').test(text)) {
    throw wordFailure('COMPILE_TEMPLATE', `strptime: the text does not fit the format '${format}'`);
  }
  return fieldsOf(found ?? {}, format);
}

function fieldsOf(found: Readonly<Record<string, string>>, format: string): TimeFields {
  const number = (name: string): number | undefined => (found[name] === undefined ? undefined : Number(found[name]));
  const short = number('y');
  const year = number('Y') ?? (short === undefined ? 1900 : short + (short < 69 ? 2000 : 1900));
  const named = found['B'] ?? found['b'];
  const monthIndex = MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === named?.slice(0, 3).toLowerCase());
  let month = number('m') ?? (named === undefined ? 1 : monthIndex + 1);
  let day = number('d') ?? 1;
  const dayOfYear = number('j');
  if (dayOfYear !== undefined) {
    const date = new Date(Date.UTC(year, 0, dayOfYear));
    [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()];
  }
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1) {
    throw wordFailure('COMPILE_TEMPLATE', `strptime: the day of '${format}' does not exist`);
  }
  const twelve = number('I');
  const hour = twelve === undefined ? (number('H') ?? 0) : (twelve % 12) + (/pm/i.test(found['p'] ?? '') ? 12 : 0);
  const zone = found['z'];
  const offset = zone === undefined ? null : zone.toUpperCase() === 'Z' ? 0 : offsetOf(zone);
  return {
    year,
    month,
    day,
    hour,
    minute: number('M') ?? 0,
    second: number('S') ?? 0,
    microsecond: Number((found['f'] ?? '').padEnd(6, '0')),
    offset,
    zone: offset === null ? '' : offset === 0 ? 'UTC' : `UTC${formatOffset(offset, ':')}`,
  };
}

/** Minutes that `+02:00` is ahead. */
export function offsetOf(text: string): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function utcOf(time: TimeFields): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
}

function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  const start = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return { year: thursday.getUTCFullYear(), week: Math.floor((thursday.getTime() - start) / 604_800_000) + 1 };
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
