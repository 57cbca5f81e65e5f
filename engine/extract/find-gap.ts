import type { LandedState, Manifest } from '../contracts/pull.ts';
import { sumsOf } from '../warehouse/sums-of.ts';
import { addNumbers, subtractNumbers } from '../evidence/add-numbers.ts';
import { sameNumber } from '../evidence/same-number.ts';
import { relation } from '../sql-text.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import { scopeCondition } from '../warehouse/pull-scope.ts';
import type { Session } from '../warehouse/warehouse.ts';

/**
 * Whether the window that landed, put in place, would leave the table as the source says that it is: by the source's count and
 * control totals of all rows in the same snapshot. If not, rows below the window were added, deleted or changed since; then only
 * reading every row can tell which. Gives the reason in words, or null when nothing is missing.
 */
export async function findGap(
  input: { readonly manifest: Manifest; readonly besideTable: string; readonly state: LandedState },
  session: Session,
): Promise<string | null> {
  const { manifest, state } = input;
  if (manifest.mode !== 'incremental' || (manifest.window?.from ?? null) === null || manifest.whole === null)
    return null;
  const { schema, history } = landedTable(manifest.source, manifest.table);
  const beside = relation(schema, input.besideTable);
  const columns = manifest.sourceTotals.map(({ column }) => column);
  const scoped = { window: manifest.window, write: manifest.write, key: manifest.key, columns: manifest.columns };
  const replaced = await sumsOf(session, {
    from: `${history} as h`,
    where: `h._to_run is null and ${scopeCondition(scoped, beside)}`,
    columns,
  });
  const rows = BigInt(state.rows) - replaced.rows + BigInt(manifest.streamedRows);
  if (rows.toString() !== manifest.whole.rows) {
    return `the source has ${manifest.whole.rows} rows, the table would have ${rows}`;
  }
  const landed = await sumsOf(session, { from: `${beside} as h`, where: 'true', columns });
  for (const [at, { column, sum }] of manifest.whole.totals.entries()) {
    const before = state.totals.find((total) => total.column === column)?.sum ?? null;
    const kept = subtractNumbers(before, replaced.totals[at]?.sum ?? null);
    const after = addNumbers(kept, landed.totals[at]?.sum ?? null);
    if (!sameNumber(after ?? '0', sum ?? '0')) return `the source's total of ${column} is not the table's`;
  }
  return null;
}
