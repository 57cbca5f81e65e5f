import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { EngagementVerdict } from '../../engine/contracts/run.ts';
import { PullEngagementInput } from '../../engine/contracts/run.ts';
import { EngineError } from '../../engine/errors.ts';
import type { CliContext } from '../context.ts';
import { formatNumber } from '../format-number.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { parseVars } from '../parse-vars.ts';
import { runWorkflow } from '../run-workflow.ts';
import { withWorker } from '../with-worker.ts';

interface PullOptions extends ProjectOptions {
  readonly vertical: string;
  readonly name: string;
  readonly out: string;
  readonly json?: boolean;
}

export function addEngagement(program: Command, context: CliContext): void {
  const engagement = program.command('engagement').description('work for one audit engagement');
  engagement
    .command('pull')
    .description('pull a vertical anew and write the subset that an engagement asks for, with its manifest')
    .requiredOption('--vertical <name>', 'which vertical')
    .requiredOption('--name <name>', 'the engagement: letters, digits, _, . and -')
    .requiredOption(
      '--out <folder>',
      'a folder that is empty or not there yet; on the worker machine when Temporal is configured',
    )
    .option('--vars <vars>', 'what to filter by: variables as YAML or JSON, or name=value,name=value')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: PullOptions, command: Command): Promise<void> => {
      const { root, project } = openProject({ ...command.optsWithGlobals(), ...options }, context);
      if (!(options.vertical in project.config.verticals)) {
        throw new EngineError('PROJECT_UNKNOWN_VERTICAL', `no vertical ${options.vertical}`);
      }
      const input = PullEngagementInput.safeParse({
        vertical: options.vertical,
        engagement: options.name,
        vars: parseVars(options.vars),
        outputDirectory: resolve(context.cwd, options.out),
      });
      if (!input.success) {
        throw new EngineError(
          'ENGAGEMENT_INVALID',
          `--name: ${input.error.issues.map(({ message }) => message).join('; ')}`,
        );
      }
      const { report, result, failure } = await withWorker({ root, context }, ({ temporal, warehouse }) =>
        runWorkflow(
          {
            temporal,
            workflow: 'pullEngagement',
            workflowId: `engagement-${options.vertical}-${options.name}`,
            args: [input.data],
          },
          { warehouse, say: context.say },
        ),
      );
      if (failure !== null || report === undefined)
        throw new EngineError('RUN_FAILED', failure ?? 'the run left no record');
      const verdict = result as EngagementVerdict;
      if (options.json) {
        const { files, manifestSha256 } = verdict.export;
        const pack = {
          engagement: options.name,
          runNo: verdict.runNo,
          folder: input.data.outputDirectory,
          files,
          manifestSha256,
        };
        return context.out(`${JSON.stringify(pack, null, 2)}\n`);
      }
      context.out(
        [
          '',
          pc.bold(`Engagement ${options.name}: run ${verdict.runNo}, written to ${input.data.outputDirectory}`),
          ...verdict.export.files.map(
            ({ file, rows, sha256 }) => `  ${file}  ${formatNumber(rows)} rows  sha256 ${sha256}`,
          ),
          `  manifest.json  sha256 ${verdict.export.manifestSha256}`,
          `  check it with: sha256sum -c SHA256SUMS`,
          '',
        ].join('\n'),
      );
    });
}
