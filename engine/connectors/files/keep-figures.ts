import { EngineError } from '../../errors.ts';
import type { Place } from '../../errors.ts';
import type { DeclaredSource } from '../../contracts/project.ts';
import type { ControlTotal, LandedColumn, PullWindow } from '../../contracts/pull.ts';
import { compareKeys, cursorKeys } from '../cursor-value.ts';
import type { CursorKey } from '../cursor-value.ts';
import { sumDecimals } from '../sum-decimals.ts';

/** The texts of a row that its figures are made of: those of the columns in `needs`, as the warehouse reads them. */
export type NeededTexts = readonly (string | null)[];

/** Counts and adds up the rows of a file, and tells which of them belong to the window. */
export interface FigureKeeper {
  /** Indexes of landed columns: the cursor first when there is a window, then the control totals. */
  readonly needs: readonly number[];
  /** Whether the row belongs to the window; it is counted either way. */
  readonly admit: (texts: NeededTexts, at: Place) => boolean;
  /** Adds an admitted row's totals, once it is known not to be rejected. */
  readonly keep: (texts: NeededTexts, at: Place) => void;
  readonly figures: (counted: bigint) => KeptFigures;
}

export interface KeptFigures {
  readonly rows: bigint;
  readonly totals: readonly ControlTotal[];
  readonly whole: { readonly rows: bigint; readonly totals: readonly ControlTotal[] } | null;
  readonly cursor: { readonly upper: string | null; readonly nullRows: bigint } | null;
}

export function keepFigures(input: {
  readonly table: DeclaredSource;
  readonly columns: readonly LandedColumn[];
  readonly window: PullWindow | null;
  /** The largest value less the lag, when there is a lag; found in a pass of its own. */
  readonly upper: string | null;
}): FigureKeeper {
  const { table, columns, window } = input;
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  const summed = table.control_totals.map((column) => summedColumn(column, columns, table));
  const cursor = window === null ? null : cursorWindow(window, columns, input.upper, table);
  const inWindow = summed.map(() => sumDecimals());
  const inWhole = window === null ? inWindow : summed.map(() => sumDecimals());
  const firstSum = window === null ? 0 : 1;
  let outside = 0n;
  let above = 0n;

  const add = (sums: typeof inWindow, texts: NeededTexts, place: Place): void => {
    for (let index = 0; index < sums.length; index += 1) {
      const text = texts[firstSum + index] ?? null;
      if (text === null || sums[index]?.add(text) !== false) continue;
      const { column } = summed[index] as { column: string };
      throw new EngineError('EXTRACT_NOT_A_NUMBER', `column ${column} does not hold a plain decimal number`, {
        place,
      });
    }
  };
  const totals = (sums: typeof inWindow): ControlTotal[] =>
    summed.map(({ column }, index) => ({ column, sum: sums[index]?.total() ?? null }));

  return {
    needs: [...(window === null ? [] : [at(window.column)]), ...table.control_totals.map(at)],
    admit: (texts, place) => {
      if (cursor === null) return true;
      const side = cursor.judge(texts[0] ?? null, place);
      if (side === 'above') above += 1n;
      else if (window?.toIncluded === true) add(inWhole, texts, place);
      if (side === 'in') return true;
      outside += 1n;
      return false;
    },
    keep: (texts, place) => add(inWindow, texts, place),
    figures: (counted) => ({
      rows: counted - outside,
      totals: totals(inWindow),
      whole: window?.toIncluded === true ? { rows: counted - above, totals: totals(inWhole) } : null,
      cursor: cursor === null ? null : { upper: cursor.upper(), nullRows: cursor.nullRows() },
    }),
  };
}

/** Numbers that are not exact have no exact sum. */
function summedColumn(column: string, columns: readonly LandedColumn[], table: DeclaredSource): { column: string } {
  const type = columns.find(({ name }) => name === column)?.type ?? 'text';
  if (!/^(text|smallint|integer|bigint|numeric)\b/.test(type)) {
    throw new EngineError('EXTRACT_NOT_A_NUMBER', `column ${column} is ${type}, which has no exact sum`, {
      place: { file: table.declaredIn, line: table.line },
    });
  }
  return { column };
}

type Side = 'below' | 'in' | 'above';

/** Values that are not finite are no bound and stand nowhere among the others: they are read like rows without a value. */
function cursorWindow(
  window: PullWindow,
  columns: readonly LandedColumn[],
  lagged: string | null,
  table: DeclaredSource,
) {
  const declared = { file: table.declaredIn, line: table.line };
  const type = columns.find(({ name }) => name === window.column)?.type;
  if (type === undefined) {
    throw new EngineError('EXTRACT_COLUMN_MISSING', `no column ${window.column} to take a window of`, {
      place: declared,
    });
  }
  const read = cursorKeys(type);
  const bound = (text: string | null): CursorKey | null => {
    if (text === null) return null;
    const key = read(text);
    if (key !== undefined && key.beyond === 0) return key;
    throw new EngineError('EXTRACT_CURSOR_REFUSED', `a bound of the window is not a finite value of type ${type}`, {
      place: declared,
    });
  };
  const from = bound(window.from);
  const to = bound(window.to ?? lagged);
  let largest: { readonly key: CursorKey; readonly text: string } | null = null;
  let nullRows = 0n;
  return {
    judge: (text: string | null, place: Place): Side => {
      const key = text === null ? null : read(text);
      if (key === undefined) {
        throw new EngineError('EXTRACT_CURSOR_REFUSED', `column ${window.column} holds what is no ${type}`, { place });
      }
      if (key === null || key.beyond !== 0) {
        if (!window.toIncluded) return key === null || key.beyond === 1 ? 'above' : 'below';
        nullRows += 1n;
        return 'in';
      }
      if (largest === null || compareKeys(key, largest.key) > 0) largest = { key, text: text as string };
      if (to !== null) {
        const order = compareKeys(key, to);
        if (order > 0 || (order === 0 && !window.toIncluded)) return 'above';
      }
      return from !== null && compareKeys(key, from) < 0 ? 'below' : 'in';
    },
    upper: (): string | null => window.to ?? lagged ?? largest?.text ?? null,
    nullRows: () => nullRows,
  };
}
