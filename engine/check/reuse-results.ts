import type { CheckDefinition, CheckResult, CheckStatus } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { RecordedPlan } from './result-of.ts';

/** A verdict that stands: the check was asked the same of the same rows. */
export interface Reusable {
  readonly checkId: string;
  /** The published run that has it. */
  readonly runId: string;
}

/** The checks whose inputs' hash the standing publication has a verdict for. */
export async function findReusable(
  vertical: string,
  planned: readonly { readonly definition: CheckDefinition; readonly recorded: RecordedPlan }[],
  session: Session,
): Promise<readonly Reusable[]> {
  const hashes = new Map(
    planned.flatMap(({ definition, recorded }) =>
      recorded.inputsHash === null ? [] : [[definition.id, recorded.inputsHash] as const],
    ),
  );
  if (hashes.size === 0) return [];
  const standing = await session.query<{ check_id: string; run_id: string; inputs_hash: string }>(
    `select c.check_id, c.run_id, c.inputs_hash
     from audit.check_results c
     where c.run_id = (
         select run_id from audit.publications where vertical = $1 and decision = 'published' order by publication_no desc limit 1
       )
       and c.inputs_hash is not null and c.status <> 'error'`,
    [vertical],
  );
  return standing
    .filter((row) => hashes.get(row.check_id) === row.inputs_hash)
    .map((row) => ({ checkId: row.check_id, runId: row.run_id }));
}

/** Writes verdicts that stand, with their failing rows, as this run's too; the run that found them is named. Gives them by check. */
export async function reuseResults(
  run: RunRef,
  reusable: readonly Reusable[],
  session: Session,
): Promise<ReadonlyMap<string, CheckResult>> {
  const [first] = reusable;
  if (first === undefined) return new Map();
  const values = [run.runId, first.runId, JSON.stringify(reusable.map(({ checkId }) => checkId))];
  const rows = await session.query(REUSE_RESULTS, values);
  await session.execute(
    `insert into audit.failing_rows (run_id, check_id, row_no, subject_id, reason, amount, occurred_at)
     select $1, check_id, row_no, subject_id, reason, amount, occurred_at
     from audit.failing_rows
     where run_id = $2 and check_id in (select jsonb_array_elements_text($3::jsonb))`,
    values,
  );
  return new Map(
    rows.map((row) => {
      const result: CheckResult = {
        checkId: row['check_id'] as string,
        kind: row['kind'] as string,
        dimension: row['dimension'] as CheckResult['dimension'],
        on: row['on_relation'] as string,
        status: row['status'] as CheckStatus,
        blocking: row['blocking'] === 't',
        population: BigInt(row['population'] as string),
        failures: BigInt(row['failures'] as string),
        violatingRows: BigInt(row['violating_rows'] as string),
        failingRowsKept: BigInt(row['failing_rows_kept'] as string),
        message: row['message'] ?? null,
        reads: row['reads'] as string,
        definitionHash: row['definition_hash'] as string,
        sqlHash: row['sql_hash'] as string,
        inputsHash: row['inputs_hash'] ?? null,
        reusedFromRun: row['reused_from_run'] ?? null,
        durationMs: 0,
      };
      return [result.checkId, result];
    }),
  );
}

const REUSE_RESULTS = `
insert into audit.check_results (run_id, check_id, vertical, kind, dimension, on_relation, status, blocking, population, failures, violating_rows, failing_rows_kept, message, reads, definition_hash, sql, sql_hash, inputs_hash, reused_from_run, duration_ms)
select $1, check_id, vertical, kind, dimension, on_relation, status, blocking, population, failures, coalesce(violating_rows, failures), failing_rows_kept, message, reads, definition_hash, sql, sql_hash, inputs_hash, coalesce(reused_from_run, run_id), 0
from audit.check_results
where run_id = $2 and check_id in (select jsonb_array_elements_text($3::jsonb))
returning *`;
