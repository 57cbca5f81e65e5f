import type { RunRef } from '../contracts/run.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { readBuilds } from './record-builds.ts';
import { findLanded } from './standing.ts';

/** The state of what a run's checks look at: a model as the run left it, or a landed table; null where it is not known. */
export async function readFingerprints(run: RunRef, session: Session): Promise<(name: string) => string | null> {
  const builds = await readBuilds(run.runId, null, session);
  const landed = await findLanded(session);
  const states = new Map<string, string | null>([
    ...[...landed].map(([name, { hash }]) => [name, hash] as const),
    ...builds.map(({ model, fingerprint, inputsHash }) => [model, inputsHash === null ? null : fingerprint] as const),
  ]);
  return (name) => states.get(name) ?? null;
}
