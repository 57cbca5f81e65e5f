import { countQuery } from '../check-kinds/count.ts';
import { findUnpinned } from '../compile/find-unpinned.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import { sha256 } from '../evidence/sha256.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { planCheck } from './plan-check.ts';
import type { CheckProject, PlannedCheck } from './plan-check.ts';
import type { PreviousRelations } from './previous-relations.ts';
import type { RecordedPlan } from './result-of.ts';
import { timeSlices } from './time-slices.ts';

/** A check of a run with what the evidence keeps of it. */
export interface Asked {
  readonly definition: CheckDefinition;
  readonly recorded: RecordedPlan;
}

export interface RecordPlansInput {
  readonly checks: readonly CheckDefinition[];
  /** With the names of the live schemas. */
  readonly live: CheckProject;
  readonly previous: PreviousRelations;
  readonly fingerprintOf: ((relation: string) => string | null) | undefined;
}

/** What the evidence keeps of every plan; where a kind compares with earlier rows, it is planned again when those are known. */
export async function recordPlans(input: RecordPlansInput, session: Session): Promise<readonly Asked[]> {
  const { checks, previous } = input;
  const record = (definition: CheckDefinition): Asked => ({ definition, recorded: recordPlan(definition, input) });
  let asked = checks.map(record);
  while (previous.isAsked()) {
    await previous.lookUp(session);
    asked = checks.map(record);
  }
  return asked;
}

function recordPlan(definition: CheckDefinition, input: RecordPlansInput): RecordedPlan {
  try {
    const plan = planCheck(definition, { ...input.live, previous: input.previous.of(definition) });
    const sql = `${planText(plan)}${slicesText(definition, input.live)}`;
    return { sql, reads: plan.reads, inputsHash: inputsHash(definition, plan, sql, input), fault: undefined };
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    const reads = definition.on === '' ? [] : [definition.on];
    return { sql: '', reads, inputsHash: null, fault: error };
  }
}

/** A plan as the evidence keeps it. */
export function planText({ population, relation, violations }: PlannedCheck): string {
  return `-- population\n${countQuery(population, relation)}\n-- violations\n${violations}`;
}

/** Null when it is not known what all it reads is like, or when the answer depends on the moment. */
function inputsHash(
  { definitionHash }: CheckDefinition,
  { reads, unpinned, failCalc, raw }: PlannedCheck,
  sql: string,
  { fingerprintOf }: RecordPlansInput,
): string | null {
  if (fingerprintOf === undefined || reads.length === 0 || unpinned === true) return null;
  if (findUnpinned(`${sql}\n${failCalc ?? ''}`).length > 0) return null;
  const fingerprints = reads.map((name) => [name, fingerprintOf(name)] as const);
  if (fingerprints.some(([, fingerprint]) => fingerprint === null)) return null;
  return sha256(JSON.stringify([definitionHash, sql, failCalc, raw, fingerprints]));
}

/** Which slices it is asked of, where that is more than its definition says: periods end with the run's clock. */
function slicesText({ settings: { slices } }: CheckDefinition, { runClock }: CheckProject): string {
  if (slices === undefined) return '';
  const { by, every } = slices;
  if (every === undefined || runClock === undefined) return `\n-- each slice by ${by}`;
  return `\n-- each slice by ${by}: ${timeSlices({ ...slices, every }, runClock)
    .map(({ label }) => label)
    .join(', ')}`;
}
