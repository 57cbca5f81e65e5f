import type { CheckDefinition, CheckResult, CheckStatus } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { literal } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { PlannedCheck } from './plan-check.ts';
import { recordResults } from './record-results.ts';
import { resultOf } from './result-of.ts';
import type { RecordedPlan } from './result-of.ts';
import { statusSql } from './status-sql.ts';

/** A check with what is run and what is kept of it. */
export interface PlannedRun {
  readonly definition: CheckDefinition;
  readonly plan: PlannedCheck;
  readonly recorded: RecordedPlan;
}

/** Checks asked in one statement grow in number while they take less than this, and shrink when they take far more. */
const SHORT_MS = 100;
const MOST_AT_ONCE = 64;

/**
 * Finds the checks that no row violates, many in one statement, and records them; those that something violates, or that cannot run, are
 * left to be run one by one. Most checks of most runs are clean, and of 500 over small tables nearly all the time went into statements.
 */
export async function runCleanChecks(
  run: RunRef,
  checks: readonly PlannedRun[],
  session: Session,
): Promise<ReadonlyMap<string, CheckResult>> {
  const clean = new Map<string, CheckResult>();
  let atOnce = 4;
  for (let from = 0; from < checks.length;) {
    const batch = checks.slice(from, from + atOnce);
    from += batch.length;
    const started = performance.now();
    const found = await findClean(batch, session);
    const durationMs = performance.now() - started;
    if (durationMs < SHORT_MS) atOnce = Math.min(atOnce * 2, MOST_AT_ONCE);
    else if (durationMs > 10 * SHORT_MS) atOnce = Math.max(1, Math.floor(atOnce / 2));
    const results = batch.flatMap((check, index) => {
      const answer = found.get(String(index));
      if (answer === undefined) return [];
      // What one of them took alone is not known; together they took this.
      return [{ ...check, result: resultOf(check, { ...answer, durationMs: Math.round(durationMs / batch.length) }) }];
    });
    await recordResults(run, results, session);
    for (const { result } of results) clean.set(result.checkId, result);
  }
  return clean;
}

type Answer = Pick<CheckResult, 'status' | 'population' | 'message'>;

async function findClean(batch: readonly PlannedRun[], session: Session): Promise<ReadonlyMap<string, Answer>> {
  await session.execute('savepoint clean_start');
  try {
    const rows = await session.query(batch.map(cleanStatement).join('\nunion all\n'));
    await session.execute('release savepoint clean_start');
    return new Map(
      rows.map((row) => {
        const status = row['status'] as CheckStatus;
        const message = status === 'no_data' ? 'nothing to look at' : null;
        return [row['check_no'] as string, { status, population: BigInt(row['population'] as string), message }];
      }),
    );
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint clean_start');
    return new Map();
  }
}

/**
 * Gives one row when nothing violates the check, else none. The violations are counted, not asked for by `exists`: for one row only
 * Postgres plans nested loops, and when there is none it walks them all (minutes instead of milliseconds for a reconciliation).
 */
function cleanStatement({ definition, plan }: PlannedRun, index: number): string {
  return `(select ${literal(String(index))} as check_no, population::text as population, ${statusSql(definition.settings)} as status
from (select (
${plan.population}
)::bigint as population, 0::bigint as failures) as counted
where (select count(*) from (
${plan.violations}
) as violations) = 0)`;
}
