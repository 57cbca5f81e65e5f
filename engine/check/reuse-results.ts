import type { CheckDefinition, CheckedSlice, CheckResult, CheckStatus } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { resultOf } from './result-of.ts';
import type { RecordedPlan } from './result-of.ts';

/** A verdict that stands: the check was asked the same of the same rows. */
export interface Reusable {
  readonly checkId: string;
  /** The published run that has it. */
  readonly runId: string;
}

interface Asked {
  readonly definition: CheckDefinition;
  readonly recorded: RecordedPlan;
}

/** The checks whose inputs' hash the standing publication has a verdict for. */
export async function findReusable(
  vertical: string,
  planned: readonly Asked[],
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
       and c.inputs_hash is not null and c.status not in ('error', 'skipped')`,
    [vertical],
  );
  return standing
    .filter((row) => hashes.get(row.check_id) === row.inputs_hash)
    .map((row) => ({ checkId: row.check_id, runId: row.run_id }));
}

/**
 * Takes verdicts that stand, with their slices, and keeps their failing rows as this run's too; the run that found them is named. A
 * waiver is not taken: it may be over. Gives them by check, to be recorded.
 */
export async function reuseResults(
  run: RunRef,
  reusable: readonly Reusable[],
  planned: readonly Asked[],
  session: Session,
): Promise<ReadonlyMap<string, CheckResult>> {
  const [first] = reusable;
  if (first === undefined) return new Map();
  const ids = JSON.stringify(reusable.map(({ checkId }) => checkId));
  const rows = await session.query(
    `select * from audit.check_results where run_id = $1 and check_id in (select jsonb_array_elements_text($2::jsonb))`,
    [first.runId, ids],
  );
  const slices = await session.query(
    `select check_id, slice, slice_from::text, slice_to::text, status, population, failures
     from audit.check_slices where run_id = $1 and check_id in (select jsonb_array_elements_text($2::jsonb))
     order by check_id, slice_from, slice`,
    [first.runId, ids],
  );
  await session.execute(
    `insert into audit.failing_rows (run_id, check_id, row_no, subject_id, reason, amount, occurred_at)
     select $1, check_id, row_no, subject_id, reason, amount, occurred_at
     from audit.failing_rows
     where run_id = $2 and check_id in (select jsonb_array_elements_text($3::jsonb))`,
    [run.runId, first.runId, ids],
  );
  const asked = new Map(planned.map((each) => [each.definition.id, each]));
  const slicesOf = Map.groupBy(slices, (row) => row['check_id']);
  return new Map(
    rows.flatMap((row) => {
      const check = asked.get(row['check_id'] as string);
      if (check === undefined) return [];
      const status = row['status'] as CheckStatus;
      const result = resultOf(check, {
        status,
        population: BigInt(row['population'] as string),
        failures: BigInt(row['failures'] as string),
        violatingRows: BigInt(row['violating_rows'] ?? row['failures'] ?? '0'),
        passes: typeof row['passes'] === 'string' ? BigInt(row['passes']) : null,
        measure: row['measure'] ?? null,
        slices: (slicesOf.get(row['check_id'] as string) ?? []).map(asSlice),
        failingRowsKept: BigInt(row['failing_rows_kept'] as string),
        // What is said of a failure is said of its waiver.
        message: status === 'no_data' ? (row['message'] ?? null) : null,
        reusedFromRun: row['reused_from_run'] ?? row['run_id'] ?? null,
      });
      return [[result.checkId, result] as const];
    }),
  );
}

function asSlice(row: Readonly<Record<string, string | null>>): CheckedSlice {
  return {
    slice: row['slice'] as string,
    from: row['slice_from'] ?? null,
    to: row['slice_to'] ?? null,
    status: row['status'] as CheckStatus,
    population: BigInt(row['population'] as string),
    failures: BigInt(row['failures'] as string),
  };
}
