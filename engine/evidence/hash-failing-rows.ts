import { literal } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { contentHash } from './content-hash.ts';
import type { ContentHash } from './content-hash.ts';
import { copyRows } from './copy-rows.ts';

/** The content hash of each check's kept failing rows in a run, by check id; a check without any is left out. */
export async function hashFailingRows(session: Session, runId: string): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, ContentHash>();
  const rows = copyRows(
    session.copyOut(
      `copy (select check_id, row_no, subject_id, reason, amount, occurred_at from audit.failing_rows where run_id = ${literal(runId)}) to stdout`,
    ),
  );
  for await (const batch of rows) {
    for (const row of batch) {
      const checkId = row.subarray(0, row.indexOf(0x09)).toString();
      const content = hashes.get(checkId) ?? contentHash();
      hashes.set(checkId, content);
      content.add(row);
    }
  }
  return new Map([...hashes].map(([checkId, content]) => [checkId, content.digest()]));
}
