import { findUnpinned } from '../compile/find-unpinned.ts';
import type { RunCompilation } from '../compile/compile-run.ts';
import type { CheckDefinition, CheckResult } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { hashFailingRows } from '../evidence/hash-failing-rows.ts';
import { once } from '../evidence/ledger.ts';
import { sha256 } from '../evidence/sha256.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { knownColumns } from './known-columns.ts';
import { mayAsk, planAsking, planCheck } from './plan-check.ts';
import type { CheckProject, PlannedCheck } from './plan-check.ts';
import type { RecordedPlan } from './result-of.ts';
import { findReusable, reuseResults } from './reuse-results.ts';
import { runCheck } from './run-check.ts';
import { runCleanChecks } from './run-clean-checks.ts';
import type { PlannedRun } from './run-clean-checks.ts';
import { storesFailures } from './store-failures.ts';

export interface CheckInput {
  readonly run: RunRef;
  /** All of the vertical: they also say what names a row. */
  readonly checks: readonly CheckDefinition[];
  readonly sources: readonly DeclaredSource[];
  readonly compiled: RunCompilation;
  /** Ids of those to run; all when left out. */
  readonly selected?: ReadonlySet<string> | undefined;
  /** What `recency` measures from, ISO 8601 with its zone; a check that needs it cannot run without. */
  readonly runClock?: string | undefined;
  /** One hash of the state of a model or landed table, null when it is not known; equal means that a check would find the same in it. Without it every check runs. */
  readonly fingerprintOf?: ((relation: string) => string | null) | undefined;
}

/** A check result as the ledger keeps it: counts as decimal text. */
export type RecordedCheck = Omit<
  CheckResult,
  'population' | 'failures' | 'violatingRows' | 'failingRowsKept' | 'durationMs'
> & {
  readonly population: string;
  readonly failures: string;
  readonly violatingRows: string;
  readonly failingRowsKept: string;
  /** Content hash of the kept failing rows; null without any. */
  readonly failingRowsHash: string | null;
};

/**
 * Runs a vertical's checks over what the run built and keeps every result with its failing rows. A check that cannot run is `error` and
 * the others go on; one whose definition, SQL and inputs are those of the standing publication keeps its verdict and its rows. Safe to
 * repeat: it is recorded once per run.
 */
export async function check(
  input: CheckInput,
  deps: { readonly warehouse: Warehouse },
): Promise<readonly RecordedCheck[]> {
  const { run } = input;
  const key = `${run.runId}/check`;
  return once(deps.warehouse, { key, kind: 'check', runId: run.runId, subject: run.vertical }, async (session) => {
    await session.execute(`set local statement_timeout = '600s'`);
    // Compiling the plans of statements with many small queries in them takes longer than running them.
    await session.execute('set local jit = off');
    const wanted = input.checks.filter(({ id }) => input.selected?.has(id) ?? true);
    const columns = await knownColumns(input.checks, input.compiled.beside, session);
    const beside = { ...input, compiled: input.compiled.beside, columns };
    const live = { ...input, compiled: input.compiled.live, columns };
    const planned = wanted.map((definition) => ({ definition, recorded: record(definition, live, input) }));
    const reusable = await findReusable(run.vertical, planned, session);
    const reused = await reuseResults(run, reusable, session);
    const toRun = planned.filter(({ definition }) => !reused.has(definition.id));
    const clean = await runCleanChecks(
      run,
      toRun.flatMap((each) => mayBeClean(each, beside)),
      session,
    );
    const results: CheckResult[] = [];
    for (const { definition, recorded } of planned) {
      const plan = () => planToRun(definition, recorded, beside, session);
      results.push(
        reused.get(definition.id) ??
          clean.get(definition.id) ??
          (await runCheck({ run, definition, recorded, plan }, session)),
      );
    }
    const hashes = await hashFailingRows(session, run.runId);
    return results.map((result) => ({ ...asRecorded(result), failingRowsHash: hashes.get(result.checkId) ?? null }));
  });
}

function asRecorded({ durationMs, ...result }: CheckResult): Omit<RecordedCheck, 'failingRowsHash'> {
  void durationMs;
  return {
    ...result,
    population: result.population.toString(),
    failures: result.failures.toString(),
    violatingRows: result.violatingRows.toString(),
    failingRowsKept: result.failingRowsKept.toString(),
  };
}

/** A check that may be asked together with others whether anything violates it: its failures are rows, and it leaves nothing else behind. */
function mayBeClean(
  { definition, recorded }: { readonly definition: CheckDefinition; readonly recorded: RecordedPlan },
  beside: CheckProject,
): PlannedRun[] {
  // Of SQL that an author wrote, also the columns are looked at.
  if (recorded.fault !== undefined || definition.kind === 'bespoke' || storesFailures(definition)) return [];
  const plan = planCheck(definition, beside);
  return definition.settings.fail_calc === undefined && (plan.raw === undefined || plan.failCalc === undefined)
    ? [{ definition, recorded, plan }]
    : [];
}

function record(definition: CheckDefinition, live: CheckProject, input: CheckInput): RecordedPlan {
  try {
    const plan = planCheck(definition, live);
    const sql = textOf(plan);
    return { sql, reads: plan.reads, inputsHash: inputsHash(definition, plan, sql, input), fault: undefined };
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    const reads = definition.on === '' ? [] : [definition.on];
    return { sql: '', reads, inputsHash: null, fault: error };
  }
}

/** Null when it is not known what all it reads is like, or when the answer depends on the moment. */
function inputsHash(
  { definitionHash }: CheckDefinition,
  { reads, unpinned, failCalc, raw }: PlannedCheck,
  sql: string,
  { fingerprintOf }: CheckInput,
): string | null {
  if (fingerprintOf === undefined || reads.length === 0 || unpinned === true) return null;
  if (findUnpinned(`${sql}\n${failCalc ?? ''}`).length > 0) return null;
  const fingerprints = reads.map((name) => [name, fingerprintOf(name)] as const);
  if (fingerprints.some(([, fingerprint]) => fingerprint === null)) return null;
  return sha256(JSON.stringify([definitionHash, sql, failCalc, raw, fingerprints]));
}

/** The plan to run, and what the evidence keeps of it where that is only known now. */
async function planToRun(
  definition: CheckDefinition,
  recorded: RecordedPlan,
  beside: CheckProject & Pick<CheckInput, 'run'>,
  session: Session,
): Promise<{ readonly plan: PlannedCheck; readonly recorded: RecordedPlan }> {
  if (recorded.fault === undefined) return { plan: planCheck(definition, beside), recorded };
  if (!mayAsk(definition)) throw recorded.fault;
  // Rendered without answers it failed; when it fails with them too, that is the fault.
  const plan = await planAsking(definition, beside, session.query);
  const sql = textOf(plan).replaceAll(`__r${beside.run.runNo}"`, '"');
  return { plan, recorded: { sql, reads: plan.reads, inputsHash: null, fault: undefined } };
}

function textOf({ population, violations }: PlannedCheck): string {
  return `-- population\n${population}\n-- violations\n${violations}`;
}
