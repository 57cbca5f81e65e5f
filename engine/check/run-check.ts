import type { CheckDefinition, CheckResult, CheckStatus } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { sha256 } from '../evidence/sha256.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { decideStatus } from './decide-status.ts';
import type { CheckPlan } from './check-plan.ts';

/** Failing rows kept per check and run; the true number is always in the result. */
const FAILING_ROWS_CAP = 100_000n;

interface Found {
  readonly status: CheckStatus;
  readonly population: bigint;
  readonly failures: bigint;
  readonly message: string | null;
}

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
  let found: Found;
  try {
    const { population, violations, alsoReads = [] } = input.recordedPlan();
    reads = [...new Set([definition.on, ...alsoReads])];
    sql = `-- population\n${population}\n-- violations\n${violations}`;
    found = await look(definition, input.plan(), session);
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
    definitionHash: definition.definitionHash,
    sqlHash: sha256(sql),
    durationMs: Math.round(performance.now() - started),
  };
  await record(result, { sql, reads, vertical: definition.vertical }, run, session);
  return result;
}

/** Looks the violations up once, into a temporary table that `record` then copies from. */
async function look(definition: CheckDefinition, plan: CheckPlan, session: Session): Promise<Found> {
  await session.execute('drop table if exists pg_temp.violations');
  const [counted] = await session.query(`select (${plan.population})::text as population`).catch(invalid(definition));
  await session
    .execute(`create temporary table violations on commit drop as\n${plan.violations}`)
    .catch(invalid(definition));
  await conform(definition, session);
  const [violated] = await session.query('select count(*)::text as failures from pg_temp.violations');
  const population = BigInt(counted?.['population'] ?? '0');
  const failures = BigInt(violated?.['failures'] ?? '0');
  const status = decideStatus({ population, failures, settings: definition.settings });
  return { status, population, failures, message: status === 'no_data' ? 'nothing to look at' : null };
}

/** Gives the violations the four columns that every check returns. */
async function conform(definition: CheckDefinition, session: Session): Promise<void> {
  const rows = await session.query(
    `select attname::text as name from pg_attribute where attrelid = 'pg_temp.violations'::regclass and attnum > 0 and not attisdropped`,
  );
  const columns = new Set(rows.map((row) => row['name']));
  for (const needed of ['subject_id', 'reason']) {
    if (columns.has(needed)) continue;
    throw new EngineError('CHECK_INVALID', `check ${definition.id} does not return a column ${needed}`, {
      place: { file: definition.file, line: definition.line },
    });
  }
  if (!columns.has('amount')) await session.execute('alter table pg_temp.violations add amount numeric');
  if (!columns.has('occurred_at')) await session.execute('alter table pg_temp.violations add occurred_at text');
}

function invalid(definition: CheckDefinition): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
    const reason = error.message.replace(/^the warehouse refused a statement: /, '').replace(/ \[\w+\]$/, '');
    throw new EngineError('CHECK_INVALID', `check ${definition.id}: ${reason}`, {
      place: { file: definition.file, line: definition.line },
    });
  };
}

async function record(
  result: CheckResult,
  planned: { readonly sql: string; readonly reads: readonly string[]; readonly vertical: string },
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
      JSON.stringify(planned.reads),
      result.definitionHash,
      planned.sql,
      result.sqlHash,
      String(result.durationMs),
    ],
  );
  if (result.failingRowsKept === 0n) return;
  await session.execute(
    `insert into audit.failing_rows (run_id, check_id, row_no, subject_id, reason, amount, occurred_at)
     select $1, $2, row_number() over (order by subject_id::text, reason::text), subject_id::text, reason::text, amount::numeric, occurred_at::text
     from pg_temp.violations order by subject_id::text, reason::text limit ${FAILING_ROWS_CAP}`,
    [run.runId, result.checkId],
  );
}
