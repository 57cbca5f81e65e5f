import canonicalize from 'canonicalize';
import type { MutationReport } from '../contracts/mutation.ts';
import { once } from '../evidence/ledger.ts';
import { sha256 } from '../evidence/sha256.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/**
 * Keeps a report with a ledger entry, without what is proposed: a proposal may hold row values, such as a list of those that are accepted.
 * Without a mutant there is no score, and nothing is kept. Safe to repeat with the same id.
 */
export async function recordMutations(
  { id, report, projectHash }: { readonly id: string; readonly report: MutationReport; readonly projectHash: string },
  { warehouse }: { readonly warehouse: Warehouse },
): Promise<MutationReport> {
  const { vertical, runId, seed, all, alone } = report;
  const { score } = all;
  if (score === null) return report;
  const { isRecorded: _, mutants, ...figures } = report;
  const kept = mutants.map(({ proposal, ...mutant }) => ({
    ...mutant,
    proposal: proposal === null ? null : { kind: proposal.kind, comparesRuns: proposal.comparesRuns },
  }));
  const text = canonicalize({ ...figures, mutants: kept }) ?? '';
  await once(warehouse, { key: `mutate/${id}`, kind: 'mutate', runId, subject: vertical }, async (session) => {
    await session.execute(
      `insert into audit.mutation_runs (vertical, run_id, project_hash, seed, mutants, killed, score, report)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [vertical, runId, projectHash, seed, all.mutants, all.killed, score, text],
    );
    return { vertical, runNo: report.runNo, projectHash, seed, all, alone, reportHash: sha256(text) };
  });
  return { ...report, isRecorded: true };
}
