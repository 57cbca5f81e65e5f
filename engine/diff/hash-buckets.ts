import type { Comparison } from '../connectors/comparison.ts';
import type { Buckets } from './buckets.ts';
import type { NativeHash } from './native-hash.ts';
import type { ColumnPair } from './pair-columns.ts';
import { plainDecimal } from './plain-decimal.ts';
import { digest, packedText, UNHASHED } from './portable-sql.ts';

/** A bucket's rows on one side; null as its hash where nothing is proven by one. */
export interface BucketSum {
  readonly rows: bigint;
  readonly hash: string | null;
}

export interface HashHow {
  readonly buckets: Buckets;
  readonly columns: { readonly key: readonly ColumnPair[]; readonly all: readonly ColumnPair[] };
  readonly native: NativeHash | null;
  readonly seed: number;
  /** More conditions on the rows: a sample, or the buckets that are looked into again. */
  readonly conditions: readonly string[];
}

/**
 * One scan of a side: of each bucket the number of its rows and the sum of their hashes. A sum, because in an exclusive or a row
 * that stands twice vanishes.
 */
export async function hashBuckets(
  table: Comparison,
  side: 'a' | 'b',
  how: HashHow,
): Promise<ReadonlyMap<number, BucketSum>> {
  const { buckets, columns, native, seed } = how;
  const packed = native === null ? packedText(table, columns.all, side) : null;
  const hash = native !== null ? native.row(side) : packed === null ? null : digest(table.dialect, packed, seed);
  const sql = [
    `select ${buckets.of(side)} as c0, count(*) as c1, ${hash === null ? 'null' : `sum(${hash})`} as c2`,
    `from ${table.from} as t`,
    whereOf(table, how.conditions),
    'group by 1',
  ].join('\n');
  const rows = await table.ask(sql, { hashing: true });
  return new Map(
    rows.map(([bucket, count, sum = null]) => [
      Number(bucket),
      { rows: BigInt(count ?? '0'), hash: sum === null ? null : provenSum(plainDecimal(sum)) },
    ]),
  );
}

/** Engines print a whole number of a wide type in different ways. */
function provenSum(sum: string): string | null {
  return sum.length >= UNHASHED.toString().length && BigInt(sum) >= UNHASHED ? null : sum;
}

export function whereOf(table: Comparison, conditions: readonly string[]): string {
  const all = [...(table.where === null ? [] : [table.where]), ...conditions];
  return all.length === 0 ? '' : `where ${all.join(' and ')}`;
}
