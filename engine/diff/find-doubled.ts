import type { Comparison } from '../connectors/comparison.ts';
import type { Difference } from '../contracts/diff.ts';
import { KEYLESS } from './buckets.ts';
import type { Buckets } from './buckets.ts';
import { whereOf } from './hash-buckets.ts';
import type { ColumnPair } from './pair-columns.ts';
import { portableText } from './portable-sql.ts';

/** Whether a side's database itself keeps the key from standing twice. */
export function isKeptUnique(table: Comparison, key: readonly ColumnPair[], side: 'a' | 'b'): boolean {
  const names = new Set(key.map((pair) => pair[side].name));
  return table.uniqueKeys.some((columns) => columns.length > 0 && columns.every((name) => names.has(name)));
}

/**
 * Keys that stand in more than one row of buckets that are equal on both sides: one side is asked, because the other has the same
 * rows. Buckets that differ are left to the comparison of their rows.
 */
export async function findDoubled(
  table: Comparison,
  side: 'a' | 'b',
  how: {
    readonly buckets: Buckets;
    readonly key: readonly ColumnPair[];
    readonly differing: ReadonlySet<number>;
    readonly conditions: readonly string[];
    readonly onDifference: (difference: Difference) => void;
  },
): Promise<{ readonly keys: bigint; readonly rows: bigint }> {
  const { buckets, key, differing } = how;
  const groups = key.map((pair) => groupedBy(table, pair, side));
  const names = key.map((_, at) => `min(${shown(table, groups[at] ?? '')}) as c${at + 2}`);
  const bucket = `min(${buckets.of(side)})`;
  const asText = (sql: string): string => (table.dialect === 'postgres' ? `(${sql})::text` : sql);
  const sql = [
    `select ${[`${asText(bucket)} as c0`, `${asText('count(*)')} as c1`, ...names].join(', ')}`,
    `from ${table.from} as t`,
    whereOf(table, how.conditions),
    `group by ${groups.join(', ')}`,
    'having count(*) > 1',
  ].join('\n');
  let [keys, rows] = [0n, 0n];
  for (const [at, count, ...values] of await table.ask(sql)) {
    if (differing.has(Number(at)) || Number(at) === KEYLESS) continue;
    keys += 1n;
    rows += BigInt(count ?? '0');
    how.onDifference({
      kind: 'doubled',
      key: Object.fromEntries(key.map(({ name }, index) => [name, values[index] ?? null])),
      columns: [],
      a: null,
      b: null,
      rowsA: Number(count),
      rowsB: Number(count),
    });
  }
  return { keys, rows };
}

/** By bytes, whatever the column's collation takes for equal. */
function groupedBy(table: Comparison, pair: ColumnPair, side: 'a' | 'b'): string {
  const column = pair[side];
  if (column.kind === 'integer' || column.kind === 'date') return column.quoted;
  const text = portableText(table.dialect, column, pair) ?? column.read;
  return { postgres: `${text} collate "C"`, mysql: `cast(${text} as binary)`, bigquery: text }[table.dialect];
}

function shown({ dialect }: Comparison, group: string): string {
  return dialect === 'mysql' ? `convert(${group} using utf8mb4)` : group;
}
