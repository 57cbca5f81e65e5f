import type { Count } from '../check-kinds/count.ts';
import { hasPasses } from '../check-kinds/violation-of.ts';
import type { CheckDefinition, CheckedSlice, CheckPreview, CheckResult } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { compareParts } from './compare-elsewhere.ts';
import type { CompareElsewhere } from './compare-elsewhere.ts';
import { explainFault } from './explain-fault.ts';
import { findViolations } from './find-violations.ts';
import type { Keeping, Violations } from './find-violations.ts';
import { judge, worstOf } from './judge.ts';
import type { Verdict } from './judge.ts';
import { resultOf } from './result-of.ts';
import type { RecordedPlan } from './result-of.ts';
import { runScan } from './run-scan.ts';
import type { ScanAnswer } from './run-scan.ts';
import { storeFailures, storesFailures } from './store-failures.ts';
import { countShown } from './violations-statement.ts';
import type { CheckPart } from './violations-statement.ts';

/** A check with what is run and what is kept of it. */
export interface PlannedRun {
  readonly definition: CheckDefinition;
  readonly recorded: RecordedPlan;
  /** One, or one for each slice; none when there is no slice yet. */
  readonly parts: readonly CheckPart[];
}

export interface Evaluated {
  readonly result: CheckResult;
  readonly examples: CheckPreview['examples'];
}

/**
 * Runs checks: one scan counts what each looks at and what violates it, then the violations of those that have any are looked up, and
 * every check is judged. A check that cannot run is `error`; the others stand, and the session stays usable.
 */
export async function evaluateChecks(
  planned: readonly PlannedRun[],
  {
    keeping,
    compareElsewhere,
  }: { readonly keeping: Keeping; readonly compareElsewhere?: CompareElsewhere | undefined },
  session: Session,
): Promise<ReadonlyMap<string, Evaluated>> {
  const evaluated = new Map<string, Evaluated>();
  const runs: PlannedRun[] = [];
  for (const run of planned) {
    const fault = await compareParts(run, compareElsewhere, session);
    if (fault === undefined) runs.push(run);
    else evaluated.set(run.definition.id, await faultOf(run, fault, session));
  }
  const requests = runs.map((run) => ({
    run,
    relation: run.parts[0]?.plan.relation ?? '',
    counts: run.parts.flatMap(asked),
  }));
  const answers = await runScan(
    requests.filter(({ counts }) => counts.length > 0),
    session,
  );
  for (const request of requests) {
    const { run } = request;
    const answer = answers.get(request) ?? { values: [], durationMs: 0 };
    const one = await (answer instanceof EngineError
      ? faultOf(run, answer, session)
      : evaluate(run, answer, keeping, session));
    evaluated.set(run.definition.id, one);
  }
  return evaluated;
}

/** The result of a check that could not run. */
export async function faultOf(
  run: Pick<PlannedRun, 'definition' | 'recorded'> & { readonly parts?: readonly CheckPart[] },
  error: EngineError,
  session: Session,
): Promise<Evaluated> {
  const { message } = await explainFault(error, run.definition, run.parts?.[0]?.plan, session);
  return { result: resultOf(run, { status: 'error', message }), examples: [] };
}

/** What the scan asks of a part: its population, its violations unless all of them have to be read, and its measure. */
function asked({ plan }: CheckPart): readonly Count[] {
  return [
    plan.population,
    ...(plan.readsAll ? [] : [foundOf(plan)]),
    ...(plan.measure === undefined ? [] : [plan.measure]),
  ];
}

function foundOf({ found, violations, isBespoke }: CheckPart['plan']): Count {
  if (found !== undefined) return found;
  return { query: isBespoke ? countShown(violations) : `select count(*) from (\n${violations}\n) as violations` };
}

interface Counted {
  readonly part: CheckPart;
  readonly population: bigint;
  /** Undefined where the violations have to be read to know. */
  readonly found: bigint | undefined;
  readonly measure: string | null;
}

