import { compileRun } from '../engine/compile/compile-run.ts';
import type { RunCompilation } from '../engine/compile/compile-run.ts';
import type { Project } from '../engine/contracts/project.ts';
import type { RunRef } from '../engine/contracts/run.ts';
import { EngineError } from '../engine/errors.ts';
import { findRun } from '../engine/evidence/run-record.ts';
import type { PinnedRun } from '../engine/evidence/run-record.ts';
import { loadProject } from '../engine/project/load-project.ts';
import { buildSchema, liveSchema } from '../engine/warehouse/model-schema.ts';
import type { ActivityDeps } from './deps.ts';

/** The project as the run pinned it; refused when its files say something else by now. */
export async function loadRun(
  run: RunRef,
  deps: ActivityDeps,
): Promise<{ readonly pinned: PinnedRun; readonly project: Project }> {
  const pinned = await findRun(run.runId, deps.warehouse);
  const project = loadProject(deps.root);
  if (project.hash !== pinned.projectHash) {
    throw new EngineError(
      'PROJECT_CHANGED',
      `run ${run.runNo} began with project ${pinned.projectHash.slice(0, 12)}, the files are now ${project.hash.slice(0, 12)}`,
    );
  }
  return { pinned, project };
}

/** A run's activities ask for the same compilation one after the other; of a project that changed `loadRun` refuses before. */
const compilations = new Map<string, RunCompilation>();
const KEPT = 3;

/** The same, compiled for the run's own schemas. */
export async function loadCompiledRun(
  run: RunRef,
  deps: ActivityDeps,
): Promise<{ readonly pinned: PinnedRun; readonly project: Project; readonly compiled: RunCompilation }> {
  const { pinned, project } = await loadRun(run, deps);
  const known = compilations.get(run.runId);
  if (known) return { pinned, project, compiled: known };
  const compiled = compileRun(project, {
    vertical: run.vertical,
    vars: pinned.vars,
    env: deps.env,
    runClock: pinned.runClock,
    invocationId: run.runId,
    flags: { fullRefresh: pinned.request.fullRefresh || pinned.fullRefresh, empty: pinned.request.empty },
    liveSchema,
    buildSchema: (model) => buildSchema(model, run.runNo),
  });
  for (const old of [...compilations.keys()].slice(0, -KEPT)) compilations.delete(old);
  compilations.set(run.runId, compiled);
  return { pinned, project, compiled };
}
