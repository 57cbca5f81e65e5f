import { encodeBoolean, encodeBytea, encodeJsonb, encodeText, encodeUuid, varcharEncoder } from './encode-text.ts';
import { encodeDouble, encodeReal } from './encode-float.ts';
import { integerEncoder } from './encode-integer.ts';
import { numericEncoder } from './encode-numeric.ts';
import { encodeDate, timeEncoder, timestampEncoder, timestamptzEncoder } from './encode-time.ts';

/** Encodes the text form of a value; undefined when the text is not a value of the type. */
export type Encoder = (text: string) => Buffer | undefined;

/**
 * The encoder from text to Postgres' binary form of a landed type, named as `format_type` or SQL names it. Exact: what
 * lands prints as `text::type` does, and its bytes are those that the server itself would send. A text that the server
 * would round, cut or read by its session's settings is not a value here. Throws on a type that it does not know.
 */
export function encoderOf(type: string): Encoder {
  const { name, modifiers } = parseType(type);
  const make = Object.hasOwn(ENCODERS, name) ? ENCODERS[name] : undefined;
  if (!make) throw new TypeError(`no binary form of type ${type}`);
  return make(modifiers);
}

const ENCODERS: Readonly<Record<string, (modifiers: readonly number[]) => Encoder>> = {
  text: () => encodeText,
  'character varying': ([length]) => (length === undefined ? encodeText : varcharEncoder(length)),
  boolean: () => encodeBoolean,
  smallint: () => integerEncoder(2),
  integer: () => integerEncoder(4),
  bigint: () => integerEncoder(8),
  numeric: ([precision, scale = 0]) => numericEncoder(precision === undefined ? undefined : { precision, scale }),
  real: () => encodeReal,
  'double precision': () => encodeDouble,
  date: () => encodeDate,
  'time without time zone': ([decimals = 6]) => timeEncoder(decimals),
  'timestamp without time zone': ([decimals = 6]) => timestampEncoder(decimals),
  'timestamp with time zone': ([decimals = 6]) => timestamptzEncoder(decimals),
  uuid: () => encodeUuid,
  json: () => encodeText,
  jsonb: () => encodeJsonb,
  bytea: () => encodeBytea,
};

const LONG_NAMES: Readonly<Record<string, string>> = {
  varchar: 'character varying',
  bool: 'boolean',
  int2: 'smallint',
  int4: 'integer',
  int: 'integer',
  int8: 'bigint',
  decimal: 'numeric',
  float4: 'real',
  float8: 'double precision',
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
};

/** `timestamp(3) with time zone`: the modifiers stand within the name. */
function parseType(type: string): { readonly name: string; readonly modifiers: readonly number[] } {
  const parts = /^([a-z0-9 ]+?)\s*(?:\(\s*(-?\d+(?:\s*,\s*-?\d+)?)\s*\))?( with(?:out)? time zone)?$/.exec(type);
  if (!parts) return { name: type, modifiers: [] };
  const name = `${parts[1]}${parts[3] ?? ''}`;
  const long = Object.hasOwn(LONG_NAMES, name) ? LONG_NAMES[name] : undefined;
  return { name: long ?? name, modifiers: parts[2]?.split(',').map(Number) ?? [] };
}
