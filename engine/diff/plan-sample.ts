import type { Comparison } from '../connectors/comparison.ts';
import type { DiffOptions } from '../contracts/diff.ts';
import type { ColumnPair } from './pair-columns.ts';
import { digest, packedText, remainder } from './portable-sql.ts';

/** A share is told in millionths. */
const WHOLE = 1_000_000;

/** Conditions that choose the same keys on both sides, by a hash of the key; and in words what was not compared. */
export function planSample(
  tables: { readonly a: Comparison; readonly b: Comparison },
  key: readonly ColumnPair[],
  { sample, sampleSeed }: Pick<DiffOptions, 'sample' | 'sampleSeed'>,
): {
  readonly conditions: { readonly a: readonly string[]; readonly b: readonly string[] };
  readonly words: string | null;
} {
  if (sample === null) return { conditions: { a: [], b: [] }, words: null };
  const rows = Math.max(tables.a.rows, tables.b.rows, 1);
  const share = 'percent' in sample ? Number(sample.percent) / 100 : sample.rows / rows;
  const millionths = Math.min(Math.max(Math.round(share * WHOLE), 1), WHOLE);
  const condition = (side: 'a' | 'b'): string => {
    const packed = packedText(tables[side], key, side) ?? "''";
    const { dialect } = tables[side];
    return `${remainder(dialect, digest(dialect, packed, sampleSeed), WHOLE)} < ${millionths}`;
  };
  const asked = 'percent' in sample ? `${sample.percent} % of the keys` : `about ${sample.rows} keys`;
  return {
    conditions: { a: [condition('a')], b: [condition('b')] },
    words: `NOT a full comparison: a sample of ${asked}, chosen by a hash of the key with seed ${sampleSeed}`,
  };
}
