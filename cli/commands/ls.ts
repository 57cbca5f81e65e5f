import type { Command } from 'commander';
import { Option } from 'commander';
import type { CliContext } from '../context.ts';
import { formatTable } from '../format-table.ts';
import { listResources, RESOURCE_TYPES } from '../list-resources.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { selectResources } from '../select-resources.ts';

export function addLs(program: Command, context: CliContext): void {
  program
    .command('ls')
    .alias('list')
    .description('list what the project declares: verticals, sources, models, checks, KRIs, controls')
    .option('-s, --select <selector>', 'dbt selectors: name, +name, name+, tag:, path:, source:, vertical:')
    .option('--exclude <selector>', 'take these out again')
    .addOption(new Option('--resource-type <type>', 'only this type').choices([...RESOURCE_TYPES]))
    .option('--json', 'one JSON document on stdout')
    .action(
      (
        options: ProjectOptions & { select?: string; exclude?: string; resourceType?: string; json?: boolean },
        command: Command,
      ) => {
        const { project, compiled } = openProject({ ...command.optsWithGlobals(), ...options }, context);
        const all = listResources(project, compiled);
        const selected = options.select === undefined ? all : selectResources(all, options.select);
        const excluded = options.exclude === undefined ? [] : selectResources(all, options.exclude);
        const listed = selected.filter(
          (resource) =>
            !excluded.includes(resource) &&
            (options.resourceType === undefined || resource.type === options.resourceType),
        );
        if (options.json) return context.out(`${JSON.stringify(listed, null, 2)}\n`);
        const rows = listed.map(({ type, id, file, line, description }) => [
          type,
          id,
          line === null ? file : `${file}:${line}`,
          (description ?? '').split('\n')[0] ?? '',
        ]);
        context.out(
          formatTable(rows)
            .map((row) => `${row}\n`)
            .join(''),
        );
      },
    );
}
