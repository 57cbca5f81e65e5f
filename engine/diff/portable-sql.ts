import type { ComparedColumn, Comparison } from '../connectors/comparison.ts';
import type { ColumnPair } from './pair-columns.ts';

export type Dialect = Comparison['dialect'];

/**
 * SQL of a value's text that every engine prints alike. Equal texts are equal values, so that a hash of them proves; the reverse
 * holds for a key's columns, which must fall into one bucket. Null where an engine prints no such text: then nothing is proven.
 */
export function portableText(dialect: Dialect, column: ComparedColumn, pair: ColumnPair): string | null {
  const { quoted } = column;
  const other = pair.a === column ? pair.b : pair.a;
  switch (pair.as) {
    case 'number':
      if (column.kind === 'float') return null;
      return decimalText(dialect, column, other);
    case 'boolean':
      return column.kind === 'integer' ? asText(dialect, quoted) : asText(dialect, truth(dialect, quoted));
    case 'text':
      return text(dialect, quoted);
    case 'uuid':
      return `lower(${text(dialect, quoted)})`;
    case 'bytes':
      return { postgres: `encode(${quoted}, 'hex')`, mysql: `lower(hex(${quoted}))`, bigquery: `to_hex(${quoted})` }[
        dialect
      ];
    case 'date':
      return asText(dialect, quoted);
    case 'timestamp':
      return {
        postgres: `${quoted}::text`,
        mysql: withoutZeros(quoted, column),
        bigquery: bigqueryWithoutZeros(quoted),
      }[dialect];
    case 'moment':
      return {
        postgres: `(${quoted} at time zone 'UTC')::text`,
        mysql: withoutZeros(quoted, column),
        bigquery: bigqueryWithoutZeros(`datetime(${quoted}, 'UTC')`),
      }[dialect];
    case 'time':
      return {
        postgres: `${quoted}::text`,
        mysql: withoutZeros(quoted, column),
        bigquery: bigqueryWithoutZeros(quoted),
      }[dialect];
    case 'json':
      // MySQL's own json prints as jsonb does; whatever prints otherwise is fetched and compared.
      return dialect === 'postgres'
        ? `${quoted}::jsonb::text`
        : dialect === 'mysql'
          ? text(dialect, quoted)
          : column.read;
    case 'float':
      // Since version 12 a float prints in as many digits as tell it from every other.
      return dialect === 'postgres' ? `${quoted}::text` : null;
    case 'printed':
      return dialect === 'postgres' ? `${quoted}::text` : column.kind === 'text' ? text(dialect, quoted) : null;
    default:
      return pair.as satisfies never;
  }
}

/** The text of several values, each with its end or its length, so that no two rows of values give one text. */
export function packedText(table: Comparison, pairs: readonly ColumnPair[], side: 'a' | 'b'): string | null {
  const parts: string[] = [];
  for (const pair of pairs) {
    const value = portableText(table.dialect, pair[side], pair);
    if (value === null) return null;
    if (FREE_TEXT.has(pair.as)) {
      const length = { postgres: 'octet_length', mysql: 'length', bigquery: 'byte_length' }[table.dialect];
      const head = asText(table.dialect, `${length}(${value})`);
      parts.push(`coalesce(${join(table.dialect, [head, "':'", value])}, '~')`);
    } else parts.push(`coalesce(${value}, '~')`, "';'");
  }
  return join(table.dialect, parts);
}

/** What may hold any character. */
const FREE_TEXT: ReadonlySet<string> = new Set(['text', 'uuid', 'json', 'printed']);

/** Stands in a sum for what has no hash: no sum of hashes is as large. */
export const UNHASHED = 2n ** 100n;

/** SQL of a whole number below 2^60 that stands for a text. */
export function digest(dialect: Dialect, packed: string, seed: number): string {
  const seeded = join(dialect, [`'${seed}#'`, packed]);
  return {
    postgres: `('x' || substr(md5(${seeded}), 1, 15))::bit(60)::bigint`,
    // A text longer than max_allowed_packet is null there, with a mere warning.
    mysql: `coalesce(cast(conv(left(md5(${seeded}), 15), 16, 10) as unsigned), ${UNHASHED})`,
    bigquery: `cast(cast(concat('0x', substr(to_hex(md5(${seeded})), 1, 15)) as int64) as bignumeric)`,
  }[dialect];
}

/** The rest of a division of a digest by `count`. */
export function remainder(dialect: Dialect, number: string, count: number): string {
  return dialect === 'bigquery' ? `mod(cast(${number} as int64), ${count})` : `mod(${number}, ${count})`;
}

export function quotient(dialect: Dialect, number: string, by: bigint): string {
  return { postgres: `${number} / ${by}`, mysql: `${number} div ${by}`, bigquery: `div(${number}, ${by})` }[dialect];
}

/** Equal numbers of two columns with one scale print alike as they are; else the zeros at the end go. */
function decimalText(dialect: Dialect, column: ComparedColumn, other: ComparedColumn): string {
  const { quoted, kind, scale } = column;
  const areAlike = kind === other.kind && scale === other.scale && scale !== null && dialect !== 'bigquery';
  if (kind === 'integer' || scale === 0 || areAlike) return asText(dialect, dialect === 'mysql' ? column.read : quoted);
  return {
    postgres: `trim_scale(${quoted})::text`,
    mysql: `trim(trailing '.' from trim(trailing '0' from ${asText('mysql', quoted)}))`,
    bigquery: bigqueryWithoutZeros(quoted),
  }[dialect];
}

function truth(dialect: Dialect, quoted: string): string {
  return dialect === 'bigquery' ? `cast(${quoted} as int64)` : `${quoted}::int`;
}

function asText(dialect: Dialect, value: string): string {
  return { postgres: `${value}::text`, mysql: `cast(${value} as char)`, bigquery: `cast(${value} as string)` }[dialect];
}

function text(dialect: Dialect, quoted: string): string {
  return { postgres: `${quoted}::text`, mysql: `convert(${quoted} using utf8mb4)`, bigquery: quoted }[dialect];
}

/** MySQL prints as many digits of a second as the column was declared with. */
function withoutZeros(quoted: string, { scale }: ComparedColumn): string {
  const printed = asText('mysql', quoted);
  return scale === 0 ? printed : `trim(trailing '.' from trim(trailing '0' from ${printed}))`;
}

/** How many digits it prints behind a point is not written anywhere. */
function bigqueryWithoutZeros(value: string): string {
  const printed = asText('bigquery', value);
  return String.raw`regexp_replace(regexp_replace(${printed}, r'(\.[0-9]*[1-9])0+$', r'\1'), r'\.0+$', '')`;
}

/** Null when a part is. */
function join(dialect: Dialect, parts: readonly string[]): string {
  return dialect === 'postgres' ? `(${parts.join(' || ')})` : `concat(${parts.join(', ')})`;
}
