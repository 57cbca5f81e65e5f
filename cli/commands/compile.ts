import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { chooseResources } from '../choose-resources.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { addSelectionOptions } from '../selection-options.ts';
import type { SelectionOptions } from '../selection-options.ts';
import { targetPathOption } from '../build-options.ts';
import { renderModels } from '../render-models.ts';
import { lintModels } from '../lint-models.ts';
import { warnOf } from '../warn-of.ts';
import { withLazyWarehouse } from '../with-lazy-warehouse.ts';
import { writeCompiled } from '../write-compiled.ts';

type CompileOptions = ProjectOptions &
  SelectionOptions & { readonly inline?: string; readonly targetPath: string; readonly json?: boolean };

export function addCompile(program: Command, context: CliContext): void {
  const command = program
    .command('compile')
    .description('render the SQL of models; no server is touched unless a template asks the warehouse');
  addSelectionOptions(command)
    .option('--inline <sql>', 'render this instead; ref, source, var and macros work in it')
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--as-of <moment>', 'landed tables as of a run or a time, and models as they would be built from those')
    .option('--run-clock <time>', 'what run_started_at says; now when left out')
    .option('-f, --full-refresh', 'what flags.FULL_REFRESH says')
    .addOption(targetPathOption())
    .option('--json', 'one JSON document on stdout')
    .action(async (given: CompileOptions): Promise<void> => {
      const options = { ...command.optsWithGlobals<CompileOptions>(), ...given };
      const opened = openProject(options, context);
      const { root, project, compiled } = opened;
      if (options.inline !== undefined) {
        const template = options.inline;
        const { sql } = await withLazyWarehouse({ root, temporal: false, readOnly: true }, context, (open) =>
          compiled.renderAround(
            template,
            { file: '--inline', line: 1 },
            { ask: async (query) => (await open()).query(query) },
          ),
        );
        return context.out(options.json ? `${JSON.stringify({ sql }, null, 2)}\n` : `${sql}\n`);
      }
      const { selected, warnings } = chooseResources(options, opened, context);
      warnOf(warnings, context);
      const names = new Set(selected.filter(({ type }) => type === 'model' || type === 'snapshot').map(({ id }) => id));
      const chosen = compiled.models.filter(({ name }) => names.has(name));
      const models = await renderModels(chosen, opened, context);
      warnOf(lintModels(models), context);
      if (options.asOf === undefined) {
        writeCompiled(models, { root, targetPath: options.targetPath, project: project.config.name });
      }
      if (options.json) return context.out(`${JSON.stringify(models, null, 2)}\n`);
      context.out(models.map(({ name, file, sql }) => `-- ${name} (${file})\n${sql};\n`).join('\n'));
    });
}
