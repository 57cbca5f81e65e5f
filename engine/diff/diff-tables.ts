import { openComparisons } from '../connectors/open-comparisons.ts';
import type { ComparedTable, Comparison } from '../connectors/comparison.ts';
import type { DiffOptions, DiffResult, DiffSide, Difference, NamedConnection } from '../contracts/diff.ts';
import { EngineError } from '../errors.ts';
import { bucketCount, byHash, inBuckets, KEYLESS, planBuckets } from './buckets.ts';
import type { Buckets } from './buckets.ts';
import { compareRows } from './compare-rows.ts';
import type { RowCounts } from './compare-rows.ts';
import { findDoubled, isKeptUnique } from './find-doubled.ts';
import { hashBuckets } from './hash-buckets.ts';
import type { BucketSum } from './hash-buckets.ts';
import { nativeHash } from './native-hash.ts';
import { pairColumns } from './pair-columns.ts';
import { packedText } from './portable-sql.ts';
import { planSample } from './plan-sample.ts';
import { stagePulled } from './stage-pulled.ts';

export interface DiffDeps {
  /** Of the warehouse; null where neither side needs it. */
  readonly warehouseUrl: string | null;
  /** The project's folder: paths of connections start here. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** Told of each difference, bucket by bucket. */
  readonly onDifference: (difference: Difference) => void;
}

/** A bucket this many times larger than meant is parted again before it is fetched. */
const WIDE = 8;

/**
 * Compares two tables row by row, by their key. Each side is read in a read-only snapshot of its own database and hashed there in
 * buckets, both at the same time; only buckets whose hashes differ are fetched, and compared value by value.
 */
export async function diffTables(
  sides: { readonly a: DiffSide; readonly b: DiffSide },
  options: DiffOptions,
  deps: DiffDeps,
): Promise<DiffResult> {
  const { root, signal } = deps;
  const staged = await stagePulled(sides, deps);
  const comparisons = openComparisons({ root, signal, threads: options.threads });
  try {
    const open = (side: DiffSide): Promise<Comparison> => {
      const { connection, from } = locate(side, deps);
      return comparisons.open(connection, { called: side.called, from, where: side.where ?? null });
    };
    const opening = Promise.all([open(staged.a), open(staged.b)]);
    const [a, b] = await Promise.race([opening, comparisons.lost]);
    return await Promise.race([compare({ a, b }, { a: staged.a, b: staged.b }, options, deps), comparisons.lost]);
  } catch (error) {
    throw signal.aborted ? new EngineError('INTERRUPTED', 'the comparison was interrupted') : error;
  } finally {
    await comparisons.close();
    await staged.drop();
  }
}

