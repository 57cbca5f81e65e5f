import type { RunCompilation } from '../compile/compile-run.ts';
import type { CheckDefinition, CheckedSlice, CheckResult, Waiver } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { hashFailingRows } from '../evidence/hash-failing-rows.ts';
import { once } from '../evidence/ledger.ts';
import { literal } from '../sql-text.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { applyWaiver } from './apply-waiver.ts';
import type { CompareElsewhere } from './compare-elsewhere.ts';
import { countOutside } from './count-outside.ts';
import { refuseEmptyUpstream } from './empty-upstream.ts';
import { evaluateChecks, faultOf } from './evaluate-checks.ts';
import type { PlannedRun } from './evaluate-checks.ts';
import { knownColumns } from './known-columns.ts';
import { mayAsk } from './plan-check.ts';
import type { CheckProject } from './plan-check.ts';
import { planParts, tryPlanParts } from './plan-parts.ts';
import { previousRelations } from './previous-relations.ts';
import { recordDefinitions } from './record-definitions.ts';
import { planText, recordPlans } from './record-plans.ts';
import type { Asked } from './record-plans.ts';
import { recordResults } from './record-results.ts';
import { resultOf } from './result-of.ts';
import type { RecordedPlan } from './result-of.ts';
import { findReusable, reuseResults } from './reuse-results.ts';
import { skippedBecause } from './skipped-because.ts';
import { violationsStatement } from './violations-statement.ts';

export interface CheckInput {
  readonly run: RunRef;
  /** All of the vertical: they also say what names a row. */
  readonly checks: readonly CheckDefinition[];
  readonly sources: readonly DeclaredSource[];
  readonly compiled: RunCompilation;
  /** Ids of those to run; all when left out. */
  readonly selected?: ReadonlySet<string> | undefined;
  /** Decisions to live with a failure, of the whole project. */
  readonly waivers?: readonly Waiver[] | undefined;
  /** Models that this run did not build, by name with why: a check that looks at one is skipped. */
  readonly notBuilt?: ReadonlyMap<string, string> | undefined;
  /** Compares with tables of other databases; without it a check that does cannot run. */
  readonly compareElsewhere?: CompareElsewhere | undefined;
  /** What `recency` measures from, ISO 8601 with its zone; a check that needs it cannot run without. */
  readonly runClock?: string | undefined;
  /** One hash of the state of a model or landed table, null when it is not known; equal means that a check would find the same in it. Without it every check runs. */
  readonly fingerprintOf?: ((relation: string) => string | null) | undefined;
}

type Count = 'population' | 'failures' | 'violatingRows' | 'failingRowsKept';

/** A check result as the ledger keeps it: counts as decimal text. */
export type RecordedCheck = Omit<CheckResult, Count | 'passes' | 'slices' | 'durationMs'> &
  Readonly<Record<Count, string>> & {
    readonly passes: string | null;
    readonly slices: readonly (Omit<CheckedSlice, 'population' | 'failures'> & {
      readonly population: string;
      readonly failures: string;
    })[];
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
    // Compiling a scan's many expressions took longer than it saved, on 3 million rows as on few.
    await session.execute('set local jit = off');
    const wanted = input.checks.filter(({ id }) => input.selected?.has(id) ?? true);
    const columns = await knownColumns(input.checks, input.compiled.beside, session);
    const previous = previousRelations({ live: input.compiled.live, sources: input.sources, modelsAre: 'previous' });
    const around = { ...input, columns };
    const live = { ...around, compiled: input.compiled.live };
    const asked = await recordPlans({ checks: wanted, live, previous, fingerprintOf: input.fingerprintOf }, session);
    const skipped = new Map(asked.flatMap((each) => skip(each, input)));
    const toDecide = asked.filter(({ definition }) => !skipped.has(definition.id));
    const reusable = await findReusable(run.vertical, toDecide, session);
    const reused = await reuseResults(run, reusable, toDecide, session);
    const beside = (definition: CheckDefinition): CheckProject => ({
      ...around,
      compiled: input.compiled.beside,
      previous: previous.of(definition),
    });
    const toRun = toDecide.filter(({ definition }) => !reused.has(definition.id));
    const found = await runChecks(toRun, { run, beside, compareElsewhere: input.compareElsewhere }, session);
    const concluded = asked.map((each) => {
      const { id } = each.definition;
      const ran = found.get(id);
      const result = skipped.get(id) ?? reused.get(id) ?? ran?.result ?? resultOf(each, { status: 'error' });
      return { definition: each.definition, recorded: ran?.recorded ?? each.recorded, result };
    });
    const standing = await refuseEmptyUpstream(concluded, { ...input, compiled: input.compiled.beside }, session);
    const results = [];
    for (const one of standing) {
      const outside = (subjects: readonly string[]): Promise<bigint> =>
        countOthers(one, subjects, { run, beside }, session);
      const { definition, result } = one;
      const waived = await applyWaiver(result, {
        definition,
        waivers: input.waivers ?? [],
        runClock: input.runClock,
        outside,
      });
      results.push({ ...one, result: waived });
    }
    await recordResults(run, results, session);
    // Last, because it holds the end of the ledger until all of this is committed.
    await recordDefinitions({ run, checks: input.checks }, session);
    const hashes = await hashFailingRows(session, run.runId);
    return results.map(({ result }) => ({
      ...asRecorded(result),
      failingRowsHash: hashes.get(result.checkId) ?? null,
    }));
  });
}

