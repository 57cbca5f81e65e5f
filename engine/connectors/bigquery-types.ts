import { encoderOf } from '../tuples/encode-value.ts';
import type { LandedColumn } from '../contracts/pull.ts';
import type { BigqueryField } from './bigquery-job.ts';

/** What a column of BigQuery lands as, and how the text that the API gives of a value becomes Postgres'. */
export interface BigqueryColumn extends LandedColumn {
  /** The type as standard SQL names it; ARRAY for any repeated column. */
  readonly standard: string;
  /** The API's text of a value as Postgres would print the value; undefined when it is not one. */
  readonly print: (wire: string) => string | undefined;
  /** Into Postgres' binary form of `type`; undefined when it is not a value of it, or has no form in the warehouse. */
  readonly encode: (wire: string) => Uint8Array | undefined;
}

/** Undefined for a type that has no exact form in the warehouse. */
export function bigqueryColumn(field: BigqueryField): BigqueryColumn | undefined {
  const standard = field.mode === 'REPEATED' ? 'ARRAY' : (LEGACY[field.type] ?? field.type);
  // A TIMESTAMP of 12 decimals: the API's form in microseconds would cut it.
  if ((field.timestampPrecision ?? '6') !== '6') return undefined;
  const type = Object.hasOwn(LANDED, standard) ? LANDED[standard] : undefined;
  if (type === undefined) return undefined;
  const print = PRINT[standard] ?? ((wire: string) => wire);
  return { name: field.name, standard, type, print, encode: ENCODE[standard] ?? encodePrinted(print, type) };
}

/** The same column when its values land as text, to be masked. */
export function asText(column: BigqueryColumn): BigqueryColumn {
  return { ...column, type: 'text', encode: encodePrinted(column.print, 'text') };
}

/** Microseconds since 1970 as Postgres prints a timestamptz. Whole seconds go through Date, which counts them exactly. */
export function printInstant(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - rest) / 1_000n)).toISOString().slice(0, 19).replace('T', ' ');
  const fraction = rest.toString().padStart(6, '0').replace(/0+$/, '');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}+00`;
}

/** The REST API still answers in the names of legacy SQL. */
const LEGACY: Readonly<Record<string, string>> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  RECORD: 'STRUCT',
};

/** NUMERIC has 29 digits before the point and 9 after it; BIGNUMERIC 38 and 38, and part of a 39th. */
const LANDED: Readonly<Record<string, string>> = {
  INT64: 'bigint',
  NUMERIC: 'numeric(38,9)',
  BIGNUMERIC: 'numeric',
  FLOAT64: 'double precision',
  BOOL: 'boolean',
  STRING: 'text',
  BYTES: 'bytea',
  DATE: 'date',
  TIME: 'time without time zone',
  DATETIME: 'timestamp without time zone',
  TIMESTAMP: 'timestamp with time zone',
  JSON: 'json',
  GEOGRAPHY: 'text',
  INTERVAL: 'text',
  RANGE: 'text',
  STRUCT: 'json',
  ARRAY: 'json',
};

/** Where the API's text is not Postgres' own. */
const PRINT: Readonly<Record<string, (wire: string) => string | undefined>> = {
  BYTES: (wire) => {
    const bytes = decodeBase64(wire);
    return bytes && `\\x${bytes.toString('hex')}`;
  },
  TIMESTAMP: (wire) => (MICROS.test(wire) ? printInstant(BigInt(wire)) : undefined),
  DATETIME: (wire) => wire.replace('T', ' '),
};

/** Values that need not be printed and read again: both sides hold bytes as bytes, and a moment as whole microseconds. */
const ENCODE: Readonly<Record<string, (wire: string) => Uint8Array | undefined>> = {
  BYTES: decodeBase64,
  TIMESTAMP: (wire) => {
    if (!MICROS.test(wire)) return undefined;
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64BE(BigInt(wire) - EPOCH);
    return bytes;
  },
};

const MICROS = /^-?\d{1,18}$/;
/** Microseconds from 1970 to 2000, from where Postgres counts. */
const EPOCH = 946_684_800_000_000n;

function encodePrinted(print: BigqueryColumn['print'], type: string): BigqueryColumn['encode'] {
  const encode = encoderOf(type);
  return (wire) => {
    const text = print(wire);
    return text === undefined ? undefined : encode(text);
  };
}

/** Node's own decoder leaves out what is not base64; what it read must therefore print as what it was given. */
function decodeBase64(wire: string): Buffer | undefined {
  const bytes = Buffer.from(wire, 'base64');
  return bytes.toString('base64') === wire ? bytes : undefined;
}
