import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import type { Command, Cost } from './command.ts';
import { describeCosts, median, tableOf } from './figures.ts';
import type { Line } from './figures.ts';
import type { Home } from './home.ts';
import { writeBareSql, writeDbtProject, writeTickmarkProject } from './model-projects.ts';
import type { BenchModels } from './model-projects.ts';
import { loadAllOfTpch, overTables, TPCH_TABLES, tpchQueries } from './tpch-models.ts';
import { toolIn } from './venv.ts';
import { runAlone } from './way.ts';

export const TRANSFORM_PARTS = ['tpch', 'trivial', 'parse', 'large', 'temporal'] as const;
export type TransformPart = (typeof TRANSFORM_PARTS)[number];

export interface TransformInput {
  readonly scale: number;
  readonly runs: number;
  /** Rounds that dbt takes part in; 0: none. */
  readonly peerRuns: number;
  readonly parts: readonly TransformPart[];
}

interface Bench {
  readonly cluster: Cluster;
  readonly home: Home;
  readonly root: string;
  readonly dbt: string | null;
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const TRIVIAL = 500;
const LARGE = 5_000;

/** What building models costs beside one psql session that runs the same SQL, and beside dbt: all on one Postgres and in one go. */
export async function benchTransform(input: TransformInput, home: Home): Promise<{ readonly whole: boolean }> {
  const cluster = await startCluster(home.path);
  try {
    const dbt =
      input.peerRuns > 0
        ? await toolIn(
            { name: 'dbt', requirements: ['dbt-core==1.11.16', 'dbt-postgres==1.11.0'], program: 'bin/dbt' },
            home,
          )
        : { path: null, why: 'not asked for' };
    if (dbt.path === null) home.say(`dbt does not take part: ${dbt.why}`);
    const bench: Bench = { cluster, home, root: join(home.path, 'transform'), dbt: dbt.path };
    home.say(
      `Postgres ${cluster.version}; Node ${process.versions.node}; ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(2)}`,
    );
    const parts: Readonly<Record<TransformPart, () => Promise<readonly Line[]>>> = {
      tpch: () => benchTpch(input, bench),
      trivial: () => benchTrivial(input, bench),
      parse: () => benchParse(input, bench),
      large: () => benchLarge(bench),
      temporal: () => benchTemporal(input, bench),
    };
    const lines: Line[] = [];
    const failed: string[] = [];
    for (const part of input.parts) {
      home.say(`-- ${part}`);
      try {
        lines.push(...(await parts[part]()));
      } catch (error) {
        home.signal.throwIfAborted();
        failed.push(part);
        home.say(error instanceof Error ? error.message : String(error));
      }
    }
    for (const line of ['', ...tableOf(lines)]) home.say(line);
    if (failed.length > 0) home.say(`no figures, see above: ${failed.join(', ')}`);
    return { whole: failed.length === 0 };
  } finally {
    await cluster.stop();
  }
}

async function benchTpch({ scale, runs, peerRuns }: TransformInput, bench: Bench): Promise<readonly Line[]> {
  const { cluster, home } = bench;
  await cluster.fresh('wh');
  await loadAllOfTpch(scale, 'wh', cluster, home);
  const queries = await tpchQueries(home);
  const models: BenchModels = {
    name: 'tpch',
    materialized: 'table',
    models: new Map([...queries].map(([name, sql]) => [name, overTables(sql, (table) => `$raw(${table})`)])),
    rawTables: TPCH_TABLES,
  };
  const ways = waysOf(models, bench, 'wh', ['--full-refresh']);
  const costs = await rounds(['bare', 'tickmark', 'dbt'], ways, { runs, peerRuns }, bench);
  return [
    ratio('22 TPC-H models: wall / bare psql', 1.05, costs, 'wallMs', 'tickmark', 'bare'),
    seconds('22 TPC-H models: own CPU', 1, costs, 'tickmark', 'clientMs'),
    ...dbtLines('22 TPC-H models', costs),
  ];
}

async function benchTrivial({ runs, peerRuns }: TransformInput, bench: Bench): Promise<readonly Line[]> {
  const models = trivial('trivial', TRIVIAL);
  const ways = waysOf(models, bench, 'trivial', []);
  const { cluster } = bench;
  await cluster.fresh('trivial');
  const prepared = {
    ...ways,
    tickmark: async () => {
      await cluster.fresh('trivial_tickmark');
      return ways.again();
    },
  };
  const costs = await rounds(['bare', 'tickmark', 'again', 'dbt'], prepared, { runs, peerRuns }, bench);
  return [
    seconds(`${TRIVIAL} trivial models from nothing, tickmark build, wall`, 4, costs, 'tickmark'),
    seconds(`${TRIVIAL} trivial models, nothing to do, wall`, 2, costs, 'again'),
    seconds(`${TRIVIAL} trivial models, bare psql, wall`, null, costs, 'bare'),
    ...dbtLines(`${TRIVIAL} trivial models`, costs),
  ];
}

async function benchParse({ runs }: TransformInput, bench: Bench): Promise<readonly Line[]> {
  const models = trivial('parse', TRIVIAL);
  const folder = writeTickmarkProject(bench.root, models);
  const parse = async (): Promise<Command> => command(['parse'], folder, 'parse', bench);
  const changed = async (): Promise<Command> => {
    writeFileSync(join(folder, 'sql/bench/marts/m0001.sql'), `select ${Math.round(performance.now())} as id\n`);
    return parse();
  };
  const costs = await rounds(['cold', 'warm'], { cold: parse, warm: changed }, { runs, peerRuns: 0 }, bench);
  return [
    seconds(`parse and compile ${TRIVIAL} models`, 1.5, costs, 'cold'),
    seconds(`the same with one changed`, 0.5, costs, 'warm'),
  ];
}

async function benchLarge(bench: Bench): Promise<readonly Line[]> {
  const folder = writeTickmarkProject(bench.root, trivial('large', LARGE));
  const ways = { large: async () => command(['parse'], folder, 'large', bench) };
  const costs = await rounds(['large'], ways, { runs: 1, peerRuns: 0 }, bench);
  const peak = Math.max(...(costs.get('large') ?? []).map(({ peakBytes }) => peakBytes)) / 1e6;
  return [
    seconds(`parse ${LARGE} models`, 6, costs, 'large'),
    { measure: `parse ${LARGE} models, peak memory`, goal: 500, value: peak, unit: 'MB', note: '1 run' },
  ];
}

async function benchTemporal({ runs }: TransformInput, bench: Bench): Promise<readonly Line[]> {
  const folder = writeTickmarkProject(bench.root, trivial('temporal', TRIVIAL));
  const refresh = async (): Promise<Command> => {
    await bench.cluster.fresh('temporal');
    return command(['refresh', '--vertical', 'bench'], folder, 'temporal', bench);
  };
  const costs = await rounds(['refresh'], { refresh }, { runs, peerRuns: 0 }, bench);
  return [seconds(`${TRIVIAL} trivial models from nothing through Temporal, wall`, 9, costs, 'refresh')];
}

type Ways = Readonly<Partial<Record<string, () => Promise<Command>>>>;

function waysOf(
  models: BenchModels,
  bench: Bench,
  database: string,
  options: readonly string[],
): Ways & { readonly again: () => Promise<Command> } {
  const { cluster, root } = bench;
  const folder = writeTickmarkProject(root, models);
  const bare = writeBareSql(root, models);
  const connection = {
    host: cluster.env['PGHOST'] ?? '',
    port: cluster.env['PGPORT'] ?? '',
    user: cluster.env['PGUSER'] ?? '',
    password: cluster.env['PGPASSWORD'] ?? '',
    database,
  };
  const build = async (): Promise<Command> =>
    command(
      ['build', '--threads', '1', ...options],
      folder,
      models.name === 'trivial' ? 'trivial_tickmark' : database,
      bench,
    );
  return {
    bare: async () => ({
      file: cluster.psql,
      args: ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database, '-f', bare],
      env: cluster.env,
    }),
    tickmark: build,
    again: build,
    ...(bench.dbt === null
      ? {}
      : { dbt: async () => dbtCommand(bench.dbt as string, writeDbtProject(root, models, connection)) }),
  };
}

