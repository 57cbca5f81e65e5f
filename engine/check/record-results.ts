import type { CheckDefinition, CheckResult } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { RecordedPlan } from './result-of.ts';

/** Writes results without failing rows, in one statement. */
export async function recordResults(
  run: RunRef,
  results: readonly {
    readonly definition: CheckDefinition;
    readonly recorded: RecordedPlan;
    readonly result: CheckResult;
  }[],
  session: Session,
): Promise<void> {
  if (results.length === 0) return;
  const rows = results.map(({ definition, recorded, result }) => ({
    check_id: result.checkId,
    vertical: definition.vertical,
    kind: result.kind,
    dimension: result.dimension,
    on_relation: result.on,
    status: result.status,
    blocking: result.blocking,
    population: result.population.toString(),
    failures: result.failures.toString(),
    violating_rows: result.violatingRows.toString(),
    failing_rows_kept: result.failingRowsKept.toString(),
    message: result.message,
    reads: result.reads,
    definition_hash: result.definitionHash,
    sql: recorded.sql,
    sql_hash: result.sqlHash,
    inputs_hash: result.inputsHash,
    duration_ms: result.durationMs,
  }));
  await session.execute(RECORD_RESULTS, [run.runId, JSON.stringify(rows)]);
}

const RECORD_RESULTS = `
insert into audit.check_results (run_id, check_id, vertical, kind, dimension, on_relation, status, blocking, population, failures, violating_rows, failing_rows_kept, message, reads, definition_hash, sql, sql_hash, inputs_hash, duration_ms)
select $1, *
from jsonb_to_recordset($2::jsonb) as result(
  check_id text, vertical text, kind text, dimension text, on_relation text, status text, blocking boolean, population bigint, failures bigint,
  violating_rows bigint, failing_rows_kept bigint, message text, reads text, definition_hash text, sql text, sql_hash text, inputs_hash text,
  duration_ms bigint
)`;
