import type { ComparedColumn, Comparison } from '../connectors/comparison.ts';
import type { ColumnPair } from './pair-columns.ts';

/** SQL of Postgres' own hashes, which are equal for equal values on two servers of one major version. */
export interface NativeHash {
  readonly row: (side: 'a' | 'b') => string;
  /** Of the key alone, the same in every comparison. */
  readonly key: (side: 'a' | 'b') => string;
}

/** Versions before 14 cannot hash a record to 64 bits. */
const FIRST_VERSION = 14;

/**
 * Chains the columns' hashes: each is the seed of the next. The server's hash of a whole record would not do, and takes longer. It
 * adds the columns' hashes up, each times a power of 31, so that values swapped between two rows cancel out in a sum of rows.
 *
 * And a column's own hash does not see all of a value: of a numeric not its sign, of a bigint only its two halves folded into one.
 * What it does not see goes into the chain beside it.
 */
export function nativeHash(
  a: Comparison,
  b: Comparison,
  columns: { readonly key: readonly ColumnPair[]; readonly all: readonly ColumnPair[] },
  seed: number,
): NativeHash | null {
  const arePostgres = a.dialect === 'postgres' && b.dialect === 'postgres';
  if (!arePostgres || a.version !== b.version || a.version < FIRST_VERSION || !a.isUtf8 || !b.isUtf8) return null;
  return {
    row: (side) => chain(columns.all, side, `${seed}::bigint`),
    key: (side) => chain(columns.key, side, '0::bigint'),
  };
}

function chain(pairs: readonly ColumnPair[], side: 'a' | 'b', seed: string): string {
  const marks = pairs.flatMap((pair) => marksOf(pair, pair[side]));
  const seeded = groupsOf(marks).reduce((inner, group) => `hashint8extended(${bitsOf(group)}, ${inner})`, seed);
  return pairs.reduce((inner, pair) => link(pair, pair[side], inner), seeded);
}

/** The hash of one more value, seeded with that of those before it. Never null: that a value is null is one of the marks. */
function link(pair: ColumnPair, column: ComparedColumn, inner: string): string {
  const { quoted, kind } = column;
  const or = (value: string): string => (column.notNull ? quoted : `coalesce(${quoted}, ${value})`);
  switch (pair.as) {
    case 'number': {
      if (kind === 'float') return textLink(`${quoted}::text`, inner);
      if (pair.a.kind !== 'integer' || pair.b.kind !== 'integer')
        return `hash_numeric_extended(${or('0')}::numeric, ${inner})`;
      if (pair.a.type !== 'bigint' && pair.b.type !== 'bigint') return `hashint4extended(${or('0')}, ${inner})`;
      const whole = `${or('0')}::bigint`;
      return `hashint8extended(${whole} >> 32, hashint8extended(${whole}, ${inner}))`;
    }
    case 'float':
      return `hashfloat8extended(${or('0')}, ${inner})`;
    case 'boolean':
      return `hashint8extended(${or(kind === 'boolean' ? 'false' : '0')}::${kind === 'boolean' ? 'int' : 'bigint'}, ${inner})`;
    case 'text':
      // Blanks at the end of a char(n) are left out by its own hash.
      return kind === 'character'
        ? `hashbpcharextended(${or("''")} collate "C", ${inner})`
        : `hashtextextended(${or("''")} collate "C", ${inner})`;
    case 'uuid':
      return textLink(`lower(${quoted}::text collate "C")`, inner);
    case 'date':
      return `hashint4extended(${dayNumber(or("date '2000-01-01'"))}, ${inner})`;
    case 'json':
      return textLink(`${quoted}::jsonb::text`, inner);
    case 'printed':
      return textLink(`${quoted}::text`, inner);
    case 'bytes':
      return bytesLink(quoted, inner);
    case 'timestamp':
      return bytesLink(`timestamp_send(${quoted})`, inner);
    case 'moment':
      return bytesLink(`timestamptz_send(${quoted})`, inner);
    case 'time':
      return bytesLink(`time_send(${quoted})`, inner);
    default:
      return pair.as satisfies never;
  }
}

function textLink(text: string, inner: string): string {
  return `hashtextextended(coalesce(${text}, '') collate "C", ${inner})`;
}

/** Bytes have no hash of their own to call before version 18. Of a record with a null the hash would not depend on its seed. */
function bytesLink(bytes: string, inner: string): string {
  return `hash_record_extended(row(coalesce(${bytes}, ''::bytea)), ${inner})`;
}

/** A date that is not finite has no number of days. */
function dayNumber(day: string): string {
  return `case when isfinite(${day}) then ${day} - date '2000-01-01' when ${day} > date '2000-01-01' then 2147483647 else -2147483648 end`;
}

/** Conditions that the column's hash does not tell: null; of a numeric below zero, and NaN, which hashes as infinity. */
function marksOf(pair: ColumnPair, { quoted, kind, notNull }: ComparedColumn): readonly string[] {
  // Both sides must have the same marks: what one of them rules out is false there.
  const isNull = pair.a.notNull && pair.b.notNull ? [] : [notNull ? 'false' : `${quoted} is null`];
  const isNumeric = pair.as === 'number' && (pair.a.kind === 'decimal' || pair.b.kind === 'decimal');
  if (!isNumeric || kind === 'float') return isNull;
  const isBounded = pair.a.scale !== null && pair.b.scale !== null;
  return [...isNull, `${quoted} < 0`, ...(isBounded ? [] : [`${quoted}::numeric = 'NaN'`])];
}

const MARKS = 60;

function groupsOf(marks: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(marks.length / MARKS) }, (_, at) => marks.slice(at * MARKS, (at + 1) * MARKS));
}

/** The marks as bits of one number. Most rows have none, and then one question is enough. */
function bitsOf(marks: readonly string[]): string {
  const bits = marks.map((mark, at) => `(((${mark}) is true)::int::bigint << ${at})`);
  return `case when ${marks.join(' or ')} then ${bits.join(' + ')} else 0::bigint end`;
}
