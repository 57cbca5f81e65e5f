import type { PullWindow } from '../../contracts/pull.ts';
import type { DeclaredSource } from '../../contracts/project.ts';
import { EngineError } from '../../errors.ts';
import { compareKeys, cursorKeys, isCursorType, subtractFromCursor } from '../cursor-value.ts';
import type { CursorKey } from '../cursor-value.ts';
import type { JsonRecord } from '../json/parse-records.ts';
import { recordReader } from '../json/record-columns.ts';

/** Where a record stands: in the window, without a value and so in it, outside but below the upper bound, or above it. */
export type WindowPlace = 'inside' | 'null' | 'below' | 'above';

export interface RecordWindow {
  /** Told every record before the first is placed: the upper bound may be made of the largest value. */
  readonly look: (record: JsonRecord) => void;
  /** Fixes the upper bound. */
  readonly bound: () => { readonly upper: string | null; readonly place: (record: JsonRecord) => WindowPlace };
}

/** Places records by a window over one of their members, whose values are compared as the type that it lands as. */
export function recordWindow(window: PullWindow, table: DeclaredSource): RecordWindow {
  const { column, from, to, toIncluded, lag } = window;
  const { read, type } = recordReader(table, column);
  const refuse = (what: string): never => {
    throw new EngineError('EXTRACT_CURSOR_REFUSED', `cursor of ${table.name}: ${what}`, {
      place: { file: table.declaredIn, line: table.line },
    });
  };
  if (!isCursorType(type)) refuse(`column ${column} lands as ${type}, whose values have no fixed order`);
  const keyOf = cursorKeys(type);
  const boundOf = (text: string): CursorKey => {
    const key = keyOf(text);
    return key?.beyond === 0 ? key : refuse(`a bound is not a finite value of type ${type}`);
  };
  /** Infinity has no value above it, so no later pull could begin there: such a value counts as none. */
  const finite = (record: JsonRecord): { readonly text: string; readonly key: CursorKey } | undefined => {
    const text = read(record);
    const key = text === undefined ? undefined : keyOf(text);
    return text === undefined || key === undefined || key.beyond !== 0 ? undefined : { text, key };
  };
  let largest: { readonly text: string; readonly key: CursorKey } | undefined;
  return {
    look: (record) => {
      if (to !== null) return;
      const value = finite(record);
      if (value && (!largest || compareKeys(value.key, largest.key) > 0)) largest = value;
    },
    bound: () => {
      const top = largest && (lag === null ? largest.text : subtractFromCursor(type, largest.text, lag));
      const upper = to ?? top ?? null;
      const upperKey = upper === null ? undefined : boundOf(upper);
      const fromKey = from === null ? undefined : boundOf(from);
      return {
        upper,
        place: (record) => {
          const value = finite(record);
          if (!value) return toIncluded ? 'null' : 'above';
          const toUpper = upperKey === undefined ? -1 : compareKeys(value.key, upperKey);
          if (toUpper > 0 || (toUpper === 0 && !toIncluded)) return 'above';
          return fromKey !== undefined && compareKeys(value.key, fromKey) < 0 ? 'below' : 'inside';
        },
      };
    },
  };
}