async function compare(
  tables: { readonly a: Comparison; readonly b: Comparison },
  sides: { readonly a: DiffSide; readonly b: DiffSide },
  options: DiffOptions,
  deps: DiffDeps,
): Promise<DiffResult> {
  const { a, b } = tables;
  const columns = pairColumns({ side: sides.a, table: a }, { side: sides.b, table: b }, options);
  const native = nativeHash(a, b, columns, options.seed);
  const sample = planSample(tables, columns.key, options);
  const buckets = await planBuckets(tables, columns.key, { bucketRows: options.bucketRows, native });
  const hash = (side: 'a' | 'b', how: { of: typeof buckets; conditions: readonly string[] }) =>
    hashBuckets(tables[side], side, {
      buckets: how.of,
      columns,
      native,
      seed: options.seed,
      conditions: [...sample.conditions[side], ...how.conditions],
    });
  const [sumsA, sumsB] = await Promise.all([
    hash('a', { of: buckets, conditions: [] }),
    hash('b', { of: buckets, conditions: [] }),
  ]);

  const counts: RowCounts = {
    same: 0n,
    changed: 0n,
    onlyA: 0n,
    onlyB: 0n,
    doubledA: 0n,
    doubledB: 0n,
    forgiven: 0n,
    fetched: 0n,
    byColumn: new Map(),
  };
  const { equalRows, differing } = judge(sumsA, sumsB);
  counts.same += equalRows;
  const { onDifference } = deps;
  const lookForDoubled = async (of: Buckets, judged: Judged, conditions: readonly string[]): Promise<void> => {
    if (judged.equalRows === 0n || isUnique) return;
    const differing = new Set(judged.differing);
    const doubled = await findDoubled(a, 'a', { buckets: of, key: columns.key, differing, conditions, onDifference });
    counts.same -= doubled.rows;
    counts.doubledA += doubled.keys;
    counts.doubledB += doubled.keys;
  };
  const isUnique = isKeptUnique(a, columns.key, 'a') || isKeptUnique(b, columns.key, 'b');
  await lookForDoubled(buckets, { equalRows, differing }, sample.conditions.a);

  const mostRows = BigInt(options.bucketRows * WIDE);
  const isWide = (bucket: number): boolean => rowsOf(sumsA, bucket) > mostRows || rowsOf(sumsB, bucket) > mostRows;
  const wide = differing.filter(isWide);
  const narrow = differing.filter((bucket) => !isWide(bucket));
  if (narrow.length > 0)
    await compareRows(
      tables,
      { buckets, wanted: narrow, columns, conditions: sample.conditions, onDifference },
      counts,
    );
  if (wide.length > 0) {
    const only = (side: 'a' | 'b'): readonly string[] => [inBuckets(buckets.of(side), wide)];
    const rows = wide.reduce((sum, each) => sum + larger(rowsOf(sumsA, each), rowsOf(sumsB, each)), 0n);
    const parts = byHash(tables, columns.key, { count: bucketCount(Number(rows), options.bucketRows), native });
    const [partsA, partsB] = await Promise.all([
      hash('a', { of: parts, conditions: only('a') }),
      hash('b', { of: parts, conditions: only('b') }),
    ]);
    const again = judge(partsA, partsB);
    counts.same += again.equalRows;
    const conditions = {
      a: [...sample.conditions.a, ...only('a')],
      b: [...sample.conditions.b, ...only('b')],
    };
    await lookForDoubled(parts, again, conditions.a);
    await compareRows(tables, { buckets: parts, wanted: again.differing, columns, conditions, onDifference }, counts);
  }

  const [withoutKeyA, withoutKeyB] = [rowsOf(sumsA, KEYLESS), rowsOf(sumsB, KEYLESS)];
  const { same, changed, onlyA, onlyB, doubledA, doubledB, forgiven } = counts;
  const isProven =
    native !== null || (packedText(a, columns.all, 'a') !== null && packedText(b, columns.all, 'b') !== null);
  const unproven = isProven
    ? []
    : ['every row was fetched: a column has values that the two databases print in different ways'];
  return {
    rowsA: total(sumsA),
    rowsB: total(sumsB),
    same,
    changed,
    onlyA,
    onlyB,
    doubledA,
    doubledB,
    withoutKeyA,
    withoutKeyB,
    byColumn: Object.fromEntries(counts.byColumn),
    forgiven,
    fetched: counts.fetched,
    key: columns.key.map(({ name }) => name),
    columns: columns.all.map(({ name }) => name),
    notes: [...columns.notes, ...unproven],
    sample: sample.words,
    method: native === null ? 'md5' : 'hash',
    isSame: [changed, onlyA, onlyB, doubledA, doubledB, withoutKeyA, withoutKeyB].every((count) => count === 0n),
  };
}

interface Judged {
  /** Of a side. */
  readonly equalRows: bigint;
  readonly differing: readonly number[];
}

/** Buckets with the same number of rows and the same hash hold the same rows. */
function judge(a: ReadonlyMap<number, BucketSum>, b: ReadonlyMap<number, BucketSum>): Judged {
  let equalRows = 0n;
  const differing: number[] = [];
  for (const bucket of new Set([...a.keys(), ...b.keys()])) {
    if (bucket === KEYLESS) continue;
    const [left, right] = [a.get(bucket), b.get(bucket)];
    const isEqual = left !== undefined && left.hash !== null && left.hash === right?.hash && left.rows === right.rows;
    if (isEqual) equalRows += left.rows;
    else differing.push(bucket);
  }
  return { equalRows, differing: differing.toSorted((first, second) => first - second) };
}

function rowsOf(sums: ReadonlyMap<number, BucketSum>, bucket: number): bigint {
  return sums.get(bucket)?.rows ?? 0n;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function total(sums: ReadonlyMap<number, BucketSum>): bigint {
  return [...sums.values()].reduce((sum, { rows }) => sum + rows, 0n);
}

const WAREHOUSE_SECONDS = 3_600;

function locate(
  { at, called }: DiffSide,
  { warehouseUrl }: DiffDeps,
): { readonly connection: NamedConnection; readonly from: ComparedTable['from'] } {
  if (at.kind === 'pulled') throw new TypeError(`${called} was not put into the warehouse`);
  if (at.kind === 'table') return { connection: at.connection, from: { schema: at.schema, table: at.table } };
  if (warehouseUrl === null) throw new TypeError(`${called} lies in the warehouse, and none was opened`);
  const limits = { rows: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER, seconds: WAREHOUSE_SECONDS };
  const config = { type: 'postgres', url: warehouseUrl, parallel: 2, limits } as const;
  return {
    connection: { name: 'warehouse', config },
    from: at.kind === 'warehouse' ? { schema: at.schema, table: at.table } : { sql: at.sql },
  };
}
