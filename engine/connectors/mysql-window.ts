import { escape } from 'mysql2';
import { EngineError } from '../errors.ts';
import { cursorKeys, isCursorType, isFiniteCursor } from './cursor-value.ts';
import type { MysqlColumn } from './mysql-relation.ts';

/** Conditions in MySQL's SQL that tell a window's rows, with its bounds as literals; null counts as false. */
export interface MysqlWindow {
  /** Rows of the window. */
  readonly within: string;
  readonly isNull: string;
  /** All rows up to the upper bound, and those without a value. */
  readonly upToUpper: string;
}

/** SQL of the largest value, as the server prints it. */
export function largestMysqlValue(column: MysqlColumn, from: string): string {
  return `select max(${comparable(column)}) from ${from}`;
}

export function mysqlWindow(window: {
  readonly column: MysqlColumn;
  readonly from: string | null;
  /** Null when no row has a value. */
  readonly upper: string | null;
  readonly upperIncluded: boolean;
  readonly withNulls: boolean;
}): MysqlWindow {
  const { column, from, upper, upperIncluded, withNulls } = window;
  const value = comparable(column);
  const isNull = `${column.quoted} is null`;
  const below = (included: boolean): string =>
    upper === null ? 'false' : `${value} ${included ? '<=' : '<'} ${bound(column, upper)}`;
  const placed = [...(from === null ? [] : [`${value} >= ${bound(column, from)}`]), below(upperIncluded)].join(' and ');
  return {
    within: withNulls ? `((${placed}) or ${isNull})` : `(${placed})`,
    isNull: `(${isNull})`,
    upToUpper: `(${below(true)} or ${isNull})`,
  };
}

/** Refuses a column that rows cannot be read by. Text is compared by its UTF-8 bytes, because collations differ from server to server. */
function comparable({ name, type, quoted }: MysqlColumn): string {
  if (!isCursorType(type)) {
    throw new EngineError(
      'EXTRACT_CURSOR_REFUSED',
      `a cursor over ${name}, which is ${type}: it takes a column of whole or decimal numbers, dates, times or text`,
    );
  }
  return type === 'text' ? `cast(convert(${quoted} using utf8mb4) as binary)` : quoted;
}

function bound({ name, type }: MysqlColumn, text: string): string {
  if (cursorKeys(type)(text) === undefined || !isFiniteCursor(type, text)) throw refused(name, type);
  if (type === 'text') return `cast(${escape(text)} as binary)`;
  if (type === 'date') return `date ${escape(calendar(name, type, text))}`;
  if (type.startsWith('timestamp')) return `timestamp ${escape(inUtc(name, type, text))}`;
  // Digits alone, which is an exact number in SQL.
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw refused(name, type);
  return text;
}

/** MySQL knows the years 1 to 9999. */
function calendar(name: string, type: string, text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw refused(name, type);
  return text;
}

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(\.\d{1,6})?)?)? ?(?:(Z)|([+-])(\d\d)(?::?(\d\d))?)?$/;

/** A moment without its zone: the session's is UTC. */
function inUtc(name: string, type: string, text: string): string {
  const [found, y, mo, d, h = '00', mi = '00', s = '00', fraction = '', , sign, zoneHours = '0', zoneMinutes = '0'] =
    MOMENT.exec(text) ?? [];
  if (found === undefined) throw refused(name, type);
  const minutes = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1);
  const at = new Date(0);
  at.setUTCFullYear(Number(y), Number(mo) - 1, Number(d));
  at.setUTCHours(Number(h), Number(mi) - minutes, Number(s));
  const printed = at.toISOString();
  // Years outside of 0 to 9999 are printed with a sign.
  if (printed.length !== 24) throw refused(name, type);
  return `${printed.slice(0, 10)} ${printed.slice(11, 19)}${fraction}`;
}

function refused(name: string, type: string): EngineError {
  return new EngineError('EXTRACT_CURSOR_REFUSED', `a bound of the cursor ${name} is not a ${type} that MySQL has`);
}
