import type { CheckPlan } from '../check-kinds/check-kind.ts';
import { literal } from '../sql-text.ts';

/** What to call the rows of a query with any columns: by a key, where they have it whole, else by a hash of the row. SQL over `fields`, the row as JSON, and `as_text`. */
export function rawRows(key: readonly string[], reason: string): NonNullable<CheckPlan['raw']> {
  const hashed = `'row ' || md5(as_text)`;
  const parts = key.map((column) => `fields ->> ${literal(column)}`).join(', ');
  return {
    subject:
      key.length === 0 ? hashed : `case when num_nulls(${parts}) = 0 then concat_ws('/', ${parts}) else ${hashed} end`,
    reason: literal(reason),
  };
}
