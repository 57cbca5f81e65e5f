import type { RunCompilation } from '../compile/compile-run.ts';
import type { CheckDefinition, CheckResult } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import type { RunRef } from '../contracts/run.ts';
import { hashFailingRows } from '../evidence/hash-failing-rows.ts';
import { once } from '../evidence/ledger.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { planCheck } from './plan-check.ts';
import { runCheck } from './run-check.ts';

export interface CheckInput {
  readonly run: RunRef;
  readonly checks: readonly CheckDefinition[];
  readonly sources: readonly DeclaredSource[];
  readonly compiled: RunCompilation;
}

/** A check result as the ledger keeps it: counts as decimal text. */
export type RecordedCheck = Omit<CheckResult, 'population' | 'failures' | 'failingRowsKept' | 'durationMs'> & {
  readonly population: string;
  readonly failures: string;
  readonly failingRowsKept: string;
  /** Content hash of the kept failing rows; null without any. */
  readonly failingRowsHash: string | null;
};

/**
 * Runs a vertical's checks over what the run built and keeps every result with its failing rows. A check that cannot run is
 * `error` and the others go on. Safe to repeat: it is recorded once per run.
 */
export async function check(
  input: CheckInput,
  deps: { readonly warehouse: Warehouse },
): Promise<readonly RecordedCheck[]> {
  const { run } = input;
  const key = `${run.runId}/check`;
  return once(deps.warehouse, { key, kind: 'check', runId: run.runId, subject: run.vertical }, async (session) => {
    await session.execute(`set local statement_timeout = '600s'`);
    const results: Omit<RecordedCheck, 'failingRowsHash'>[] = [];
    for (const definition of input.checks) {
      const {
        durationMs: _,
        population,
        failures,
        failingRowsKept,
        ...rest
      } = await runCheck(
        {
          run,
          definition,
          plan: () => planCheck(definition, { ...input, compiled: input.compiled.beside }),
          recordedPlan: () => planCheck(definition, { ...input, compiled: input.compiled.live }),
        },
        session,
      );
      results.push({
        ...rest,
        population: population.toString(),
        failures: failures.toString(),
        failingRowsKept: failingRowsKept.toString(),
      });
    }
    const hashes = await hashFailingRows(session, run.runId);
    return results.map((result) => ({ ...result, failingRowsHash: hashes.get(result.checkId) ?? null }));
  });
}
