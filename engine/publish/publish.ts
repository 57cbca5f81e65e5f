import type { PublishSummary, RunRef } from '../contracts/run.ts';
import { hashViews } from '../evidence/hash-views.ts';
import { once } from '../evidence/ledger.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { applyDeltas } from './apply-deltas.ts';
import { dropRetired } from './drop-retired.ts';
import { swapSchemas } from './swap-schemas.ts';

/** What was decided on a run, as the ledger keeps it. */
interface Decision {
  readonly decision: 'published' | 'held';
  readonly reason: string | null;
  readonly tables: readonly PublishedTable[];
  /** The views that dashboards read, each with the hash of its definition; none when held. */
  readonly views: Readonly<Record<string, string>>;
}

export interface PublishedTable {
  readonly name: string;
  readonly rows: string;
  readonly contentHash: string | null;
}

/**
 * Puts a run's models and figures in front of dashboards, all in one transaction, when every blocking check passed; otherwise
 * the last good version stays and is marked stale. Safe to repeat: it is decided once per run.
 */
export async function publish(
  input: {
    readonly run: RunRef;
    readonly readers: readonly string[];
    /** Done in the transaction that swaps, when all of it is live: the project's on-run-end. */
    readonly afterSwap?: (session: Session) => Promise<void>;
  },
  deps: { readonly warehouse: Warehouse },
): Promise<PublishSummary> {
  const { run } = input;
  const key = `${run.runId}/publish`;
  const decided = await once<Decision>(
    deps.warehouse,
    { key, kind: 'publish', runId: run.runId, subject: run.vertical },
    async (session) => {
      // One publication at a time: `published` is one schema over all verticals.
      await session.query(`select pg_advisory_xact_lock(hashtextextended('publish', 0))`);
      const reason =
        (await notBuilt(run, session)) ?? (await blockedBy(run, session)) ?? (await supersededBy(run, session));
      const decision = reason === null ? 'published' : 'held';
      const tables = await builtTables(run, session);
      await session.execute(
        'insert into audit.publications (run_id, run_no, vertical, decision, reason, tables) values ($1, $2, $3, $4, $5, $6)',
        [run.runId, run.runNo, run.vertical, decision, reason, JSON.stringify(tables)],
      );
      if (reason !== null) return { decision, reason, tables, views: {} };
      await applyDeltas(run, session);
      await swapSchemas(input, session);
      await input.afterSwap?.(session);
      return { decision, reason, tables, views: await hashViews(session) };
    },
  );
  await dropRetired({ vertical: run.vertical, runNo: run.runNo }, deps.warehouse);
  return { decision: decided.decision, reason: decided.reason, tables: decided.tables.length };
}

async function notBuilt(run: RunRef, session: Session): Promise<string | null> {
  const failed = await session.query(
    `select model from audit.builds where run_id = $1 and status in ('error', 'skipped') order by status, model`,
    [run.runId],
  );
  if (failed.length === 0) return null;
  const named = failed.slice(0, 10).map((row) => row['model']);
  return `not built: ${named.join(', ')}${failed.length > named.length ? ` and ${failed.length - named.length} more` : ''}`;
}

async function blockedBy(run: RunRef, session: Session): Promise<string | null> {
  const blocking = await session.query(
    `select check_id, status from audit.check_results where run_id = $1 and blocking and status not in ('pass', 'warn') order by check_id`,
    [run.runId],
  );
  if (blocking.length > 0)
    return `blocked by ${blocking.map((row) => `${row['check_id']} (${row['status']})`).join(', ')}`;
  const [checked] = await session.query(`select 1 as one from audit.ledger where entry_key = $1`, [
    `${run.runId}/check`,
  ]);
  return checked === undefined ? 'the checks of this run are not recorded' : null;
}

async function supersededBy(run: RunRef, session: Session): Promise<string | null> {
  const [newer] = await session.query(
    `select max(run_no)::text as run_no from audit.publications where vertical = $1 and decision = 'published' and run_no > $2`,
    [run.vertical, run.runNo],
  );
  if (newer?.['run_no']) return `run ${newer['run_no']} is newer and already published`;
  // What an incremental model adds is only right for the table that it was made for.
  const [moved] = await session.query(
    `select c.run_no from audit.build_plans p
     join audit.current_publication c on c.vertical = p.vertical and c.run_id is distinct from p.standing_run_id
     where p.run_id = $1`,
    [run.runId],
  );
  return moved === undefined ? null : `run ${moved['run_no']} was published while this one was built`;
}

async function builtTables(run: RunRef, session: Session): Promise<PublishedTable[]> {
  const rows = await session.query(
    'select model, row_count, content_hash from audit.builds where run_id = $1 and published order by model',
    [run.runId],
  );
  return rows.map((row) => ({
    name: row['model'] as string,
    rows: row['row_count'] as string,
    contentHash: row['content_hash'] ?? null,
  }));
}
