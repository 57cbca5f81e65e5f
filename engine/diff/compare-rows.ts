import type { ComparedRow, Comparison } from '../connectors/comparison.ts';
import type { Difference } from '../contracts/diff.ts';
import { KEYLESS } from './buckets.ts';
import type { Buckets } from './buckets.ts';
import { whereOf } from './hash-buckets.ts';
import type { ColumnPair } from './pair-columns.ts';
import { isWithin, plainDecimal } from './plain-decimal.ts';
import { plainValue } from './plain-value.ts';

/** What the rows of some buckets showed. */
export interface RowCounts {
  same: bigint;
  changed: bigint;
  onlyA: bigint;
  onlyB: bigint;
  doubledA: bigint;
  doubledB: bigint;
  forgiven: bigint;
  /** Of both sides. */
  fetched: bigint;
  readonly byColumn: Map<string, bigint>;
}

export interface RowsHow {
  readonly buckets: Buckets;
  readonly wanted: readonly number[];
  readonly columns: { readonly key: readonly ColumnPair[]; readonly all: readonly ColumnPair[] };
  readonly conditions: { readonly a: readonly string[]; readonly b: readonly string[] };
  readonly onDifference: (difference: Difference) => void;
}

/**
 * Fetches the rows of some buckets from both sides, bucket by bucket in order, and compares them value by value. Only one bucket of
 * each side is held in memory at a time.
 */
export async function compareRows(
  tables: { readonly a: Comparison; readonly b: Comparison },
  how: RowsHow,
  counts: RowCounts,
): Promise<void> {
  const wanted = new Set(how.wanted);
  const [a, b] = [fetchBuckets(tables.a, 'a', how, wanted), fetchBuckets(tables.b, 'b', how, wanted)];
  try {
    let [left, right] = await Promise.all([a.next(), b.next()]);
    while (left.done !== true || right.done !== true) {
      const [inA, inB] = [left.value, right.value];
      const bucket = Math.min(inA?.bucket ?? Infinity, inB?.bucket ?? Infinity);
      const isA = inA?.bucket === bucket;
      const isB = inB?.bucket === bucket;
      counts.fetched += BigInt((isA ? inA.rows.length : 0) + (isB ? inB.rows.length : 0));
      compareBucket(isA ? inA.rows : [], isB ? inB.rows : [], how, counts);
      [left, right] = await Promise.all([isA ? a.next() : left, isB ? b.next() : right]);
    }
  } finally {
    await Promise.all([a.return(undefined), b.return(undefined)]);
  }
}

interface FetchedBucket {
  readonly bucket: number;
  readonly rows: readonly ComparedRow[];
}

async function* fetchBuckets(
  table: Comparison,
  side: 'a' | 'b',
  { buckets, wanted, columns, conditions }: RowsHow,
  isWanted: ReadonlySet<number>,
): AsyncGenerator<FetchedBucket, undefined> {
  const among = buckets.among(side, wanted);
  const names = columns.all.map((pair, at) => `${pair[side].read} as c${at + 1}`);
  const sql = [
    `select ${[`${asSent(table, buckets.of(side))} as c0`, ...names].join(', ')}`,
    `from ${table.from} as t`,
    whereOf(table, [...(among === null ? [] : [among]), ...conditions[side]]),
    `order by ${buckets.of(side)}`,
  ].join('\n');
  let bucket: number | undefined;
  let rows: ComparedRow[] = [];
  for await (const batch of table.stream(
    sql,
    columns.all.map((pair) => pair[side]),
  )) {
    for (const row of batch) {
      const next = Number(row[0]);
      if (next !== bucket) {
        if (bucket !== undefined && rows.length > 0) yield { bucket, rows };
        [bucket, rows] = [next, []];
      }
      // A condition may find more than it was asked for: those rows are equal, or have no key.
      if (isWanted.has(next) && next !== KEYLESS) rows.push(row);
    }
  }
  if (bucket !== undefined && rows.length > 0) yield { bucket, rows };
}

/** Rows come from Postgres in its binary form, in which only a text reads as it prints. */
function asSent({ dialect }: Comparison, bucket: string): string {
  return dialect === 'postgres' ? `(${bucket})::text` : bucket;
}

interface Group {
  readonly a: ComparedRow[];
  readonly b: ComparedRow[];
}

