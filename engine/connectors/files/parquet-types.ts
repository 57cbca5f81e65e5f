import { EngineError } from '../../errors.ts';
import type { SchemaElement } from 'hyparquet';
import { printDate, printMoment, printTime } from '../cursor-value.ts';

/** What a leaf's raw value is in Postgres, and its text there; undefined when it has no exact one. */
export interface LeafType {
  readonly type: string;
  readonly text: (raw: unknown) => string | undefined;
  /** Whether its bytes are the text: they need no decoding to land. */
  readonly isBytes: boolean;
  /** As it stands inside of a nested value's JSON. */
  readonly json: (raw: unknown) => string | undefined;
}

/**
 * The landed type of a Parquet leaf, by its annotation: its own, exact. Annotations are taken off before hyparquet reads, so that
 * what comes here is the stored value: it would make dates of JavaScript of them, and floats of decimals.
 */
export function leafType(element: SchemaElement, where: string): LeafType {
  const { type, converted_type: converted, logical_type: logical } = element;
  const kind = logical?.type;
  const refuse = (what: string): never => {
    throw new EngineError('EXTRACT_TYPE_REFUSED', `${where} is ${what}, which has no exact form here`);
  };
  switch (type) {
    case 'BOOLEAN':
      return number('boolean', (raw) => (raw === true ? 'true' : raw === false ? 'false' : undefined));
    case 'INT32':
    case 'INT64': {
      if (kind === 'DECIMAL' || converted === 'DECIMAL') return decimal(element, (raw) => whole(raw));
      if (kind === 'DATE' || converted === 'DATE')
        return quoted('date', (raw) => printDate(BigInt(raw as number) - EPOCH_DAYS));
      if (kind === 'TIME' || converted?.startsWith('TIME_M')) return quoted('time without time zone', time(element));
      if (kind === 'TIMESTAMP' || converted?.startsWith('TIMESTAMP_')) return moment(element);
      return integer(element);
    }
    case 'INT96':
      // Spark's and Impala's old timestamps; hyparquet gives their nanoseconds.
      return quoted('timestamp without time zone', (raw) => fromNanos(raw, (micros) => printMoment(micros, '')));
    case 'FLOAT':
      return number('real', floatText);
    case 'DOUBLE':
      return number('double precision', floatText);
    case 'BYTE_ARRAY':
      if (kind === 'DECIMAL' || converted === 'DECIMAL') return decimal(element, signed);
      if (kind === 'JSON' || converted === 'JSON') return { ...text('json'), json: utf8 };
      if (kind === 'STRING' || kind === 'ENUM' || converted === 'UTF8' || converted === 'ENUM') return text('text');
      return kind === undefined && converted === undefined ? bytea() : refuse(kind ?? (converted as string));
    case 'FIXED_LEN_BYTE_ARRAY':
      if (kind === 'DECIMAL' || converted === 'DECIMAL') return decimal(element, signed);
      if (kind === 'UUID') return quoted('uuid', uuid);
      if (kind === 'FLOAT16') return number('real', (raw) => floatText(half(raw as Uint8Array)));
      return kind === undefined && converted === undefined ? bytea() : refuse(kind ?? (converted as string));
    case undefined:
      return refuse('without a type');
    default:
      return type satisfies never;
  }
}

const EPOCH_DAYS = 10_957n;
const EPOCH_MICROS = EPOCH_DAYS * 86_400_000_000n;

function number(type: string, toText: (raw: unknown) => string | undefined): LeafType {
  const json = (raw: unknown): string | undefined => {
    const given = toText(raw);
    return given === undefined || /^-?[\d.e+-]+$|^true$|^false$/.test(given) ? given : JSON.stringify(given);
  };
  return { type, text: toText, json, isBytes: false };
}

function quoted(type: string, toText: (raw: unknown) => string | undefined): LeafType {
  const json = (raw: unknown): string | undefined => {
    const given = toText(raw);
    return given === undefined ? undefined : JSON.stringify(given);
  };
  return { type, text: toText, json, isBytes: false };
}

function text(type: 'text' | 'json'): LeafType {
  return { ...quoted(type, utf8), isBytes: true };
}

