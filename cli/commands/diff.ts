import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { loadConfig } from '../../engine/config/load-config.ts';
import { resolveConnection } from '../../engine/config/resolve-connection.ts';
import type { DiffOptions, Difference, DiffSide } from '../../engine/contracts/diff.ts';
import { EngineError } from '../../engine/errors.ts';
import type { CliContext, World } from '../context.ts';
import { findDiffSide } from '../find-diff-side.ts';
import { findRoot } from '../find-root.ts';
import { formatDiff } from '../format-diff.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';

type DiffArguments = Pick<ProjectOptions, 'projectDir' | 'vars'> & {
  readonly key: readonly string[];
  readonly columns: readonly string[];
  readonly exclude: readonly string[];
  readonly map: readonly string[];
  readonly where?: string;
  readonly whereA?: string;
  readonly whereB?: string;
  readonly asOfA?: string;
  readonly asOfB?: string;
  readonly limit: number;
  readonly sample?: DiffOptions['sample'];
  readonly sampleSeed: number;
  readonly tolerance: readonly string[];
  readonly stats?: boolean;
  readonly json?: boolean;
  readonly bucketRows: number;
  readonly threads?: number;
};

export function addDiff(program: Command, context: CliContext): void {
  program
    .command('diff')
    .description(
      'compare two tables row by row, in the warehouse or any connection; exit code 0 when they are the same, 1 when not, 2 when it could not be told',
    )
    .argument('<a>', 'a model, a landed table as source.table, or connection:schema.table; source.table@12 as of a run')
    .argument('<b>', 'what it is compared with, named likewise')
    .option('-k, --key <columns>', 'columns that identify a row; the declared or primary key when left out', names, [])
    .option('-c, --columns <columns>', 'compare only these, and the key', names, [])
    .option('--exclude <columns>', 'compare all but these', names, [])
    .option('--map <a=b>', 'the name that a column of A has in B', names, [])
    .option('-w, --where <sql>', 'only rows of both sides for which this holds')
    .option('--where-a <sql>', 'only rows of A; SQL of its database')
    .option('--where-b <sql>', 'only rows of B; SQL of its database')
    .option('--as-of-a <moment>', 'A as of a run or a time; landed tables only')
    .option('--as-of-b <moment>', 'B as of a run or a time; landed tables only')
    .option('-l, --limit <rows>', 'show at most this many differences; all are counted', count, 20)
    .option('--sample <rows>', 'compare only about 10000 rows, or 5%, chosen by their key', share)
    .option('--sample-seed <number>', 'another sample', count, 0)
    .option('--tolerance <[column=]number>', 'numbers that differ by no more are the same', names, [])
    .option('--stats', 'in how many rows each column differs')
    .option('--json', 'one JSON document on stdout')
    .option('--bucket-rows <rows>', 'rows that are hashed, and fetched where they differ, together', positive, 1_024)
    .option(
      '--threads <processes>',
      'processes that Postgres may use for one side; its own setting when left out',
      positive,
    )
    .action(async (a: string, b: string, given: DiffArguments, command: Command): Promise<void> => {
      try {
        await diff(a, b, { ...command.optsWithGlobals<DiffArguments>(), ...given }, context);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        context.say(`error: ${error.message}\nhint: ${error.hint}`);
        context.faulted();
      }
    });
}

