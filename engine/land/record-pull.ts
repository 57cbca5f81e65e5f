import canonicalize from 'canonicalize';
import type { Manifest } from '../contracts/pull.ts';
import type { RunRef } from '../contracts/run.ts';
import type { EvidenceKey } from '../evidence/evidence-key.ts';
import { append, once } from '../evidence/ledger.ts';
import { registerKey } from '../evidence/register-key.ts';
import { signed } from '../evidence/signed.ts';
import { relation } from '../sql-text.ts';
import { landedSchema } from '../warehouse/landed-table.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface LandedPull {
  readonly table: string;
  readonly besideTable: string;
  readonly manifest: Manifest;
}

/**
 * Records all tables that one source system gave in one snapshot, with their manifests, signed, as one event. The first attempt
 * to record wins; any other gets that one's pull back, and what it landed itself is dropped: it may come when the run that would
 * have dropped it is long over.
 */
export async function recordPull(
  input: { readonly run: RunRef; readonly source: string; readonly tables: readonly LandedPull[] },
  deps: { readonly warehouse: Warehouse; readonly evidenceKey: EvidenceKey },
): Promise<readonly LandedPull[]> {
  const { run, source } = input;
  const key = `${run.runId}/land/${source}`;
  const recorded = await once(
    deps.warehouse,
    { key, kind: 'land', runId: run.runId, subject: source },
    async (session) => {
      await registerKey(deps.evidenceKey, session);
      for (const { table, besideTable, manifest } of input.tables) {
        const subject = `${source}.${table}`;
        const entry = { key: `${run.runId}/extract/${subject}`, kind: 'extract', runId: run.runId, subject };
        await append(session, entry, signed(manifest, deps.evidenceKey));
        await session.execute(
          'insert into audit.pulls (run_id, run_no, source, table_name, beside_table, manifest) values ($1, $2, $3, $4, $5, $6)',
          [run.runId, run.runNo, source, table, besideTable, canonicalize(manifest) as string],
        );
      }
      return input.tables;
    },
  );
  const counted = new Set(recorded.map(({ besideTable }) => besideTable));
  for (const { besideTable } of input.tables) {
    if (counted.has(besideTable)) continue;
    await deps.warehouse.execute(`drop table if exists ${relation(landedSchema(source), besideTable)}`);
  }
  return recorded;
}
