import pc from 'picocolors';
import type { Difference, DiffResult } from '../engine/contracts/diff.ts';
import { formatNumber } from './format-number.ts';
import { formatTable } from './format-table.ts';

interface Shown {
  readonly a: string;
  readonly b: string;
  readonly result: DiffResult;
  readonly shown: readonly Difference[];
  /** Whether the columns that differ are told even when there is one. */
  readonly stats: boolean;
}

/** A comparison as lines for a terminal: what differs, then how much. */
export function formatDiff({ a, b, result, shown, stats }: Shown): readonly string[] {
  const { same, changed, onlyA, onlyB, doubledA, doubledB, withoutKeyA, withoutKeyB, forgiven } = result;
  const number = (count: bigint): string => formatNumber(count.toString());
  const tally: readonly (readonly [string, bigint])[] = [
    ['same', same],
    ['changed', changed],
    [`only in ${a}`, onlyA],
    [`only in ${b}`, onlyB],
    [`keys that stand more than once in ${a}`, doubledA],
    [`keys that stand more than once in ${b}`, doubledB],
    [`rows without a key in ${a}`, withoutKeyA],
    [`rows without a key in ${b}`, withoutKeyB],
  ];
  const told = tally.filter(([, count], at) => at < 4 || count > 0n);
  const columns = Object.entries(result.byColumn).toSorted(([, left], [, right]) => Number(right - left));
  const all = changed + onlyA + onlyB + doubledA + doubledB;
  const left = all > BigInt(shown.length) && shown.length > 0;
  return [
    ...shown.flatMap(lines),
    ...(shown.length > 0 ? [''] : []),
    ...(left ? [`the first ${shown.length}; --limit shows more`, ''] : []),
    ...formatTable(told.map(([what, count]) => [what, number(count)])),
    ...(stats && columns.length > 0
      ? [
          '',
          'rows in which a column differs',
          ...formatTable(columns.map(([name, count]) => [`  ${name}`, number(count)])),
        ]
      : []),
    ...(forgiven > 0n ? ['', `${number(forgiven)} of the same differ within the tolerance`] : []),
    ...result.notes.map((note) => pc.dim(note)),
    ...(result.sample === null ? [] : [pc.yellow(result.sample)]),
    verdict({ a, b, result }),
  ];
}

function verdict({ a, b, result }: Pick<Shown, 'a' | 'b' | 'result'>): string {
  const what = `${a} and ${b}, by ${result.key.join(', ')}, ${result.columns.length} columns`;
  if (!result.isSame) return pc.red(`DIFFERENT: ${what}`);
  if (result.rowsA === 0n) return pc.yellow(`both are empty: ${what}`);
  return pc.green(`SAME${result.sample === null ? '' : ' as far as was looked'}: ${what}`);
}

function lines({ kind, key, columns, a, b, rowsA, rowsB }: Difference): readonly string[] {
  const id = Object.entries(key)
    .map(([name, value]) => `${name}=${shownValue(value)}`)
    .join(' ');
  const rest = (row: Difference['a']): string =>
    Object.entries(row ?? {})
      .filter(([name]) => !Object.hasOwn(key, name))
      .map(([name, value]) => `${name}=${shownValue(value)}`)
      .join(' ');
  switch (kind) {
    case 'only_a':
      return [pc.red(`- ${id} ${rest(a)}`.trimEnd())];
    case 'only_b':
      return [pc.green(`+ ${id} ${rest(b)}`.trimEnd())];
    case 'doubled':
      return [pc.yellow(`= ${id} stands in ${rowsA} rows of A and ${rowsB} of B`)];
    case 'changed':
      return [`~ ${id}`, ...columns.map((name) => `    ${name}: ${shownValue(a?.[name])} -> ${shownValue(b?.[name])}`)];
    default:
      return kind satisfies never;
  }
}

/** On one line, a text told from null; what would move the cursor is written out. */
function shownValue(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  return /^[\w.:+/-]+$/.test(value) && value !== 'null' ? value : JSON.stringify(value);
}