function asRecorded({ durationMs, ...result }: CheckResult): Omit<RecordedCheck, 'failingRowsHash'> {
  void durationMs;
  return {
    ...result,
    population: result.population.toString(),
    failures: result.failures.toString(),
    passes: result.passes?.toString() ?? null,
    violatingRows: result.violatingRows.toString(),
    failingRowsKept: result.failingRowsKept.toString(),
    slices: result.slices.map((slice) => ({
      ...slice,
      population: slice.population.toString(),
      failures: slice.failures.toString(),
    })),
  };
}

function skip({ definition, recorded }: Asked, { notBuilt }: CheckInput): (readonly [string, CheckResult])[] {
  const message = skippedBecause(definition, recorded.reads, notBuilt);
  if (message === undefined) return [];
  return [[definition.id, resultOf({ definition, recorded }, { status: 'skipped', message })] as const];
}

interface Around {
  readonly run: RunRef;
  readonly beside: (definition: CheckDefinition) => CheckProject;
  readonly compareElsewhere?: CompareElsewhere | undefined;
}

/** Plans checks for what the run built and runs them together. */
async function runChecks(
  asked: readonly Asked[],
  { run, beside, compareElsewhere }: Around,
  session: Session,
): Promise<ReadonlyMap<string, { readonly result: CheckResult; readonly recorded: RecordedPlan }>> {
  const done = new Map<string, { readonly result: CheckResult; readonly recorded: RecordedPlan }>();
  const planned: PlannedRun[] = [];
  for (const each of asked) {
    const one = await planOne(each, run, beside(each.definition), session);
    if (one instanceof EngineError) {
      const { result } = await faultOf(each, one, session);
      done.set(each.definition.id, { result, recorded: each.recorded });
    } else planned.push(one);
  }
  const evaluated = await evaluateChecks(planned, { keeping: { run }, compareElsewhere }, session);
  for (const { definition, recorded } of planned) {
    const one = evaluated.get(definition.id);
    if (one !== undefined) done.set(definition.id, { result: one.result, recorded });
  }
  return done;
}

async function planOne(
  { definition, recorded }: Asked,
  run: RunRef,
  project: CheckProject,
  session: Session,
): Promise<PlannedRun | EngineError> {
  if (recorded.fault !== undefined && !mayAsk(definition)) return recorded.fault;
  const parts = await tryPlanParts(definition, project, session);
  if (parts instanceof EngineError) return parts;
  if (recorded.fault === undefined) return { definition, recorded, parts };
  // What the template asks was only answered now.
  const sql = parts.map(({ plan }) => planText(plan).replaceAll(`__r${run.runNo}"`, '"')).join('\n');
  const reads = [...new Set(parts.flatMap(({ plan }) => plan.reads))];
  return { definition, recorded: { sql, reads, inputsHash: null, fault: undefined }, parts };
}

/** Of all violating rows those that none of some subjects names. */
async function countOthers(
  { definition, result }: { readonly definition: CheckDefinition; readonly result: CheckResult },
  subjects: readonly string[],
  { run, beside }: Around,
  session: Session,
): Promise<bigint> {
  const kept = `select subject_id from audit.failing_rows where run_id = ${literal(run.runId)} and check_id = ${literal(definition.id)}`;
  if (result.failingRowsKept === result.violatingRows) return countOutside(kept, subjects, session);
  const parts = await planParts(definition, beside(definition), session);
  return countOutside(`${violationsStatement(parts)}\nselect subject_id from tickmark_rows`, subjects, session);
}
