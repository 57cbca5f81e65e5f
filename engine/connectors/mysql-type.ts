import { isUtf8 } from 'node:buffer';
import type { LandedColumn } from '../contracts/pull.ts';
import { encoderOf } from '../tuples/encode-value.ts';
import type { WireColumn } from './mysql-session.ts';

/** How a column of MySQL or MariaDB lands, so that no value changes on the way. */
export interface MysqlType {
  /** The Postgres type it lands as. */
  readonly type: string;
  /** What to select for it: the column itself, or an expression that the server prints in full. */
  readonly select: (column: string) => string;
  /** A field in Postgres' binary form; undefined when it has none. */
  readonly encode: (field: Buffer) => Uint8Array | undefined;
  /** A field as text, as it lands where personal data is masked; undefined when it has none. */
  readonly text: (field: Buffer) => string | undefined;
}

/** The type of a result's column; undefined when nothing is known that would hold it exactly. */
export function mysqlType(column: WireColumn): MysqlType | undefined {
  const { columnType, flags, decimals } = column;
  const isUnsigned = (flags & UNSIGNED) !== 0;
  // Leading zeros are of the column's display, not of its value.
  const select = (flags & ZEROFILL) === 0 ? asItIs : (name: string): string => `${name} + 0`;
  switch (columnType) {
    case WIRE.tiny:
      return printed('smallint', select);
    case WIRE.short:
      return printed(isUnsigned ? 'integer' : 'smallint', select);
    case WIRE.int24:
      return printed('integer', select);
    case WIRE.long:
      return printed(isUnsigned ? 'bigint' : 'integer', select);
    case WIRE.longlong:
      return printed(isUnsigned ? 'numeric(20,0)' : 'bigint', select);
    case WIRE.year:
      return printed('integer', (name) => `${name} + 0`);
    case WIRE.decimal:
    case WIRE.newdecimal:
      return printed(`numeric(${precisionOf(column)},${decimals})`, select);
    case WIRE.float:
      // A float is printed with six digits, a double with all that it takes.
      return printed('real', (name) => `${name} * 1e0`);
    case WIRE.double:
      return printed('double precision', decimals < NOT_FIXED ? (name) => `${name} * 1e0` : select);
    case WIRE.date:
    case WIRE.newdate:
      return printed('date');
    case WIRE.datetime:
      return printed('timestamp without time zone');
    case WIRE.timestamp:
      // A moment, printed in the session's zone, which is UTC.
      return printed('timestamp with time zone', asItIs, '+00');
    case WIRE.time:
      return { type: 'interval', select: asItIs, encode: encodeTime, text: latin1 };
    case WIRE.bit:
      return bits(column.columnLength);
    case WIRE.geometry:
    case WIRE.vector:
      return BYTES;
    case WIRE.json:
      return JSON_TEXT;
    case WIRE.null:
      return TEXT;
    case WIRE.enum:
    case WIRE.set:
    case WIRE.varchar:
    case WIRE.varString:
    case WIRE.string:
    case WIRE.tinyBlob:
    case WIRE.mediumBlob:
    case WIRE.longBlob:
    case WIRE.blob:
      return textual(column);
    default:
      return undefined;
  }
}

/** Type numbers of the protocol. */
const WIRE = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newdate: 14,
  varchar: 15,
  bit: 16,
  vector: 242,
  json: 245,
  newdecimal: 246,
  enum: 247,
  set: 248,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

const UNSIGNED = 32;
const ZEROFILL = 64;
/** The `decimals` of a float or double that was declared without. */
const NOT_FIXED = 31;
const BINARY_CHARSET = 63;

/** The declared length counts the sign and the point. */
function precisionOf({ columnLength, decimals, flags }: WireColumn): number {
  return Math.max(columnLength - (decimals > 0 ? 1 : 0) - ((flags & UNSIGNED) === 0 ? 1 : 0), decimals, 1);
}

function textual({ characterSet, columnLength, extendedTypeName, extendedFormat }: WireColumn): MysqlType {
  if (extendedTypeName === 'uuid') return printed('uuid');
  if (extendedFormat === 'json') return JSON_TEXT;
  // `null as x` comes as binary of no length.
  return characterSet === BINARY_CHARSET && columnLength > 0 ? BYTES : TEXT;
}

function asItIs(column: string): string {
  return column;
}

/** A value whose printed form is ASCII. */
function printed(type: string, select: (column: string) => string = asItIs, suffix = ''): MysqlType {
  const encode = encoderOf(type);
  return {
    type,
    select,
    encode: suffix === '' ? (field) => encode(latin1(field)) : (field) => encode(`${latin1(field)}${suffix}`),
    text: (field) => `${latin1(field)}${suffix}`,
  };
}

function latin1(field: Buffer): string {
  return field.toString('latin1');
}

const TEXT: MysqlType = {
  type: 'text',
  select: asItIs,
  encode: (field) => (isPostgresText(field) ? field : undefined),
  text: (field) => (isPostgresText(field) ? field.toString('utf8') : undefined),
};

/** MariaDB keeps JSON as a text that a constraint checks, and a constraint can be switched off. */
const JSON_TEXT: MysqlType = {
  ...TEXT,
  type: 'json',
  encode: (field) => (isPostgresText(field) && isJson(field.toString('utf8')) ? field : undefined),
};

const BYTES: MysqlType = {
  type: 'bytea',
  select: asItIs,
  encode: (field) => field,
  text: (field) => `\\x${field.toString('hex')}`,
};

/** Postgres takes no NUL, and no half of a surrogate pair, which a utf8mb3 column can hold. */
function isPostgresText(field: Buffer): boolean {
  if (field.length > 40) return !field.includes(0) && isUtf8(field);
  for (const byte of field) if (byte === 0 || byte > 127) return byte !== 0 && !field.includes(0) && isUtf8(field);
  return true;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const TIME = /^(-?)(\d{2,3}):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;

/** A TIME is a span of up to 838 hours either way: an interval of microseconds, without days and months. */
function encodeTime(field: Buffer): Buffer | undefined {
  const [found, minus, hours, minutes, seconds, fraction = ''] = TIME.exec(latin1(field)) ?? [];
  if (found === undefined) return undefined;
  const micros =
    ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000_000 + Number(fraction.padEnd(6, '0'));
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(BigInt(minus === '-' ? -micros : micros));
  return bytes;
}

/** Bits come as bytes, filled up on the left; Postgres fills up on the right. */
function bits(length: number): MysqlType {
  const text = (field: Buffer): string =>
    [...field]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
      .slice(-length)
      .padStart(length, '0');
  return {
    type: `bit(${length})`,
    select: asItIs,
    encode: (field) => {
      const digits = text(field).padEnd(Math.ceil(length / 8) * 8, '0');
      const octets = digits.match(/.{8}/g) ?? [];
      const count = Buffer.alloc(4);
      count.writeInt32BE(length);
      return Buffer.concat([count, Buffer.from(octets.map((octet) => Number.parseInt(octet, 2)))]);
    },
    text,
  };
}

/** Whether a column of this landed type has an exact sum. */
export function hasExactSum({ type }: LandedColumn): boolean {
  return /^(smallint|integer|bigint|numeric(\(\d+,\d+\))?)$/.test(type);
}
