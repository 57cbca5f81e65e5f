import type { CheckDefinition, CheckResult, CheckStatus } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { literal } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { checkStatement } from './check-statement.ts';
import { explainFault } from './explain-fault.ts';
import type { PlannedCheck } from './plan-check.ts';
import { recordResults } from './record-results.ts';
import { resultOf } from './result-of.ts';
import type { RecordedPlan } from './result-of.ts';
import { storeFailures, storesFailures } from './store-failures.ts';

/** Failing rows kept per check and run; the true number is always in the result. */
const FAILING_ROWS_CAP = 100_000;

export interface CheckToRun {
  readonly run: RunRef;
  readonly definition: CheckDefinition;
  readonly recorded: RecordedPlan;
  /** What to run, with what the evidence keeps of it where that is only known then. */
  readonly plan: () => Promise<{ readonly plan: PlannedCheck; readonly recorded: RecordedPlan }>;
}

/** Runs one check, looking its violations up once, and writes its result and its failing rows in one statement; a fault inside it is its own `error` and leaves the session usable. */
export async function runCheck(input: CheckToRun, session: Session): Promise<CheckResult> {
  const { run, definition } = input;
  const started = performance.now();
  await session.execute('savepoint check_start');
  let plan: PlannedCheck | undefined;
  try {
    const planned = await input.plan();
    plan = planned.plan;
    const result = await findAndRecord({ ...input, recorded: planned.recorded }, plan, session);
    if (storesFailures(definition)) await storeFailures(definition, plan, session);
    await session.execute('release savepoint check_start');
    return result;
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint check_start');
    const { message } = await explainFault(error, definition, plan, session);
    const durationMs = Math.round(performance.now() - started);
    const result = resultOf(input, { status: 'error', message, durationMs });
    await recordResults(run, [{ ...input, result }], session);
    return result;
  }
}

async function findAndRecord(input: CheckToRun, plan: PlannedCheck, session: Session): Promise<CheckResult> {
  const { run, definition, recorded } = input;
  const cap = Math.min(definition.settings.limit ?? FAILING_ROWS_CAP, FAILING_ROWS_CAP);
  const known = resultOf(input, { status: 'pass' });
  const columns = {
    run_id: literal(run.runId),
    check_id: literal(known.checkId),
    vertical: literal(definition.vertical),
    kind: literal(known.kind),
    dimension: literal(known.dimension),
    on_relation: literal(known.on),
    status: 'status',
    // As resultOf has it.
    blocking:
      definition.settings.no_data === 'tell'
        ? `${literal(known.blocking)} and status <> 'no_data'`
        : literal(known.blocking),
    population: 'population',
    failures: 'failures',
    violating_rows: 'violating_rows',
    failing_rows_kept: `least(violating_rows, ${cap})`,
    message: `case status when 'no_data' then 'nothing to look at' end`,
    reads: literal(known.reads),
    definition_hash: literal(known.definitionHash),
    sql: literal(recorded.sql),
    sql_hash: literal(known.sqlHash),
    inputs_hash: literal(known.inputsHash),
    duration_ms: 'round(extract(epoch from clock_timestamp() - statement_timestamp()) * 1000)::bigint',
  };
  const [row] = await session.query(`${checkStatement(plan, definition.settings)},
tickmark_recorded as (
insert into audit.check_results (${Object.keys(columns).join(', ')})
select ${Object.values(columns).join(', ')}
from tickmark_decided
returning status, population, failures, violating_rows, failing_rows_kept, message, duration_ms
),
tickmark_kept as (
insert into audit.failing_rows (run_id, check_id, row_no, subject_id, reason, amount, occurred_at)
select ${literal(run.runId)}, ${literal(definition.id)}, row_number() over (order by subject_id, reason), subject_id, reason, amount, occurred_at
from tickmark_rows order by subject_id, reason limit ${cap}
)
select * from tickmark_recorded`);
  return resultOf(input, {
    status: row?.['status'] as CheckStatus,
    population: BigInt(row?.['population'] as string),
    failures: BigInt(row?.['failures'] as string),
    violatingRows: BigInt(row?.['violating_rows'] as string),
    failingRowsKept: BigInt(row?.['failing_rows_kept'] as string),
    message: row?.['message'] ?? null,
    durationMs: Number(row?.['duration_ms']),
  });
}
