import { hasShare } from '../check-kinds/violation-of.ts';
import type { CheckDefinition, CheckResult } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { percentageOf } from './judge.ts';
import type { RecordedPlan } from './result-of.ts';

/** Writes results and their slices, each in one statement. Failing rows may have been written before. */
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
    reused_from_run: result.reusedFromRun,
    duration_ms: result.durationMs,
    passes: result.passes?.toString() ?? null,
    percentage: shareOf(definition, result),
    thresholds: JSON.stringify(thresholdsOf(definition)),
    measure: result.measure,
    measured_hash: definition.measuredHash,
    waiver: result.waiver === null ? null : JSON.stringify(result.waiver),
  }));
  await session.execute(RECORD_RESULTS, [run.runId, JSON.stringify(rows)]);
  const slices = results.flatMap(({ definition, result }) =>
    result.slices.map((slice) => ({
      check_id: result.checkId,
      slice: slice.slice,
      sliced_by: definition.settings.slices?.by,
      slice_from: slice.from,
      slice_to: slice.to,
      definition_hash: result.definitionHash,
      status: slice.status,
      population: slice.population.toString(),
      failures: slice.failures.toString(),
    })),
  );
  if (slices.length > 0) await session.execute(RECORD_SLICES, [run.runId, JSON.stringify(slices)]);
}

/** What of the population violates, in percent, as it was judged; null of a check that was not, and where a share means nothing. */
function shareOf({ kind, settings }: CheckDefinition, result: CheckResult): string | null {
  if (result.status === 'error' || result.status === 'skipped' || !hasShare(kind)) return null;
  return percentageOf(settings.fail_calc === undefined ? result.violatingRows : result.failures, result.population);
}

function thresholdsOf({ settings }: CheckDefinition): object {
  const { severity, warn_if, error_if, min_population } = settings;
  return { severity, warn_if, error_if, ...(min_population === undefined ? {} : { min_population }) };
}

const RECORD_RESULTS = `
insert into audit.check_results (run_id, check_id, vertical, kind, dimension, on_relation, status, blocking, population, failures, violating_rows, failing_rows_kept, message, reads, definition_hash, sql, sql_hash, inputs_hash, reused_from_run, duration_ms, passes, percentage, thresholds, measure, measured_hash, waiver)
select $1, *
from jsonb_to_recordset($2::jsonb) as result(
  check_id text, vertical text, kind text, dimension text, on_relation text, status text, blocking boolean, population bigint, failures bigint,
  violating_rows bigint, failing_rows_kept bigint, message text, reads text, definition_hash text, sql text, sql_hash text, inputs_hash text,
  reused_from_run text, duration_ms bigint, passes bigint, percentage numeric, thresholds text, measure numeric, measured_hash text, waiver text
)`;

const RECORD_SLICES = `
insert into audit.check_slices (run_id, check_id, slice, sliced_by, slice_from, slice_to, definition_hash, status, population, failures)
select $1, *
from jsonb_to_recordset($2::jsonb) as slice(
  check_id text, slice text, sliced_by text, slice_from date, slice_to date, definition_hash text, status text, population bigint, failures bigint
)`;