function command(args: readonly string[], folder: string, database: string, { cluster }: Bench): Command {
  return {
    file: process.execPath,
    args: [join(ROOT, 'bin/tickmark.mjs'), ...args, '--project-dir', folder],
    env: { DATABASE_URL: cluster.url(database) },
  };
}

function dbtCommand(dbt: string, folder: string): Command {
  return {
    file: dbt,
    args: ['-q', 'run', '--threads', '1', '--profiles-dir', folder, '--project-dir', folder],
    env: { DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', DO_NOT_TRACK: '1' },
  };
}

/** Turn and turn about, so that a busier moment weighs on all. */
async function rounds(
  names: readonly string[],
  ways: Ways,
  count: { readonly runs: number; readonly peerRuns: number },
  { cluster, home }: Bench,
): Promise<ReadonlyMap<string, readonly Cost[]>> {
  const costs = new Map<string, Cost[]>();
  for (let round = 1; round <= count.runs; round += 1) {
    for (const name of names) {
      const way = ways[name];
      if (way === undefined || (name === 'dbt' && round > count.peerRuns)) continue;
      const cost = await runAlone(await way(), home.log(`transform-${name}`), cluster, home);
      costs.set(name, [...(costs.get(name) ?? []), cost]);
      home.say(`${String(round).padStart(2)}  ${describeCosts(name, [cost])}`);
    }
  }
  return costs;
}

function trivial(name: string, count: number): BenchModels {
  const models = Array.from(
    { length: count },
    (_, at) => [`m${String(at).padStart(4, '0')}`, 'select 1 as id'] as const,
  );
  return { name, materialized: 'view', models: new Map(models), rawTables: [] };
}

type Costs = ReadonlyMap<string, readonly Cost[]>;

function seconds(
  measure: string,
  goal: number | null,
  costs: Costs,
  way: string,
  figure: 'wallMs' | 'clientMs' = 'wallMs',
): Line {
  const values = (costs.get(way) ?? []).map((cost) => cost[figure] / 1_000);
  return { measure, goal, value: values.length === 0 ? null : median(values), unit: 's', note: spread(values) };
}

function ratio(
  measure: string,
  goal: number | null,
  costs: Costs,
  figure: 'wallMs' | 'clientMs',
  way: string,
  anchor: string,
): Line {
  const anchors = costs.get(anchor) ?? [];
  const values = (costs.get(way) ?? []).flatMap((cost, round) => {
    const beside = anchors[round];
    return beside === undefined ? [] : [cost[figure] / beside[figure]];
  });
  return { measure, goal, value: values.length === 0 ? null : median(values), unit: '', note: spread(values) };
}

function dbtLines(measure: string, costs: Costs): readonly Line[] {
  if (!costs.has('dbt')) return [];
  return [
    ratio(`${measure}: wall / dbt`, null, costs, 'wallMs', 'tickmark', 'dbt'),
    ratio(`${measure}: own CPU / dbt's`, null, costs, 'clientMs', 'tickmark', 'dbt'),
  ];
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return 'did not run';
  return `${values.length} runs, ${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
}
