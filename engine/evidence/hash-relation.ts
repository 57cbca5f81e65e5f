import type { Session } from '../warehouse/warehouse.ts';
import { contentHash } from './content-hash.ts';
import { copyRows } from './copy-rows.ts';

/** Reads a query's rows back through COPY and gives their count and content hash. */
export async function hashRelation(
  session: Session,
  query: string,
): Promise<{ readonly rows: bigint; readonly hash: string }> {
  const content = contentHash();
  for await (const rows of copyRows(session.copyOut(`copy (${query}) to stdout`))) {
    for (const row of rows) content.add(row);
  }
  return { rows: content.rows(), hash: content.digest() };
}
