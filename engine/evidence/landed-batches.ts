import type { TieOut } from '../contracts/pull.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { parseList } from './parse-entry.ts';

/** A pull of one table that was tied out and put in place. */
export interface LandedBatch {
  readonly runId: string;
  readonly runNo: string;
  readonly source: string;
  readonly table: string;
}

/**
 * Every batch that was put in place, oldest first, by the ledger: the tables beside it are not chained, so a batch that somebody
 * took out of them is still found. All tables of a source are put in place together, or none.
 */
export async function landedBatches(session: Session): Promise<LandedBatch[]> {
  const entries = await session.query(`select run_id, body from audit.ledger where kind = 'verify' order by entry_no`);
  return entries.flatMap((entry) => {
    const tieOuts = parseList<TieOut>(entry['body']);
    if (!tieOuts.every(({ tied }) => tied)) return [];
    return tieOuts.map(({ batchId, source, table }) => ({
      runId: entry['run_id'] as string,
      runNo: /^r(\d+)\//.exec(batchId)?.[1] ?? '0',
      source,
      table,
    }));
  });
}

/** The batches that stand: of each table the one of the newest run. */
export function standingBatches(batches: readonly LandedBatch[]): LandedBatch[] {
  const newest = new Map<string, LandedBatch>();
  for (const batch of batches) {
    const name = `${batch.source}.${batch.table}`;
    const known = newest.get(name);
    if (known === undefined || BigInt(known.runNo) < BigInt(batch.runNo)) newest.set(name, batch);
  }
  return [...newest.values()].sort((a, b) => (`${a.source}.${a.table}` < `${b.source}.${b.table}` ? -1 : 1));
}
