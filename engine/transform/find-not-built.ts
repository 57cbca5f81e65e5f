import type { Session } from '../warehouse/warehouse.ts';

/** The models that a run was to build and did not, with why. */
export async function findNotBuilt(runId: string, session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query(
    `select model, status, reason from audit.builds where run_id = $1 and status in ('error', 'skipped') order by model`,
    [runId],
  );
  return new Map(
    rows.map((row) => [row['model'] as string, row['status'] === 'error' ? 'it failed' : (row['reason'] as string)]),
  );
}
