const SHOWN = 20;

/** Rows as Postgres prints their values; null is a null. */
export type PrintedRow = readonly (string | null)[];

/** What a unit test expected and got, without the rows that both have. */
export interface RowDifference {
  readonly columns: readonly string[];
  readonly expected: readonly PrintedRow[];
  readonly actual: readonly PrintedRow[];
  /** Rows on both sides. */
  readonly agreeing: bigint;
  /** All of them, also those that are not in the lists. */
  readonly expectedCount: bigint;
  readonly actualCount: bigint;
}

/**
 * The difference as lines that people read, in the signs that dbt's users know: `→` a row with other values, as expected→actual,
 * `+++` a row that was not expected, `---` one that is missing.
 */
export function formatDifference(difference: RowDifference): string {
  const { columns } = difference;
  const { pairs, missing, surplus } = pairRows(difference);
  const lines = [
    ...pairs.map(([expected, actual]) => [
      '→',
      ...columns.map((_, at) => {
        const [before, after] = [printed(expected[at]), printed(actual[at])];
        return expected[at] === actual[at] ? before : `${before}→${after}`;
      }),
    ]),
    ...surplus.map((row) => ['+++', ...row.map(printed)]),
    ...missing.map((row) => ['---', ...row.map(printed)]),
  ];
  const shown = lines.slice(0, SHOWN);
  const table = [['@@', ...columns], ...shown];
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => (row[at] ?? '').length))) ?? [];
  const differing = difference.expectedCount + difference.actualCount - BigInt(pairs.length);
  const left = differing - BigInt(shown.length);
  return [
    'actual differs from expected:',
    '',
    ...table.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join(' | ')
        .trimEnd(),
    ),
    ...(left > 0n ? [`... and ${left} more`] : []),
    ...(difference.agreeing > 0n
      ? [`${difference.agreeing} ${difference.agreeing === 1n ? 'row is' : 'rows are'} as expected`]
      : []),
  ].join('\n');
}

interface Paired {
  readonly pairs: readonly (readonly [expected: PrintedRow, actual: PrintedRow])[];
  readonly missing: readonly PrintedRow[];
  readonly surplus: readonly PrintedRow[];
}

/** An expected row goes with the actual one that shares most values with it, if that is half of them; nulls are none. */
function pairRows({ columns, expected, actual }: RowDifference): Paired {
  const free = new Set(actual);
  const pairs: [PrintedRow, PrintedRow][] = [];
  const missing: PrintedRow[] = [];
  for (const row of expected) {
    const candidates = [...free].map((other) => ({ other, shared: sharedValues(row, other) }));
    const best = candidates.reduce<(typeof candidates)[number] | undefined>(
      (most, each) => (each.shared * 2 >= columns.length && each.shared > (most?.shared ?? 0) ? each : most),
      undefined,
    );
    if (best === undefined) {
      missing.push(row);
      continue;
    }
    free.delete(best.other);
    pairs.push([row, best.other]);
  }
  return { pairs, missing, surplus: [...free] };
}

function sharedValues(row: PrintedRow, other: PrintedRow): number {
  return row.filter((value, at) => value !== null && value === other[at]).length;
}

function printed(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  // Line ends would break the table; a text that reads null, or nothing, is told from none.
  return /[\n\r\t]/.test(value) || value === '' || value === 'null' ? JSON.stringify(value) : value;
}