function bytea(): LeafType {
  return { ...quoted('bytea', (raw) => `\\x${Buffer.from(raw as Uint8Array).toString('hex')}`), isBytes: true };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(raw: unknown): string | undefined {
  // Inside of nested values they come decoded, behind a mark that keeps any name apart from those that objects have.
  if (typeof raw === 'string') return raw.slice(1);
  try {
    const decoded = decoder.decode(raw as Uint8Array);
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function integer({ type, converted_type: converted, logical_type: logical }: SchemaElement): LeafType {
  const given = logical?.type === 'INTEGER' ? logical : undefined;
  const bits = given?.bitWidth ?? Number(/^U?INT_(\d+)$/.exec(converted ?? '')?.[1] ?? (type === 'INT64' ? 64 : 32));
  const isSigned = given?.isSigned ?? converted?.startsWith('UINT_') !== true;
  if (isSigned)
    return number(bits <= 16 ? 'smallint' : bits <= 32 ? 'integer' : 'bigint', (raw) => whole(raw).toString());
  const landed = bits <= 8 ? 'smallint' : bits <= 16 ? 'integer' : bits <= 32 ? 'bigint' : 'numeric(20,0)';
  return number(landed, (raw) => BigInt.asUintN(type === 'INT64' ? 64 : 32, whole(raw)).toString());
}

function whole(raw: unknown): bigint {
  return typeof raw === 'bigint' ? raw : BigInt(raw as number);
}

function signed(raw: unknown): bigint {
  const bytes = raw as Uint8Array;
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

function decimal(element: SchemaElement, unscaled: (raw: unknown) => bigint): LeafType {
  const logical = element.logical_type?.type === 'DECIMAL' ? element.logical_type : undefined;
  const scale = logical?.scale ?? element.scale ?? 0;
  const precision = logical?.precision ?? element.precision ?? 38;
  const toText = (raw: unknown): string => {
    const units = unscaled(raw);
    if (scale === 0) return units.toString();
    const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
    return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  };
  return number(precision >= 1 && precision <= 1000 ? `numeric(${precision},${scale})` : 'numeric', toText);
}

function unitOf({ converted_type: converted, logical_type: logical }: SchemaElement): 'MILLIS' | 'MICROS' | 'NANOS' {
  if (logical?.type === 'TIME' || logical?.type === 'TIMESTAMP') return logical.unit;
  return converted?.endsWith('_MILLIS') === true ? 'MILLIS' : 'MICROS';
}

function time(element: SchemaElement): (raw: unknown) => string | undefined {
  const unit = unitOf(element);
  return (raw) => {
    const micros = toMicros(whole(raw), unit);
    return micros === undefined || micros < 0n || micros >= 86_400_000_000n ? undefined : printTime(micros);
  };
}

function moment(element: SchemaElement): LeafType {
  const unit = unitOf(element);
  const { logical_type: logical } = element;
  const isUtc = logical?.type === 'TIMESTAMP' ? logical.isAdjustedToUTC : true;
  return quoted(isUtc ? 'timestamp with time zone' : 'timestamp without time zone', (raw) => {
    const micros = toMicros(whole(raw), unit);
    return micros === undefined ? undefined : printMoment(micros - EPOCH_MICROS, isUtc ? '+00' : '');
  });
}

/** Undefined when there is a part of a microsecond, which Postgres cannot hold. */
function toMicros(value: bigint, unit: 'MILLIS' | 'MICROS' | 'NANOS'): bigint | undefined {
  if (unit === 'MILLIS') return value * 1000n;
  if (unit === 'MICROS') return value;
  return value % 1000n === 0n ? value / 1000n : undefined;
}

function fromNanos(raw: unknown, print: (micros: bigint) => string): string | undefined {
  const micros = toMicros(raw as bigint, 'NANOS');
  return micros === undefined ? undefined : print(micros - EPOCH_MICROS);
}

function floatText(raw: unknown): string {
  return Object.is(raw, -0) ? '-0' : String(raw as number);
}

function half(bytes: Uint8Array): number {
  const bits = ((bytes[1] as number) << 8) | (bytes[0] as number);
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

function uuid(raw: unknown): string | undefined {
  const bytes = raw as Uint8Array;
  return bytes.length === 16 ? Buffer.from(bytes).toString('hex') : undefined;
}
