import type { Command } from 'commander';
import { EngineError } from '../../engine/errors.ts';
import { formatVerdict } from '../format-verdict.ts';
import type { CliContext } from '../context.ts';
import { isFine } from '../is-fine.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { parseBackfill } from '../parse-backfill.ts';
import { parseVars } from '../parse-vars.ts';
import { runWorkflow } from '../run-workflow.ts';
import { withWorker } from '../with-worker.ts';

export function addRefresh(program: Command, context: CliContext): void {
  program
    .command('refresh')
    .description('refresh a vertical: extract, land, verify, transform, check, measure, publish, alert')
    .requiredOption('--vertical <name>', 'which vertical')
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--full-refresh', 'start the landed history anew; needed when a source changed its columns')
    .option('--backfill <range>', 'pull a span of one table again: source.table=from..to, `to` not included')
    .option('--json', 'one JSON document on stdout')
    .action(
      async (
        options: ProjectOptions & { vertical: string; fullRefresh?: boolean; backfill?: string; json?: boolean },
        command: Command,
      ): Promise<void> => {
        const { root, project } = openProject({ ...command.optsWithGlobals(), ...options }, context);
        if (!(options.vertical in project.config.verticals)) {
          throw new EngineError('PROJECT_UNKNOWN_VERTICAL', `no vertical ${options.vertical}`);
        }
        const backfill = options.backfill === undefined ? undefined : parseBackfill(options.backfill, project.sources);
        const { report, failure } = await withWorker({ root, context }, ({ temporal, warehouse }) =>
          runWorkflow(
            {
              temporal,
              workflow: 'runVertical',
              workflowId: `refresh-${options.vertical}`,
              args: [
                {
                  vertical: options.vertical,
                  vars: parseVars(options.vars),
                  fullRefresh: options.fullRefresh ?? false,
                  ...(backfill === undefined ? {} : { backfill }),
                },
              ],
            },
            { warehouse, say: context.say },
          ),
        );
        if (report === undefined) throw new EngineError('RUN_FAILED', failure ?? 'the run left no record');
        if (options.json) context.out(`${JSON.stringify(report, null, 2)}\n`);
        else context.out(`${formatVerdict(report).join('\n')}\n`);
        if (failure !== null || report.status !== 'succeeded' || !report.checks.every(isFine)) context.failed();
      },
    );
}