function compareBucket(
  rowsA: readonly ComparedRow[],
  rowsB: readonly ComparedRow[],
  { columns, onDifference }: RowsHow,
  counts: RowCounts,
): void {
  const places = columns.key.map((pair) => columns.all.indexOf(pair));
  const groups = new Map<string, Group>();
  const add = (rows: readonly ComparedRow[], side: 'a' | 'b'): void => {
    for (const row of rows) {
      const id = keyId(row, places, columns.key, side);
      let group = groups.get(id);
      if (group === undefined) groups.set(id, (group = { a: [], b: [] }));
      group[side].push(row);
    }
  };
  add(rowsA, 'a');
  add(rowsB, 'b');
  const different: Difference[] = [];
  const record = (row: ComparedRow | undefined): Difference['a'] =>
    row === undefined ? null : Object.fromEntries(columns.all.map(({ name }, at) => [name, row[at + 1] ?? null]));
  for (const { a, b } of groups.values()) {
    const shown = a[0] ?? b[0] ?? [];
    const key = Object.fromEntries(columns.key.map(({ name }, at) => [name, shown[(places[at] ?? 0) + 1] ?? null]));
    const found = { key, rowsA: a.length, rowsB: b.length };
    if (a.length > 1 || b.length > 1) {
      if (a.length > 1) counts.doubledA += 1n;
      if (b.length > 1) counts.doubledB += 1n;
      different.push({ kind: 'doubled', columns: [], a: record(a[0]), b: record(b[0]), ...found });
    } else if (a.length === 0) {
      counts.onlyB += 1n;
      different.push({ kind: 'only_b', columns: [], a: null, b: record(b[0]), ...found });
    } else if (b.length === 0) {
      counts.onlyA += 1n;
      different.push({ kind: 'only_a', columns: [], a: record(a[0]), b: null, ...found });
    } else {
      const names = differingColumns(a[0] ?? [], b[0] ?? [], columns.all, counts);
      if (names.length === 0) counts.same += 1n;
      else {
        counts.changed += 1n;
        different.push({ kind: 'changed', columns: names, a: record(a[0]), b: record(b[0]), ...found });
      }
    }
  }
  for (const difference of different.toSorted(byKey(columns.key))) onDifference(difference);
}

/** Each part with its length, so that ('a-', 'b') is another key than ('a', '-b'). */
function keyId(row: ComparedRow, places: readonly number[], key: readonly ColumnPair[], side: 'a' | 'b'): string {
  let id = '';
  for (const [at, pair] of key.entries()) {
    const text = row[(places[at] ?? 0) + 1] ?? '';
    const plain = plainValue(text, pair.as, pair[side]);
    id += `${plain.length}:${plain}`;
  }
  return id;
}

function differingColumns(
  a: ComparedRow,
  b: ComparedRow,
  all: readonly ColumnPair[],
  counts: RowCounts,
): readonly string[] {
  const names: string[] = [];
  let isForgiven = false;
  for (const [at, pair] of all.entries()) {
    const [left, right] = [a[at + 1] ?? null, b[at + 1] ?? null];
    const verdict = compareValues(left, right, pair);
    if (verdict === 'differ') names.push(pair.name);
    if (verdict === 'within') isForgiven = true;
  }
  for (const name of names) counts.byColumn.set(name, (counts.byColumn.get(name) ?? 0n) + 1n);
  if (names.length === 0 && isForgiven) counts.forgiven += 1n;
  return names;
}

function compareValues(left: string | null, right: string | null, pair: ColumnPair): 'same' | 'within' | 'differ' {
  if (left === null || right === null) return left === right ? 'same' : 'differ';
  const [a, b] = [plainValue(left, pair.as, pair.a), plainValue(right, pair.as, pair.b)];
  if (a === b) return 'same';
  return pair.tolerance !== null && isWithin(a, b, pair.tolerance) ? 'within' : 'differ';
}

/** Whole numbers by their size, all else by its characters. */
function byKey(key: readonly ColumnPair[]): (a: Difference, b: Difference) => number {
  return (a, b) => {
    for (const { name, as } of key) {
      const [left, right] = [a.key[name] ?? '', b.key[name] ?? ''];
      if (left === right) continue;
      const [short, long] = [plainDecimal(left), plainDecimal(right)];
      if (as === 'number' && /^\d+$/.test(short) && /^\d+$/.test(long) && short.length !== long.length)
        return short.length - long.length;
      return left < right ? -1 : 1;
    }
    return 0;
  };
}
