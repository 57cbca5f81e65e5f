import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { catalog } from '../../engine/artifacts/catalog.ts';
import type { CatalogColumns } from '../../engine/artifacts/catalog.ts';
import { manifest } from '../../engine/artifacts/manifest.ts';
import { readState } from '../../engine/artifacts/read-state.ts';
import { writeJson } from '../../engine/artifacts/write-json.ts';
import { EngineError } from '../../engine/errors.ts';
import { columnLineage } from '../../engine/lineage/column-lineage.ts';
import { columnsOf } from '../../engine/warehouse/relation-columns.ts';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import { openProject } from '../open-project.ts';
import type { OpenedProject, ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

interface DocsOptions extends ProjectOptions {
  readonly catalog: boolean;
  readonly output: string;
}

export function addDocs(program: Command, context: CliContext): void {
  const docs = program.command('docs').description('a site that describes the project, with its lineage');
  docs
    .command('generate')
    .description('write manifest.json, catalog.json and the site, index.html, to the target folder')
    .option('--no-catalog', 'do not ask the warehouse for columns and types')
    .option('-o, --output <folder>', 'where to', 'target')
    .option('--vars <yaml>', 'values for project variables')
    .action((options: DocsOptions, command: Command) =>
      generate({ ...command.optsWithGlobals<DocsOptions>(), ...options }, context),
    );
  docs
    .command('serve')
    .description('serve the site that `docs generate` wrote, on this machine only')
    .option('-o, --output <folder>', 'where it was written to', 'target')
    .option('--port <port>', 'the port; 0 takes a free one', '8080')
    .action((options: { output: string; port: string }, command: Command) =>
      serve({ ...command.optsWithGlobals<{ projectDir?: string }>(), ...options }, context),
    );
}

async function generate(options: DocsOptions, context: CliContext): Promise<void> {
  const began = performance.now();
  const startedAt = new Date().toISOString();
  const opened = openProject(options, context);
  const { root, project, compiled } = opened;
  const directory = resolve(root, options.output);
  const { columns, database } = options.catalog ? await readCatalog(opened, context) : NO_CATALOG;
  const invocation = { id: randomUUID(), startedAt, elapsedMs: performance.now() - began, database };
  const lineage = await columnLineage({
    compiled,
    sources: project.sources.map(({ source, name }) => `${source}.${name}`),
    columnsOf: (relation) => columns.get(relation)?.map(({ name }) => name) ?? null,
  });
  // Read before the new manifest replaces the one that the results belong to.
  const results = lastResults(directory);
  const { siteFiles } = await import('../../web/docs/site-files.ts');
  const { toolVersion } = context;
  const site = siteFiles({ project, compiled, lineage, columns, results, generatedAt: startedAt, toolVersion });
  for (const [path, text] of site) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  writeJson(join(directory, 'manifest.json'), manifest(project, compiled, invocation));
  if (options.catalog) writeJson(join(directory, 'catalog.json'), catalog(project, compiled, columns, invocation));
  const unresolved = lineage.reduce((count, each) => count + each.unresolved.length, 0);
  const traced = lineage.reduce((count, each) => count + each.columns.length, 0);
  context.say(
    `Column lineage of ${traced} columns; ${unresolved === 0 ? 'all resolved' : `${unresolved} not resolved, named on their pages`}`,
  );
  context.out(`${join(directory, 'index.html')}\n`);
}

const NO_CATALOG: { readonly columns: CatalogColumns; readonly database: string | undefined } = {
  columns: new Map(),
  database: undefined,
};

function readCatalog({ root, project, compiled }: OpenedProject, context: CliContext): Promise<typeof NO_CATALOG> {
  const relations = [
    ...compiled.models.filter(({ materialized }) => materialized !== 'ephemeral').map(({ name }) => name),
    ...project.sources.map(({ source, name }) => `${source}.${name}`),
  ].map(compiled.relation);
  return withWarehouse({ root, temporal: false, readOnly: true }, context, async ({ warehouse }) => {
    const [row] = await warehouse.query<{ database: string }>('select current_database() as database');
    return { columns: await columnsOf(warehouse, relations), database: row?.database };
  });
}

/** How the last build ended; nothing when there was none. */
function lastResults(directory: string): ReadonlyMap<string, { readonly status: string }> {
  if (!existsSync(join(directory, 'run_results.json')) || !existsSync(join(directory, 'manifest.json')))
    return new Map();
  return readState(directory).results;
}

async function serve(
  options: { readonly output: string; readonly port: string; readonly projectDir?: string },
  context: CliContext,
): Promise<void> {
  const directory = resolve(findRoot(options.projectDir, context.cwd), options.output);
  if (!existsSync(join(directory, 'index.html'))) {
    throw new EngineError('DOCS_MISSING', `there is no index.html in ${directory}`);
  }
  if (!/^\d{1,5}$/.test(options.port) || Number(options.port) > 65_535) {
    throw new EngineError('PORT_TAKEN', `--port takes a number up to 65535`);
  }
  const { serveDocs } = await import('../../web/docs/serve-docs.ts');
  const server = await serveDocs(directory);
  const url = await server.listen({ host: '127.0.0.1', port: Number(options.port) }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new EngineError('PORT_TAKEN', `port ${options.port} is taken`);
    }
    throw error;
  });
  context.say(`Serving ${directory} on ${url}; Ctrl-C ends it`);
  await context.interrupted;
  await server.close();
}
