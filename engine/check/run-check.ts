import type { CheckDefinition, CheckResult } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { sha256 } from '../evidence/sha256.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { CheckPlan } from './check-plan.ts';
import { findViolations } from './find-violations.ts';
import type { Violations } from './find-violations.ts';

/** Failing rows kept per check and run; the true number is always in the result. */
const FAILING_ROWS_CAP = 100_000n;

/** Runs one check and writes its result; a fault inside it is its own `error` and leaves the session usable. */
export async function runCheck(
  input: {
    readonly run: RunRef;
    readonly definition: CheckDefinition;
    readonly plan: () => CheckPlan;
    /** The same plan over the live schemas' names, which do not change from run to run: what the evidence keeps. */
    readonly recordedPlan: () => CheckPlan;
  },
  session: Session,
): Promise<CheckResult> {
  const { run, definition } = input;
  const started = performance.now();
  let sql = '';
  let reads: readonly string[] = [definition.on];
  await session.execute('savepoint check_start');
  let found: Violations;
  try {
    const { population, violations, alsoReads = [] } = input.recordedPlan();
    reads = [...new Set([definition.on, ...alsoReads])];
    sql = `-- population\n${population}\n-- violations\n${violations}`;
    found = await findViolations(definition, input.plan(), session);
    await session.execute('release savepoint check_start');
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint check_start');
    found = { status: 'error', population: 0n, failures: 0n, message: error.message };
  }
  const kept = found.failures < FAILING_ROWS_CAP ? found.failures : FAILING_ROWS_CAP;
  const result: CheckResult = {
    checkId: definition.id,
    kind: definition.kind,
    dimension: definition.dimension,
    on: definition.on,
    blocking: definition.blocking,
    ...found,
    failingRowsKept: found.status === 'error' ? 0n : kept,
    reads: JSON.stringify(reads),
    definitionHash: definition.definitionHash,
    sqlHash: sha256(sql),
    durationMs: Math.round(performance.now() - started),
  };
  await record(result, { sql, vertical: definition.vertical }, run, session);
  return result;
}

async function record(
  result: CheckResult,
  planned: { readonly sql: string; readonly vertical: string },
  run: RunRef,
  session: Session,
): Promise<void> {
  await session.execute(
    `insert into audit.check_results (run_id, check_id, vertical, kind, dimension, on_relation, status, blocking, population, failures, failing_rows_kept, message, reads, definition_hash, sql, sql_hash, duration_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      run.runId,
      result.checkId,
      planned.vertical,
      result.kind,
      result.dimension,
      result.on,
      result.status,
      String(result.blocking),
      result.population.toString(),
      result.failures.toString(),
      result.failingRowsKept.toString(),
      result.message,
      result.reads,
      result.definitionHash,
      planned.sql,
      result.sqlHash,
      String(result.durationMs),
    ],
  );
  if (result.failingRowsKept === 0n) return;
  await session.execute(
    `insert into audit.failing_rows (run_id, check_id, row_no, subject_id, reason, amount, occurred_at)
     select $1, $2, row_number() over (order by subject_id::text, reason::text), subject_id::text, reason::text, amount, occurred_at::text
     from pg_temp.violations order by subject_id::text, reason::text limit ${FAILING_ROWS_CAP}`,
    [run.runId, result.checkId],
  );
}