async function diff(a: string, b: string, options: DiffArguments, context: CliContext): Promise<void> {
  const asked = [
    { written: a, where: bothConditions(options.where, options.whereA), asOf: options.asOfA },
    { written: b, where: bothConditions(options.where, options.whereB), asOf: options.asOfB },
  ] as const;
  const diffOptions = optionsOf(options);
  const root = findRoot(options.projectDir, context.cwd);
  const config = loadConfig(root);
  let opened: ReturnType<typeof openProject> | undefined;
  const find = (env: CliContext['env']): { readonly a: DiffSide; readonly b: DiffSide } => {
    const sideContext = {
      config,
      project: () => (opened ??= openProject(options, context)),
      resolve: (connection: Parameters<typeof resolveConnection>[0]) => resolveConnection(connection, env),
    };
    return { a: findDiffSide(asked[0], sideContext), b: findDiffSide(asked[1], sideContext) };
  };

  const shown: Difference[] = [];
  const stop = new AbortController();
  void context.interrupted.then(() => stop.abort());
  const run = async (sides: ReturnType<typeof find>, warehouseUrl: string | null) =>
    context.diffTables(sides, diffOptions, {
      warehouseUrl,
      root,
      signal: stop.signal,
      onDifference: (difference) => {
        if (shown.length < options.limit) shown.push(difference);
      },
    });
  const direct = withoutWorld(find, context.env);
  const result = direct
    ? await run(direct, null)
    : await withWorld(root, context, (world) => run(find(world.env), world.warehouseUrl));

  if (!result.isSame) context.failed();
  if (options.json) {
    const document = { a, b, ...result, limit: options.limit, shown: shown.length, differences: shown };
    const print = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
    return context.out(`${JSON.stringify(document, print, 2)}\n`);
  }
  const lines = formatDiff({ a, b, result, shown, stats: options.stats ?? false });
  context.out(lines.map((line) => `${line}\n`).join(''));
}

/** Both sides, when they lie in connections whose secrets are at hand: no server need be started, and no project be loaded. */
function withoutWorld<T extends { readonly a: DiffSide; readonly b: DiffSide }>(
  find: (env: CliContext['env']) => T,
  env: CliContext['env'],
): T | null {
  try {
    const sides = find(env);
    return [sides.a, sides.b].every(({ at }) => at.kind === 'table') ? sides : null;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'CONFIG_ENV_MISSING') return null;
    throw error;
  }
}

async function withWorld<T>(root: string, context: CliContext, work: (world: World) => Promise<T>): Promise<T> {
  const world = await context.openWorld({ root, temporal: false });
  try {
    return await work(world);
  } finally {
    await world.stop();
  }
}

function bothConditions(shared: string | undefined, own: string | undefined): string | undefined {
  if (shared === undefined || own === undefined) return own ?? shared;
  return `(${shared}\n) and (${own}\n)`;
}

function optionsOf(given: DiffArguments): DiffOptions {
  return {
    key: given.key,
    columns: given.columns,
    exclude: given.exclude,
    map: Object.fromEntries(given.map.map((text) => parted(text, '--map takes ours=theirs'))),
    tolerance: Object.fromEntries(given.tolerance.map(toleranceOf)),
    sample: given.sample ?? null,
    sampleSeed: given.sampleSeed,
    bucketRows: given.bucketRows,
    threads: given.threads ?? null,
    seed: randomInt(1, 2 ** 47),
  };
}

function toleranceOf(text: string): readonly [string, string] {
  const [column, number] = text.includes('=') ? parted(text, '--tolerance takes column=0.01') : ['*', text];
  if (!/^\d+(\.\d+)?$/.test(number)) {
    throw new EngineError('OPTION_INVALID', '--tolerance takes a number, as in 0.01, or column=0.01');
  }
  return [column, number];
}

function parted(text: string, otherwise: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new EngineError('OPTION_INVALID', otherwise);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function names(text: string, before: readonly string[]): readonly string[] {
  return [...before, ...text.split(',').map((name) => name.trim())].filter((name) => name !== '');
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is expected');
  return Number(text);
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is expected');
  return Number(text);
}

function share(text: string): NonNullable<DiffOptions['sample']> {
  const [, percent] = /^(\d{1,3}(?:\.\d{1,4})?)\s*%$/.exec(text) ?? [];
  if (percent !== undefined && Number(percent) > 0 && Number(percent) <= 100) return { percent };
  if (percent === undefined && /^[1-9]\d{0,11}$/.test(text)) return { rows: Number(text) };
  throw new InvalidArgumentError('a number of rows, or a percentage as in 5%, is expected');
}
