import { resolve } from 'node:path';
import type { Command } from 'commander';
import { sourcesArtifact } from '../../engine/artifacts/sources.ts';
import { writeJson } from '../../engine/artifacts/write-json.ts';
import type { DeclaredSource } from '../../engine/contracts/project.ts';
import { sourceFreshness } from '../../engine/evidence/source-freshness.ts';
import type { FreshnessInput, FreshnessResult } from '../../engine/evidence/source-freshness.ts';
import { EngineError } from '../../engine/errors.ts';
import type { Warehouse } from '../../engine/warehouse/warehouse.ts';
import { targetPathOption } from '../build-options.ts';
import { chooseResources } from '../choose-resources.ts';
import type { CliContext } from '../context.ts';
import { formatLine, formatSeconds } from '../format-line.ts';
import { openProject } from '../open-project.ts';
import type { OpenedProject, ProjectOptions } from '../open-project.ts';
import { parseMoment } from '../parse-moment.ts';
import { addSelectionOptions } from '../selection-options.ts';
import type { SelectionOptions } from '../selection-options.ts';
import { warnOf } from '../warn-of.ts';
import { withWarehouse } from '../with-warehouse.ts';

type FreshnessOptions = ProjectOptions &
  SelectionOptions & { readonly output?: string; readonly targetPath: string; readonly json?: boolean };

export function addSource(program: Command, context: CliContext): void {
  const source = program.command('source').description('the tables that models read');
  const command = source
    .command('freshness')
    .description(
      'how old the newest rows of sources are; exit code 1 when one is too old, has no rows or cannot be read',
    );
  addSelectionOptions(command)
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--run-clock <time>', 'judge by this moment; the warehouse’s clock when left out')
    .option('-o, --output <file>', 'where sources.json is written; into the target folder when left out')
    .addOption(targetPathOption())
    .option('--json', 'one JSON document on stdout')
    .action(async (given: FreshnessOptions): Promise<void> => {
      const options = { ...command.optsWithGlobals<FreshnessOptions>(), ...given };
      const [startedAt, started] = [new Date().toISOString(), performance.now()];
      const clock = options.runClock === undefined ? null : parseMoment(options.runClock, '--run-clock');
      const opened = openProject(options, context);
      const { selected, warnings } = chooseResources(options, opened, context);
      warnOf(warnings, context);
      const ids = new Set(selected.map(({ id }) => id));
      const tables = opened.project.sources.filter(
        (table) => ids.has(`${table.source}.${table.name}`) && isJudged(table),
      );
      if (tables.length === 0)
        warnOf(['nothing to do: no source that is selected has freshness with warn_after or error_after'], context);
      const results =
        tables.length === 0
          ? []
          : await withWarehouse({ root: opened.root, temporal: false }, context, ({ warehouse }) =>
              judge(tables, clock, opened, warehouse),
            );
      const invocation = { id: opened.invocationId, startedAt, elapsedMs: performance.now() - started };
      const artifact = sourcesArtifact(opened.project, results, invocation);
      const path =
        options.output === undefined
          ? resolve(opened.root, options.targetPath, 'sources.json')
          : resolve(context.cwd, options.output);
      writeJson(path, artifact);
      if (results.some(({ status }) => status !== 'pass' && status !== 'warn')) context.failed();
      if (options.json) return context.out(`${JSON.stringify(artifact, null, 2)}\n`);
      context.out(
        [...results.map(resultLine), ...results.flatMap(explained), 'Done.'].map((line) => `${line}\n`).join(''),
      );
    });
}

function isJudged({ freshness }: DeclaredSource): boolean {
  return freshness?.warn_after !== undefined || freshness?.error_after !== undefined;
}

async function judge(
  tables: readonly DeclaredSource[],
  clock: string | null,
  opened: OpenedProject,
  warehouse: Warehouse,
): Promise<FreshnessResult[]> {
  const results: FreshnessResult[] = [];
  for (const table of tables) {
    try {
      results.push(await sourceFreshness(await inputOf(table, opened), clock, warehouse));
    } catch (error) {
      // A template that is wrong stops no other table.
      if (!(error instanceof EngineError) || !error.code.startsWith('COMPILE_')) throw error;
      const unknown = { maxLoadedAt: null, snapshottedAt: null, ageSeconds: null, durationMs: 0 };
      results.push({
        source: table.source,
        table: table.name,
        status: 'runtime error',
        ...unknown,
        message: error.message,
      });
    }
  }
  return results;
}

/** Field, query and filter are templates; `this` in them is the table. */
async function inputOf(table: DeclaredSource, { compiled }: OpenedProject): Promise<FreshnessInput> {
  const relation = compiled.relation(`${table.source}.${table.name}`);
  const place = { file: table.declaredIn, line: table.line };
  const rendered = async (template: string): Promise<string> =>
    (await compiled.renderAround(template, place, { self: relation })).sql;
  const { loadedAtField: field, loadedAtQuery: query, freshness } = table;
  const pulled = table.external === undefined ? 'pull' : null;
  return {
    source: table.source,
    table: table.name,
    relation,
    loadedAt:
      query !== undefined
        ? { query: await rendered(query) }
        : field !== undefined
          ? { field: await rendered(field) }
          : pulled,
    filter: freshness?.filter === undefined ? null : await rendered(freshness.filter),
    freshness: { warn_after: freshness?.warn_after, error_after: freshness?.error_after },
  };
}

const WORDS = {
  pass: 'PASS',
  warn: 'WARN',
  error: 'ERROR STALE',
  'runtime error': 'ERROR',
  no_data: 'NO DATA',
} as const satisfies Record<FreshnessResult['status'], string>;

function resultLine(
  { source, table, status, durationMs }: FreshnessResult,
  at: number,
  all: readonly unknown[],
): string {
  const word = WORDS[status];
  return formatLine(
    `${at + 1} of ${all.length} ${word} freshness of ${source}.${table}`,
    `${word} in ${formatSeconds(durationMs)}`,
  );
}

function explained({ source, table, status, message, maxLoadedAt, snapshottedAt }: FreshnessResult): string[] {
  if (status === 'pass') return [];
  return [`${source}.${table}: ${message ?? `newest row of ${maxLoadedAt}, judged at ${snapshottedAt}`}`];
}
