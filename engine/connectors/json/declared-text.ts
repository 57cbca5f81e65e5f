import type { SourceColumn } from '../../contracts/source.ts';
import { EngineError } from '../../errors.ts';
import type { Place } from '../../errors.ts';

/** What a column of a source without types lands as, as `format_type` prints it: text, unless it is declared otherwise. */
export function declaredType(column: SourceColumn | undefined): string {
  // What masks a value gives a text.
  if (column?.type === undefined || column.pii !== undefined) return 'text';
  return LONG_NAMES[column.type] ?? column.type;
}

/**
 * Turns a value as the source writes it (`1.234,56`, `31.12.2026`) into the text that Postgres reads; undefined when it is not
 * written as declared. Nothing is guessed: a group of two digits, or a month 13, is no value.
 */
export function declaredText(column: SourceColumn | undefined, place: Place): (text: string) => string | undefined {
  const type = declaredType(column);
  if (column === undefined || type === 'text' || type === 'json') return asItIs;
  const { name, decimal, group, format } = column;
  const refuse = (message: string): never => {
    throw new EngineError('PROJECT_INVALID', `column ${name}: ${message}`, { place });
  };
  if (format !== undefined) return datedText(type, format, refuse);
  if (!NUMBERS.has(type) || (decimal === '.' && group === undefined)) return asItIs;
  if (decimal === group) refuse('decimal and group are the same sign');
  return groupedText(decimal, group);
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
};
const NUMBERS = new Set(['integer', 'bigint', 'numeric', 'double precision']);

const asItIs = (text: string): string => text;

function groupedText(decimal: string, group: string | undefined): (text: string) => string | undefined {
  const sign = escape(decimal);
  const grouped = group === undefined ? '' : `|\\d{1,3}(?:${escape(group)}\\d{3})+`;
  const shape = new RegExp(`^([+-]?)(\\d+${grouped})(?:${sign}(\\d+))?$`);
  return (text) => {
    const [, minus, whole, fraction] = shape.exec(text) ?? [];
    if (whole === undefined) return undefined;
    const digits = group === undefined ? whole : whole.replaceAll(group, '');
    return `${minus}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
  };
}

const WIDTHS: Readonly<Record<string, number>> = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2 };
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  date: ['yyyy', 'MM', 'dd'],
  'timestamp without time zone': ['yyyy', 'MM', 'dd'],
  'time without time zone': ['HH', 'mm'],
};

/** The encoder judges whether it is a day of the calendar; here it is only put in ISO's order. */
function datedText(
  type: string,
  format: string,
  refuse: (message: string) => never,
): (text: string) => string | undefined {
  const needed = NEEDED[type] ?? refuse(`format is for date, time and timestamp; this one is ${type}`);
  const parts = format.match(/yyyy|MM|dd|HH|mm|ss|[^A-Za-z]+/g) ?? [];
  const letters = parts.filter((part) => part in WIDTHS);
  if (parts.join('') !== format || new Set(letters).size !== letters.length) {
    refuse(`format ${format} is not made of yyyy MM dd HH mm ss, each once, and signs between them`);
  }
  const lacks = needed.filter((part) => !letters.includes(part));
  if (lacks.length > 0) refuse(`format ${format} lacks ${lacks.join(', ')}`);
  const timed = ['HH', 'mm', 'ss'].filter((part) => letters.includes(part));
  if (timed.length > 0 && timed.join('') !== 'HHmm' && timed.length < 3) refuse(`format ${format} lacks HH or mm`);
  if (type === 'date' && timed.length > 0) refuse(`format ${format} has a time, and a date has none`);
  if (type.startsWith('time ') && letters.length > timed.length)
    refuse(`format ${format} has a date, and a time has none`);
  const shape = new RegExp(
    `^${parts.map((part) => (part in WIDTHS ? `(?<${part}>\\d{${WIDTHS[part]}})` : escape(part))).join('')}$`,
  );
  return (text) => {
    const found = shape.exec(text)?.groups;
    if (!found) return undefined;
    const day = needed.includes('yyyy') ? `${found['yyyy']}-${found['MM']}-${found['dd']}` : '';
    return [day, timed.map((part) => found[part]).join(':')].filter((part) => part !== '').join(' ');
  };
}

function escape(sign: string): string {
  return sign.replaceAll(/[\^$\\.*+?()[\]{}|/-]/g, '\\$&');
}
