import type { Command } from 'commander';
import { targetPathOption } from '../build-options.ts';
import type { CliContext } from '../context.ts';
import { foundLine } from '../found-line.ts';
import { formatSeconds } from '../format-line.ts';
import { lintModels } from '../lint-models.ts';
import { listResources } from '../list-resources.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { warnOf } from '../warn-of.ts';
import { writeArtifacts } from '../write-artifacts.ts';

type ParseOptions = ProjectOptions & {
  readonly targetPath: string;
  readonly warnError?: boolean;
  readonly json?: boolean;
};

export function addParse(program: Command, context: CliContext): void {
  const command = program
    .command('parse')
    .description('read and compile the whole project, say what is wrong with it, and write target/manifest.json');
  command
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .addOption(targetPathOption())
    .option('--warn-error', 'a warning makes the exit code 1')
    .option('--json', 'the counts as one JSON document on stdout')
    .action((given: ParseOptions): void => {
      const began = performance.now();
      const startedAt = new Date().toISOString();
      const options = { ...command.optsWithGlobals<ParseOptions>(), ...given };
      const opened = openProject(options, context);
      const resources = listResources(opened.project, opened.compiled);
      const warnings = lintModels(opened.compiled.models);
      warnOf(warnings, context);
      if (options.warnError && warnings.length > 0) context.failed();
      const written = writeArtifacts(
        {
          opened,
          targetPath: options.targetPath,
          startedAt,
          outcomes: null,
          args: {
            which: 'parse',
            vars: opened.vars,
          },
          elapsedMs: performance.now() - began,
        },
        context,
      );
      if (options.json) {
        const counts = Object.groupBy(resources, ({ type }) => type);
        const document = {
          project: opened.project.config.name,
          hash: opened.project.hash,
          counts: Object.fromEntries(Object.entries(counts).map(([type, each]) => [type, each.length])),
          warnings,
          manifest: written,
        };
        return context.out(`${JSON.stringify(document, null, 2)}\n`);
      }
      context.out(`${foundLine(resources)}\n`);
      const took = formatSeconds(performance.now() - began);
      context.say(`parsed in ${took}${written === null ? '' : `; ${written} is written`}`);
    });
}
