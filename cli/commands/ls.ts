import type { Command } from 'commander';
import { Option } from 'commander';
import type { CliContext } from '../context.ts';
import { chooseResources } from '../choose-resources.ts';
import { formatTable } from '../format-table.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import type { Resource } from '../resource.ts';
import { addSelectionOptions } from '../selection-options.ts';
import type { SelectionOptions } from '../selection-options.ts';
import { warnOf } from '../warn-of.ts';

const OUTPUTS = ['table', 'name', 'path', 'selector', 'json'] as const;

type LsOptions = ProjectOptions &
  SelectionOptions & {
    readonly output: (typeof OUTPUTS)[number];
    readonly outputKeys?: readonly string[];
    readonly json?: boolean;
  };

export function addLs(program: Command, context: CliContext): void {
  const command = program
    .command('ls')
    .alias('list')
    .description(
      'list what the project declares: verticals, sources, seeds, models, snapshots, checks, waivers, unit tests, exposures, KRIs, controls',
    );
  addSelectionOptions(command)
    .addOption(new Option('--output <form>', 'how each is written').choices([...OUTPUTS]).default('table'))
    .option('--output-keys <key...>', 'with --output json: only these keys')
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--json', 'one JSON document on stdout')
    .action((given: LsOptions) => {
      const options = { ...command.optsWithGlobals<LsOptions>(), ...given };
      const { selected, warnings } = chooseResources(options, openProject(options, context), context);
      warnOf(warnings, context);
      if (options.json) return context.out(`${JSON.stringify(selected.map(documentOf), null, 2)}\n`);
      if (selected.length === 0) return context.say('No nodes selected!');
      context.out(
        linesOf(selected, options)
          .map((line) => `${line}\n`)
          .join(''),
      );
    });
}

function linesOf(selected: readonly Resource[], { output, outputKeys }: LsOptions): string[] {
  switch (output) {
    case 'table':
      return formatTable(selected.map(rowOf));
    case 'name':
      return selected.map(({ name }) => name);
    case 'path':
      return [...new Set(selected.map(({ file }) => file))];
    case 'selector':
      return selected.map(selectorOf);
    case 'json': {
      const keys = outputKeys?.flatMap((key) => key.split(/[\s,]+/));
      return selected.map((resource) => {
        const entries = Object.entries(nodeOf(resource));
        return JSON.stringify(Object.fromEntries(entries.filter(([key]) => keys?.includes(key) ?? true)));
      });
    }
    default:
      return output satisfies never;
  }
}

function rowOf({ type, id, file, line, description }: Resource): string[] {
  return [type, id, line === null ? file : `${file}:${line}`, (description ?? '').split('\n')[0] ?? ''];
}

/** What selects just this one, as dbt prints it. */
function selectorOf({ type, id, fqn, package: own }: Resource): string {
  if (type === 'source' || type === 'exposure' || type === 'unit_test') return `${type}:${own}.${id}`;
  return fqn.join('.');
}

/** The keys of dbt's `ls --output json`. */
function nodeOf(resource: Resource): Readonly<Record<string, unknown>> {
  const { name, type, package: own, uniqueId, file, tags, config, parents, description, fqn, vertical } = resource;
  return {
    name,
    resource_type: type === 'check' ? 'test' : type,
    package_name: own,
    original_file_path: file,
    unique_id: uniqueId,
    alias: config['alias'] ?? name,
    fqn,
    vertical,
    description: description ?? '',
    config,
    tags,
    depends_on: { nodes: parents },
  };
}

function documentOf(resource: Resource): Readonly<Record<string, unknown>> {
  const { type, id, uniqueId, vertical, file, line, description, tags, dependsOn, config } = resource;
  return { type, id, uniqueId, vertical, file, line, description, tags, dependsOn, config };
}
