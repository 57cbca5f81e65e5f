import type { Manifest, TieOutLine } from '../contracts/pull.ts';
import { contentHash } from '../evidence/content-hash.ts';
import { copyRows } from '../evidence/copy-rows.ts';
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
  const reread = await rereadRows(`select ${columns}, encode(_row_hash, 'hex') from ${beside}`, session);

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
    same('rows with their own hash', manifest.streamedRows, reread.ownHash.toString()),
    ...manifest.sourceTotals.map(({ column, sum }, at) => {
      const landed = counted?.[`total_${at}`] ?? null;
      return same(`total of ${column}`, sum, landed, sameNumber(sum, landed));
    }),
    same('content hash', manifest.contentHash, reread.hash),
  ];
  return { tied: lines.every(({ agrees }) => agrees), lines, landedRows: BigInt(landedRows) };
}

/** Hashes the rows as they stand; the hash that landed with each, by which rows are put in place, must be its own. */
async function rereadRows(
  query: string,
  session: Session,
): Promise<{ readonly rows: bigint; readonly ownHash: bigint; readonly hash: string }> {
  const content = contentHash();
  let ownHash = 0n;
  for await (const rows of copyRows(session.copyOut(`copy (${query}) to stdout`))) {
    for (const row of rows) {
      const end = row.lastIndexOf(0x09);
      const hash = content.add(row.subarray(0, end)).toString('hex');
      if (hash === row.subarray(end + 1).toString('latin1')) ownHash += 1n;
    }
  }
  return { rows: content.rows(), ownHash, hash: content.digest() };
}
