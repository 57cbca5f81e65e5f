import { dropBeside } from '../engine/warehouse/drop-beside.ts';
import { BeginRunInput, EndRunInput } from '../engine/contracts/run.ts';
import type { BegunRun } from '../engine/contracts/run.ts';
import { compileProject } from '../engine/compile/compile-project.ts';
import { EngineError } from '../engine/errors.ts';
import { beginRun as recordBegin, endRun as recordEnd } from '../engine/evidence/run-record.ts';
import { loadProject } from '../engine/project/load-project.ts';
import { dropSchemas } from '../engine/warehouse/drop-schemas.ts';
import { buildSchemas, liveSchema } from '../engine/warehouse/model-schema.ts';
import { asActivity } from './as-activity.ts';
import type { ActivityDeps } from './deps.ts';

/** Begins and ends a run. */
export function runActivities(deps: ActivityDeps) {
  return {
    beginRun: (input: BeginRunInput): Promise<BegunRun> =>
      asActivity(async () => {
        const { runId, vertical, kind, vars, fullRefresh } = BeginRunInput.parse(input);
        const project = loadProject(deps.root);
        if (!(vertical in project.config.verticals)) throw new EngineError('PROJECT_UNKNOWN_VERTICAL', `no vertical ${vertical}`);
        // A template that cannot be rendered is found before a source is asked for anything.
        compileProject(project, { vars, env: deps.env, schemaOf: liveSchema, target: { name: 'warehouse' } });
        const run = await recordBegin(
          {
            runId,
            vertical,
            kind,
            project: project.config.name,
            projectHash: project.hash,
            toolVersion: deps.toolVersion,
            vars,
            fullRefresh,
          },
          deps.warehouse,
        );
        const sources = project.sources.filter((source) => source.vertical === vertical).map(({ source }) => source);
        return { ...run, sources: [...new Set(sources)] };
      }),

    endRun: (input: EndRunInput): Promise<void> =>
      asActivity(async () => {
        const { run, status, reason } = EndRunInput.parse(input);
        await recordEnd({ run, status, reason }, deps.warehouse);
        // What a failed or an engagement's run left beside the live schemas; a published one left nothing.
        await dropSchemas(buildSchemas(run.vertical, run.runNo), deps.warehouse);
        for (const { source, name } of loadProject(deps.root).sources.filter(({ vertical }) => vertical === run.vertical)) {
          await dropBeside({ runNo: run.runNo, source, tables: [name] }, deps.warehouse);
        }
      }),
  };
}
