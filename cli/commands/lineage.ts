import type { Command } from 'commander';
import { didYouMean } from '../../engine/config/did-you-mean.ts';
import { EngineError } from '../../engine/errors.ts';
import { columnLineage } from '../../engine/lineage/column-lineage.ts';
import type { ModelLineage } from '../../engine/lineage/model-lineage.ts';
import { columnsOf } from '../../engine/warehouse/relation-columns.ts';
import type { CliContext } from '../context.ts';
import { formatTable } from '../format-table.ts';
import { openProject } from '../open-project.ts';
import type { OpenedProject, ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

interface LineageOptions extends ProjectOptions {
  readonly catalog: boolean;
  readonly json?: boolean;
}

export function addLineage(program: Command, context: CliContext): void {
  program
    .command('lineage')
    .description('where the columns of models come from, by their compiled SQL; what is not resolved is said')
    .argument('[name]', 'a model, or one of its columns as model.column; every model when left out')
    .option('--no-catalog', 'do not ask the warehouse for columns, which * and bare names in joins may need')
    .option('--vars <yaml>', 'values for project variables')
    .option('--json', 'one JSON document on stdout')
    .action((name: string | undefined, options: LineageOptions, command: Command) =>
      showLineage(name, { ...command.optsWithGlobals<LineageOptions>(), ...options }, context),
    );
}

async function showLineage(name: string | undefined, options: LineageOptions, context: CliContext): Promise<void> {
  const opened = openProject(options, context);
  const { compiled, project } = opened;
  const columns = options.catalog ? await readColumns(opened, context) : new Map<string, readonly string[]>();
  const all = await columnLineage({
    compiled,
    sources: project.sources.map(({ source, name: table }) => `${source}.${table}`),
    columnsOf: (relation) => columns.get(relation) ?? null,
  });
  const chosen = choose(name, all);
  if (options.json) return context.out(`${JSON.stringify(chosen, null, 2)}\n`);
  const rows = chosen.flatMap(({ model, columns: own, rows: decide, unresolved }) => [
    ...own.flatMap(({ name: column, origins, influences }) =>
      [...origins, ...influences].map(({ node, column: from, kind }) => [
        `${model}.${column}`,
        kind,
        `${node}.${from}`,
      ]),
    ),
    ...decide.map(({ node, column, kind }) => [`${model} rows`, kind, `${node}.${column}`]),
    ...unresolved.map(({ column, reason }) => [`${model}.${column ?? 'rows'}`, 'unresolved', reason]),
  ]);
  context.out(
    formatTable(rows)
      .map((row) => `${row}\n`)
      .join(''),
  );
}

/** A model whole, or one of its columns. */
function choose(name: string | undefined, all: readonly ModelLineage[]): readonly ModelLineage[] {
  if (name === undefined) return all;
  const [model = '', column] = name.split('.');
  const found = all.find((each) => each.model === model);
  if (found === undefined) {
    const guess = didYouMean(
      model,
      all.map((each) => each.model),
    );
    throw new EngineError('COMPILE_UNKNOWN_REF', `no model '${model}'${guess}`);
  }
  if (column === undefined) return [found];
  const columns = found.columns.filter((each) => each.name === column);
  const unresolved = found.unresolved.filter((each) => each.column === column);
  if (columns.length === 0 && unresolved.length === 0) {
    const guess = didYouMean(
      column,
      found.columns.map((each) => each.name),
    );
    throw new EngineError('COMPILE_UNKNOWN_REF', `the model '${model}' has no column '${column}'${guess}`);
  }
  return [{ ...found, columns, rows: [], unresolved }];
}

function readColumns(
  { root, project, compiled }: OpenedProject,
  context: CliContext,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = [
    ...compiled.models.filter(({ materialized }) => materialized !== 'ephemeral').map((model) => model.name),
    ...project.sources.map(({ source, name }) => `${source}.${name}`),
  ];
  return withWarehouse({ root, temporal: false, readOnly: true }, context, async ({ warehouse }) => {
    const found = await columnsOf(warehouse, names.map(compiled.relation));
    return new Map([...found].map(([relation, columns]) => [relation, columns.map(({ name }) => name)]));
  });
}
