import canonicalize from 'canonicalize';
import type { Row, Session, Warehouse } from '../warehouse/warehouse.ts';
import { sha256 } from './sha256.ts';

/** What one link of the evidence ledger says. `body` is canonical JSON (RFC 8785) and holds no row value but control totals and figures. */
export interface LedgerEntry extends Row {
  readonly entry_no: string;
  readonly entry_key: string;
  readonly kind: string;
  readonly run_id: string | null;
  readonly subject: string;
  readonly recorded_at: string;
  readonly body: string;
  readonly previous_hash: string;
  readonly hash: string;
}

export interface NewEntry {
  /** Says which event this is; an event is recorded once, whatever is retried. */
  readonly key: string;
  readonly kind: string;
  readonly runId: string | null;
  readonly subject: string;
}

/** The hash before the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** Serialises appends; any constant that nothing else in the warehouse locks. */
const APPEND_LOCK = '7310579802281164';

/**
 * Does a piece of work and records it, in one transaction, exactly once for its key: a second attempt, at once or later, gets
 * the first one's recorded body back and changes nothing.
 */
export async function once<B>(
  warehouse: Warehouse,
  entry: NewEntry,
  work: (session: Session) => Promise<B>,
): Promise<B> {
  const recorded = await findBody<B>(warehouse, entry.key);
  if (recorded !== undefined) return recorded;
  return warehouse.transaction(async (session) => {
    // Attempts at the same event queue here; the later one then finds the record of the earlier.
    await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [entry.key]);
    const meanwhile = await findBody<B>(session, entry.key);
    if (meanwhile !== undefined) return meanwhile;
    const body = await work(session);
    await append(session, entry, body);
    return body;
  });
}

/** Appends an entry inside the caller's transaction; the lock on the chain's end is held until that commits. */
export async function append(session: Session, entry: NewEntry, body: unknown): Promise<void> {
  const text = canonicalize(body);
  if (text === undefined) throw new TypeError('a ledger body is JSON');
  await session.query(`select pg_advisory_xact_lock(${APPEND_LOCK})`);
  const [head] = await session.query(
    `select entry_no, hash, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now
     from (select 1) as one left join (select entry_no, hash from audit.ledger order by entry_no desc limit 1) as last on true`,
  );
  const link: Omit<LedgerEntry, 'hash'> = {
    entry_no: (BigInt(head?.['entry_no'] ?? '0') + 1n).toString(),
    entry_key: entry.key,
    kind: entry.kind,
    run_id: entry.runId,
    subject: entry.subject,
    recorded_at: head?.['now'] as string,
    body: text,
    previous_hash: head?.['hash'] ?? GENESIS_HASH,
  };
  await session.execute(
    `insert into audit.ledger (entry_no, entry_key, kind, run_id, subject, recorded_at, body, previous_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      link.entry_no as string,
      entry.key,
      entry.kind,
      entry.runId,
      entry.subject,
      link.recorded_at as string,
      text,
      link.previous_hash as string,
      hashOfEntry(link as LedgerEntry),
    ],
  );
}

/** The hash that an entry must carry: SHA-256 over the canonical JSON of all its other columns, as text. */
export function hashOfEntry(entry: Omit<LedgerEntry, 'hash'>): string {
  const { entry_no, entry_key, kind, run_id, subject, recorded_at, body, previous_hash } = entry;
  return sha256(
    canonicalize({ entry_no, entry_key, kind, run_id, subject, recorded_at, body, previous_hash }) as string,
  );
}

async function findBody<B>(session: Session, key: string): Promise<B | undefined> {
  const [row] = await session.query('select body from audit.ledger where entry_key = $1', [key]);
  return row?.['body'] === undefined ? undefined : (JSON.parse(row['body'] as string) as B);
}
