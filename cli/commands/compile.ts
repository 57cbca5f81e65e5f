import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { listResources } from '../list-resources.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { selectResources } from '../select-resources.ts';

export function addCompile(program: Command, context: CliContext): void {
  program
    .command('compile')
    .description('render the SQL of models, without touching any server')
    .option('-s, --select <selector>', 'which models; all when left out')
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--as-of <moment>', 'landed tables as of a run or a time, and models as they would be built from those')
    .option('--json', 'one JSON document on stdout')
    .action((options: ProjectOptions & { select?: string; json?: boolean }, command: Command) => {
      const { project, compiled } = openProject({ ...command.optsWithGlobals(), ...options }, context);
      const all = listResources(project, compiled);
      const selected = new Set(
        (options.select === undefined ? all : selectResources(all, options.select)).map(({ id }) => id),
      );
      const models = compiled.models.filter(({ name }) => selected.has(name));
      if (options.json) return context.out(`${JSON.stringify(models, null, 2)}\n`);
      context.out(models.map(({ name, file, sql }) => `-- ${name} (${file})\n${sql};\n`).join('\n'));
    });
}
