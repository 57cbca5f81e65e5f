import type { CheckPlan } from '../check-kinds/check-kind.ts';
import { literal } from '../sql-text.ts';
import { shownKey } from './masked-columns.ts';

/** How to read the rows of a query with any columns: SQL over `fields`, the row as JSON, and `as_text`. */
export type RawRows = NonNullable<CheckPlan['raw']> & {
  /** Without a column that may not be shown. */
  readonly shows?: { readonly amount: boolean; readonly occurredAt: boolean };
};

/** What to call the rows of a query with any columns: by a key, where they have it whole and it may be shown, else by a hash of the row. */
export function rawRows(key: readonly string[], masked: ReadonlySet<string>, reason: string): RawRows {
  const hashed = `'row ' || md5(as_text)`;
  const shown = shownKey(key, masked);
  const parts = shown.map((column) => `fields ->> ${literal(column)}`).join(', ');
  return {
    subject:
      shown.length === 0
        ? hashed
        : `case when num_nulls(${parts}) = 0 then concat_ws('/', ${parts}) else ${hashed} end`,
    reason: literal(reason),
    shows: { amount: !masked.has('amount'), occurredAt: !masked.has('occurred_at') },
  };
}
