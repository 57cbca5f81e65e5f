import type { Manifest, TieOutLine } from '../contracts/pull.ts';
import { hashRelation } from '../evidence/hash-relation.ts';
import { sameNumber } from '../evidence/same-number.ts';
import { identifier } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** Reads landed rows back and sets their count, totals and content hash beside the source's. */
export async function tieOut(
  beside: string,
  manifest: Manifest,
  session: Session,
): Promise<{ readonly tied: boolean; readonly lines: readonly TieOutLine[]; readonly landedRows: bigint }> {
  const totals = manifest.sourceTotals.map(
    ({ column }, at) => `sum(${identifier(column)}::numeric)::text as total_${at}`,
  );
  const [counted] = await session.query(
    `select ${['count(*)::text as row_count', ...totals].join(', ')} from ${beside}`,
  );
  const columns = manifest.columns.map(({ name }) => identifier(name)).join(', ');
  const reread = await hashRelation(session, `select ${columns} from ${beside}`);

  const landedRows = counted?.['row_count'] ?? '0';
  const same = (
    figure: string,
    source: string | null,
    landed: string | null,
    agrees = source === landed,
  ): TieOutLine => ({
    figure,
    source,
    landed,
    agrees,
  });
  const lines = [
    same('rows', manifest.sourceRows, landedRows),
    same('rows streamed', manifest.sourceRows, manifest.streamedRows),
    same('rows copied', manifest.streamedRows, manifest.copiedRows),
    same('rows read back', manifest.streamedRows, reread.rows.toString()),
    ...manifest.sourceTotals.map(({ column, sum }, at) => {
      const landed = counted?.[`total_${at}`] ?? null;
      return same(`total of ${column}`, sum, landed, sameNumber(sum, landed));
    }),
    same('content hash', manifest.contentHash, reread.hash),
  ];
  return { tied: lines.every(({ agrees }) => agrees), lines, landedRows: BigInt(landedRows) };
}