async function evaluate(
  run: PlannedRun,
  { values, durationMs }: ScanAnswer,
  keeping: Keeping,
  session: Session,
): Promise<Evaluated> {
  const { definition, parts } = run;
  const started = performance.now();
  const counted = readCounts(parts, values);
  const toRead = counted.filter(({ found }) => found !== 0n);
  const stores = 'run' in keeping && storesFailures(definition);
  try {
    let violations: Violations = { parts: [], kept: 0n, examples: [] };
    if (toRead.length > 0 || stores) {
      await session.execute('savepoint check_rows');
      if (toRead.length > 0) {
        violations = await findViolations(
          definition,
          toRead.map(({ part }) => part),
          keeping,
          session,
        );
        refuseContradiction(definition, toRead, violations);
      }
      if (stores) await storeFailures(definition, parts, session);
      await session.execute('release savepoint check_rows');
    }
    const found = new Map(toRead.map(({ part }, index) => [part, violations.parts[index]]));
    const judged = counted.map((one) => judgePart(definition, one, found.get(one.part) ?? NONE));
    const took = Math.round(durationMs + (toRead.length > 0 ? performance.now() - started : 0));
    return {
      result: resultOf(run, { ...together(definition, judged), failingRowsKept: violations.kept, durationMs: took }),
      examples: violations.examples,
    };
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint check_rows');
    await session.execute('release savepoint check_rows');
    return faultOf(run, error, session);
  }
}

const NONE = { violating: 0n, failures: 0n };

function readCounts(parts: readonly CheckPart[], values: readonly (string | null)[]): readonly Counted[] {
  let at = 0;
  return parts.map((part) => {
    const population = BigInt(values[at++] ?? '0');
    const found = part.plan.readsAll ? undefined : BigInt(values[at++] ?? '0');
    return { part, population, found, measure: part.plan.measure === undefined ? null : (values[at++] ?? null) };
  });
}

/** A kind that counts otherwise than it lists is wrong, and then nothing is known. */
function refuseContradiction(definition: CheckDefinition, counted: readonly Counted[], { parts }: Violations): void {
  for (const [index, { found }] of counted.entries()) {
    const listed = parts[index]?.violating;
    if (found === undefined || listed === found) continue;
    throw new EngineError('CHECK_INVALID', `check ${definition.id} counts ${found} violations and lists ${listed}`, {
      place: { file: definition.file, line: definition.line },
    });
  }
}

interface JudgedPart extends Counted {
  readonly violating: bigint;
  readonly failures: bigint;
  readonly passes: bigint | null;
  readonly verdict: Verdict;
}

function judgePart(
  definition: CheckDefinition,
  counted: Counted,
  { violating, failures }: { readonly violating: bigint; readonly failures: bigint },
): JudgedPart {
  const { population, part } = counted;
  const passes = !hasPasses(definition.kind) ? null : violating < population ? population - violating : 0n;
  const violations = definition.settings.fail_calc === undefined ? violating : failures;
  const verdict = judge({ population, failures, violations, passes }, definition.settings, part.plan.emptyMeans);
  return { ...counted, violating, failures, passes, verdict };
}

/** The result of all parts: of slices the worst verdict, and sums. */
function together(
  definition: CheckDefinition,
  judged: readonly JudgedPart[],
): Pick<CheckResult, 'status'> & Partial<CheckResult> {
  const sum = (number: (one: JudgedPart) => bigint): bigint => judged.reduce((total, one) => total + number(one), 0n);
  const status = worstOf(judged.map(({ verdict }) => verdict.status)) ?? 'no_data';
  const numbers = {
    status,
    population: sum(({ population }) => population),
    failures: sum(({ failures }) => failures),
    violatingRows: sum(({ violating }) => violating),
    passes: hasPasses(definition.kind) ? sum(({ passes }) => passes ?? 0n) : null,
  };
  const [only] = judged;
  if (definition.settings.slices === undefined && only !== undefined)
    return { ...numbers, measure: only.measure, message: only.verdict.message };
  const silent = judged.filter(({ verdict }) => verdict.status === 'no_data');
  return {
    ...numbers,
    slices: judged.map(sliceOf),
    message: judged.length === 0 ? 'no slice of it is there yet' : status === 'no_data' ? tellSilent(silent) : null,
  };
}

function sliceOf({ part: { slice }, verdict, population, failures }: JudgedPart): CheckedSlice {
  const period = slice?.holds.kind === 'period' ? slice.holds : { from: null, to: null };
  const { from, to } = period;
  return { slice: slice?.label ?? '', from, to, status: verdict.status, population, failures };
}

const MOST_TOLD = 5;

function tellSilent(silent: readonly JudgedPart[]): string {
  const told = silent.slice(0, MOST_TOLD).map(({ part: { slice }, population, verdict }) => {
    if (slice?.isGone) return `group ${slice.label} is gone`;
    return population === 0n ? `slice ${slice?.label} has no rows` : `slice ${slice?.label}: ${verdict.message}`;
  });
  const more = silent.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join('; ');
}
