import { BeginRunInput, EndRunInput, RunInput } from '../engine/contracts/run.ts';
import type { RunPlan, RunRef } from '../engine/contracts/run.ts';
import { EngineError } from '../engine/errors.ts';
import { beginRun as recordBegin, endRun as recordEnd } from '../engine/evidence/run-record.ts';
import { loadProject } from '../engine/project/load-project.ts';
import { dropBeside } from '../engine/warehouse/drop-beside.ts';
import { dropSchemas } from '../engine/warehouse/drop-schemas.ts';
import { buildSchemas } from '../engine/warehouse/model-schema.ts';
import { asActivity } from './as-activity.ts';
import type { ActivityDeps } from './deps.ts';
import { loadCompiledRun } from './load-run.ts';

/** Stands for the hash of files that cannot be read as a project. */
const UNREADABLE = 'unreadable';

/** Begins, plans and ends a run. */
export function runActivities(deps: ActivityDeps) {
  return {
    /** Records the run even when the project cannot be read, so that planning it can fail where people are told. */
    beginRun: (input: BeginRunInput): Promise<RunRef> =>
      asActivity(async () => {
        const { runId, vertical, kind, vars, fullRefresh } = BeginRunInput.parse(input);
        const { project, projectHash } = identifyProject(deps.root);
        const { toolVersion } = deps;
        return recordBegin(
          { runId, vertical, kind, project, projectHash, toolVersion, vars, fullRefresh },
          deps.warehouse,
        );
      }),

    /** Loads and compiles everything before a source is asked for anything. */
    planRun: (input: RunInput): Promise<RunPlan> =>
      asActivity(async () => {
        const { run } = RunInput.parse(input);
        const { project } = await loadCompiledRun(run, deps);
        if (!(run.vertical in project.config.verticals)) {
          throw new EngineError('PROJECT_UNKNOWN_VERTICAL', `no vertical ${run.vertical}`);
        }
        const pulled = project.sources.filter(({ vertical, external }) => vertical === run.vertical && !external);
        const sources = pulled.map(({ source }) => source);
        return { sources: [...new Set(sources)] };
      }),

    endRun: (input: EndRunInput): Promise<void> =>
      asActivity(async () => {
        const { run, status, reason } = EndRunInput.parse(input);
        await recordEnd({ run, status, reason }, deps.warehouse);
        // What a failed or an engagement's run left beside the live tables; a published one left nothing.
        await dropSchemas(buildSchemas(run.vertical, run.runNo), deps.warehouse);
        await dropBeside({ runNo: run.runNo }, deps.warehouse);
      }),
  };
}

function identifyProject(root: string): { readonly project: string; readonly projectHash: string } {
  try {
    const { config, hash } = loadProject(root);
    return { project: config.name, projectHash: hash };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { project: UNREADABLE, projectHash: UNREADABLE };
  }
}
