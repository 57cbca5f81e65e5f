import { literal } from '../sql-text.ts';

/** How a kind that judges groups of rows names and forms them: by the columns it was given, or all rows as one group under the relation's name. */
export function groupsOf(
  columns: readonly string[],
  label: string,
  expression: (written: string) => string,
): { readonly subject: string; readonly columns: readonly string[]; readonly groupBy: string } {
  const grouped = columns.map(expression);
  return {
    subject: grouped.length === 0 ? literal(label) : `concat_ws('/', ${grouped.join(', ')})`,
    columns: grouped,
    groupBy: grouped.length === 0 ? '' : `\ngroup by ${grouped.join(', ')}`,
  };
}
