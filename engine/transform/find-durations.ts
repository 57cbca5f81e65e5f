import type { Session } from '../warehouse/warehouse.ts';

/** How long each model of a vertical took when it was last built, in milliseconds, by name. */
export async function findDurations(vertical: string, session: Session): Promise<ReadonlyMap<string, number>> {
  const rows = await session.query(
    `select distinct on (b.model) b.model, b.duration_ms
     from audit.builds b join audit.runs r using (run_id)
     where b.vertical = $1 and b.status = 'success' and b.duration_ms is not null
     order by b.model, r.run_no desc`,
    [vertical],
  );
  return new Map(rows.map((row) => [row['model'] as string, Number(row['duration_ms'])]));
}
