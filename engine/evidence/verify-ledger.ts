import type { Warehouse } from '../warehouse/warehouse.ts';
import { GENESIS_HASH, hashOfEntry } from './ledger.ts';
import type { LedgerEntry } from './ledger.ts';

export interface LedgerFault {
  readonly entryNo: string;
  readonly kind: string;
  readonly subject: string;
  /** A sentence that says what does not hold. */
  readonly fault: string;
}

export interface LedgerVerdict {
  readonly entries: string;
  readonly head: string | null;
  /** The first link that does not hold; null when every one does. */
  readonly broken: LedgerFault | null;
}

const PAGE = 500;

/** Below any entry's number, so that one put in before the first is read too. */
const LOWEST = (-(2n ** 63n)).toString();

/**
 * Recomputes every link of the ledger in order and stops at the first that does not hold: changed, missing, put in or out of
 * order. A chain cannot tell that its newest links were cut off: compare `head` with a copy kept outside the warehouse.
 */
export async function verifyLedger(warehouse: Warehouse): Promise<LedgerVerdict> {
  let previous = GENESIS_HASH;
  let entries = 0n;
  let after = LOWEST;
  for (;;) {
    const page = await warehouse.query<LedgerEntry>(
      `select entry_no, entry_key, kind, run_id, subject, recorded_at, body, previous_hash, hash from audit.ledger
       where entry_no > $1 order by entry_no limit ${PAGE}`,
      [after],
    );
    for (const entry of page) {
      const fault = faultOf(entry, previous, entries + 1n);
      if (fault !== null) {
        const broken = { entryNo: entry.entry_no, kind: entry.kind, subject: entry.subject, fault };
        return { entries: entries.toString(), head: null, broken };
      }
      previous = entry.hash;
      after = entry.entry_no;
      entries += 1n;
    }
    if (page.length < PAGE)
      return { entries: entries.toString(), head: entries === 0n ? null : previous, broken: null };
  }
}

function faultOf(entry: LedgerEntry, previous: string, expected: bigint): string | null {
  if (BigInt(entry.entry_no) < expected) return 'it was put in before the first entry';
  if (entry.entry_no !== expected.toString()) return `entry ${expected} is missing`;
  if (entry.previous_hash !== previous) return 'it does not follow from the entry before it';
  if (entry.hash !== hashOfEntry(entry)) return 'its content was changed after it was written';
  return null;
}
