import type { ControlTotal } from '../contracts/pull.ts';
import { identifier } from '../sql-text.ts';
import type { Session } from './warehouse.ts';

/** Count and sums of some rows. `from` names the relation `h`; both texts are the engine's own SQL. */
export async function sumsOf(
  session: Session,
  input: { readonly from: string; readonly where: string; readonly columns: readonly string[] },
): Promise<{ readonly rows: bigint; readonly totals: readonly ControlTotal[] }> {
  const sums = input.columns.map((column, at) => `sum(h.${identifier(column)}::numeric)::text as total_${at}`);
  const [row] = await session.query(
    `select ${['count(*)::text as row_count', ...sums].join(', ')} from ${input.from} where ${input.where}`,
  );
  return {
    rows: BigInt(row?.['row_count'] ?? '0'),
    totals: input.columns.map((column, at) => ({ column, sum: row?.[`total_${at}`] ?? null })),
  };
}
