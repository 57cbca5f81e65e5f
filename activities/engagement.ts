import { ExportInput } from '../engine/contracts/run.ts';
import type { ExportSummary } from '../engine/contracts/run.ts';
import { exportEngagement as writePack } from '../engine/engagement/export-engagement.ts';
import { recordStep } from '../engine/evidence/record-step.ts';
import { asActivity } from './as-activity.ts';
import type { ActivityDeps } from './deps.ts';
import { loadCompiledRun } from './load-run.ts';

/** Writes an engagement's pack on the worker's machine. */
export function engagementActivities(deps: ActivityDeps) {
  return {
    exportEngagement: (input: ExportInput): Promise<ExportSummary> =>
      asActivity(async (attempt) => {
        const { run, engagement, outputDirectory } = ExportInput.parse(input);
        return recordStep(
          { runId: run.runId, step: 'engagement', subject: engagement, attempt },
          deps.warehouse,
          async () => {
            const { pinned, compiled } = await loadCompiledRun(run, deps);
            const result = await writePack({ run, engagement, outputDirectory, vars: pinned.vars, compiled }, deps);
            const figures = Object.fromEntries(result.files.map(({ file, rows }): [string, string] => [file, rows]));
            return { result, figures };
          },
        );
      }),
  };
}
