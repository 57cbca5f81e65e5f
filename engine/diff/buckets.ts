import type { Comparison } from '../connectors/comparison.ts';
import { literal } from '../sql-text.ts';
import type { NativeHash } from './native-hash.ts';
import type { ColumnPair } from './pair-columns.ts';
import { digest, packedText, quotient, remainder } from './portable-sql.ts';

/** Rows whose key has a null part. */
export const KEYLESS = -2;
/** No bucket has it. */
const NONE = -1;
const MOST_BUCKETS = 65_536;
const MOST_RANGES = 400;
const MOST_NAMED = 20_000;

/** How rows are parted into buckets, each small enough to be held in memory: the same key lies in the same bucket on both sides. */
export interface Buckets {
  /** SQL of a row's bucket, a whole number. */
  readonly of: (side: 'a' | 'b') => string;
  /** SQL of a condition that finds the rows of some buckets; null when they are so many that all rows are as quickly read. */
  readonly among: (side: 'a' | 'b', wanted: readonly number[]) => string | null;
}

interface Tables {
  readonly a: Comparison;
  readonly b: Comparison;
}

/** By ranges of the key's first column where it is a whole number that an index of both sides begins with, else by the key's hash. */
export async function planBuckets(
  tables: Tables,
  key: readonly ColumnPair[],
  how: { readonly bucketRows: number; readonly native: NativeHash | null },
): Promise<Buckets> {
  const rows = Math.max(tables.a.rows, tables.b.rows);
  const count = bucketCount(rows, how.bucketRows);
  return (await byRange(tables, key, count)) ?? byHash(tables, key, { count, native: how.native });
}

/** Buckets by the key's hash: for what no range parts evenly. */
export function byHash(
  tables: Tables,
  key: readonly ColumnPair[],
  { count, native }: { readonly count: number; readonly native: NativeHash | null },
): Buckets {
  const of = (side: 'a' | 'b'): string => {
    const number =
      native === null
        ? remainder(tables[side].dialect, keyDigest(tables[side], key, side), count)
        : `(${native.key(side)} & ${count - 1})`;
    return orKeyless(number, key, side);
  };
  return { of, among: (side, wanted) => named(of(side), wanted) };
}

/** A power of two. */
export function bucketCount(rows: number, bucketRows: number): number {
  const wanted = Math.min(Math.max(rows / bucketRows, 1), MOST_BUCKETS);
  return 2 ** Math.ceil(Math.log2(wanted));
}

/** A whole number that stands for a row's key, the same on both sides. */
function keyDigest(table: Comparison, key: readonly ColumnPair[], side: 'a' | 'b'): string {
  const packed = packedText(table, key, side);
  if (packed === null) throw new TypeError('a key without a text of its own was let through');
  return digest(table.dialect, packed, 0);
}

async function byRange({ a, b }: Tables, key: readonly ColumnPair[], count: number): Promise<Buckets | null> {
  const [first] = key;
  if (first === undefined || first.a.kind !== 'integer' || first.b.kind !== 'integer') return null;
  if (!a.leading.has(first.a.name) || !b.leading.has(first.b.name)) return null;
  const ends = await Promise.all([endsOf(a, first.a.quoted), endsOf(b, first.b.quoted)]);
  const [lows, highs] = [ends.flatMap(({ low }) => low), ends.flatMap(({ high }) => high)];
  if (lows.length === 0) return null;
  const low = lows.reduce((least, each) => (each < least ? each : least));
  const high = highs.reduce((most, each) => (each > most ? each : most));
  const width = (high - low) / BigInt(count) + 1n;
  // Postgres and BigQuery end with an error where a difference is larger than this.
  if (high - low >= 2n ** 62n) return null;
  const of = (side: 'a' | 'b'): string => {
    const { quoted } = first[side];
    const { dialect } = side === 'a' ? a : b;
    const number = dialect === 'postgres' ? `${quoted}::bigint` : quoted;
    return orKeyless(quotient(dialect, `(${number} - ${bound(low)})`, width), key, side);
  };
  const among = (side: 'a' | 'b', wanted: readonly number[]): string | null => {
    const spans = spansOf(wanted.filter((bucket) => bucket >= 0));
    if (spans.length > MOST_RANGES) return named(of(side), wanted);
    const ranges = spans.map(([from, to]) => {
      const [least, most] = [low + BigInt(from) * width, low + BigInt(to + 1) * width - 1n];
      return `${first[side].quoted} between ${bound(least)} and ${bound(most)}`;
    });
    return ranges.length === 0 ? 'false' : `(${ranges.join(' or ')})`;
  };
  return { of, among };
}

interface Ends {
  readonly low: readonly bigint[];
  readonly high: readonly bigint[];
}

async function endsOf(table: Comparison, quoted: string): Promise<Ends> {
  const [row] = await table.ask(`select min(${quoted}) as c0, max(${quoted}) as c1 from ${table.from} as t`);
  const [low = null, high = null] = row ?? [];
  return low === null || high === null ? { low: [], high: [] } : { low: [BigInt(low)], high: [BigInt(high)] };
}

/** A negative number in brackets, so that it can follow a minus. */
function bound(value: bigint): string {
  return value < 0n ? `(${literal(value)})` : literal(value);
}

function orKeyless(number: string, key: readonly ColumnPair[], side: 'a' | 'b'): string {
  const nullable = key.filter((pair) => !pair[side].notNull).map((pair) => `${pair[side].quoted} is null`);
  return nullable.length === 0 ? number : `case when ${nullable.join(' or ')} then ${KEYLESS} else ${number} end`;
}

function named(of: string, wanted: readonly number[]): string | null {
  return wanted.length > MOST_NAMED ? null : inBuckets(of, wanted);
}

/** SQL of a condition that holds for the rows of these buckets and no others. */
export function inBuckets(of: string, wanted: readonly number[]): string {
  return `${of} in (${wanted.length === 0 ? NONE : wanted.join(', ')})`;
}

/** Neighbours together. */
function spansOf(buckets: readonly number[]): readonly (readonly [from: number, to: number])[] {
  const spans: [number, number][] = [];
  for (const bucket of buckets.toSorted((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] === bucket - 1) last[1] = bucket;
    else spans.push([bucket, bucket]);
  }
  return spans;
}
