import type { CheckDefinition, CheckResult } from '../contracts/check.ts';
import type { EngineError } from '../errors.ts';
import { sha256 } from '../evidence/sha256.ts';

/** What the evidence keeps of a plan: it names the live schemas, the same from run to run. */
export interface RecordedPlan {
  readonly sql: string;
  readonly reads: readonly string[];
  readonly inputsHash: string | null;
  /** Why there is none. */
  readonly fault: EngineError | undefined;
}

/** A result of a check with what was found; counts are 0 where nothing is said. */
export function resultOf(
  { definition, recorded }: { readonly definition: CheckDefinition; readonly recorded: RecordedPlan },
  found: Pick<CheckResult, 'status'> & Partial<CheckResult>,
): CheckResult {
  return {
    checkId: definition.id,
    kind: definition.kind,
    dimension: definition.dimension,
    on: definition.on,
    blocking: definition.blocking,
    population: 0n,
    failures: 0n,
    violatingRows: 0n,
    passes: null,
    measure: null,
    waiver: null,
    slices: [],
    failingRowsKept: 0n,
    message: null,
    reads: JSON.stringify(recorded.reads),
    definitionHash: definition.definitionHash,
    sqlHash: sha256(recorded.sql),
    inputsHash: recorded.inputsHash,
    reusedFromRun: null,
    durationMs: 0,
    ...found,
    ...(found.status === 'no_data' && definition.settings.no_data === 'tell' ? { blocking: false } : {}),
  };
}
