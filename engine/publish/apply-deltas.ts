import type { RunRef } from '../contracts/run.ts';
import { relation } from '../sql-text.ts';
import { applyDelta } from '../warehouse/delta.ts';
import type { Delta } from '../warehouse/delta.ts';
import { buildSchema } from '../warehouse/model-schema.ts';
import type { Session } from '../warehouse/warehouse.ts';

/**
 * Writes what a run adds to tables that stand (incremental models, snapshots) into them, in the transaction that publishes the run:
 * readers see all of it or nothing. The run's views, which showed the two beside each other, then read the table alone.
 */
export async function applyDeltas(run: RunRef, session: Session): Promise<void> {
  const builds = await session.query(
    `select layer, coalesce(live_name, model) as live_name, delta from audit.builds
     where run_id = $1 and delta is not null order by model`,
    [run.runId],
  );
  for (const build of builds) {
    const delta = JSON.parse(build['delta'] as string) as Delta;
    await applyDelta(delta, session);
    const layer = build['layer'] === 'staging' ? 'staging' : 'marts';
    const view = relation(buildSchema({ vertical: run.vertical, layer }, run.runNo), build['live_name'] as string);
    await session.execute(`create or replace view ${view} as\nselect * from ${delta.base}`);
  }
}
