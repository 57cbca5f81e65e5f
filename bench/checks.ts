import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readyPeer } from './check-peers.ts';
import type { CheckPeer, ReadyPeer } from './check-peers.ts';
import { writeBareChecks, writeTickmarkChecks } from './check-projects.ts';
import { startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import type { Command, Cost } from './command.ts';
import { describeCosts, median, ratioLines, tableOf } from './figures.ts';
import type { Line } from './figures.ts';
import type { Home } from './home.ts';
import type { DbtConnection } from './model-projects.ts';
import { createSmallTables, writeSmallProject, writeSmallQueries } from './small-checks.ts';
import { CHECKED_TABLES, failing, handWritten, plantFaults, TPCH_CHECKS } from './tpch-checks.ts';
import { loadAllOfTpch } from './tpch-models.ts';
import { bash, runAlone } from './way.ts';

export const CHECK_PARTS = ['tpch', 'small'] as const;
export type CheckBenchPart = (typeof CHECK_PARTS)[number];

export interface ChecksInput {
  readonly scale: number;
  readonly runs: number;
  readonly peers: readonly CheckPeer[];
  /** Rounds that peers take part in. */
  readonly peerRuns: number;
  readonly parts: readonly CheckBenchPart[];
}

interface Bench {
  readonly cluster: Cluster;
  readonly home: Home;
  readonly root: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ALL = TPCH_CHECKS.length;

/** What checks cost beside one hand-written statement a table, and beside the peers; and a thousand of them over small tables. */
export async function benchChecks(input: ChecksInput, home: Home): Promise<{ readonly whole: boolean }> {
  const cluster = await startCluster(home.path);
  try {
    const bench: Bench = { cluster, home, root: join(home.path, 'checks') };
    home.say(
      `Postgres ${cluster.version}; Node ${process.versions.node}; ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(2)}`,
    );
    const parts: Readonly<Record<CheckBenchPart, () => Promise<readonly Line[]>>> = {
      tpch: () => benchTpch(input, bench),
      small: () => benchSmall(input, bench),
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

/** A tool with the 40 checks: how it is run over a schema, and how many of them it then said fail; null when that cannot be read. */
interface Way {
  readonly name: string;
  readonly command: (schema: string) => Command;
  readonly failed: (logFile: string) => number | null;
}

async function benchTpch(input: ChecksInput, bench: Bench): Promise<readonly Line[]> {
  const { cluster, home, root } = bench;
  await cluster.fresh('wh');
  await loadAllOfTpch(input.scale, 'wh', cluster, home, ['customer', 'orders', 'lineitem']);
  for (const statement of plantFaults()) await cluster.query('wh', statement);
  await expectPlanted(cluster);

  const connection = connectionTo('wh', cluster);
  const peers: Way[] = [];
  for (const name of input.peers) {
    const ready = await readyPeer(name, home);
    if (ready !== null) peers.push(asWay(name, ready, root, connection));
  }
  const own: Way = {
    name: 'tickmark',
    command: once((schema) =>
      tickmark(['check', '--json'], writeTickmarkChecks(root, schema, connection), 'wh', cluster, [1]),
    ),
    failed: failedByUs,
  };
  const right: Way[] = [];
  for (const way of [own, ...peers]) if (await findsAll(way, bench)) right.push(way);
  const byHand = writeBareChecks(root, 'raw', connection);
  const bare: Way = {
    name: 'hand-written',
    command: () =>
      bash(
        CHECKED_TABLES.map(
          (table) => `'${cluster.psql}' -X -q -At -v ON_ERROR_STOP=1 -d wh -f '${byHand}/${table}.sql'`,
        ),
        cluster.env,
      ),
    failed: (logFile) => (/^[0|\n]+$/.test(readFileSync(logFile, 'utf8')) ? 0 : null),
  };
  const costs = new Map<string, Cost[]>();
  for (let round = 1; round <= input.runs; round += 1) {
    for (const way of [bare, ...right]) {
      if (peers.includes(way) && round > input.peerRuns) continue;
      const logFile = home.log(`checks-${way.name}`);
      const cost = await runAlone(way.command('raw'), logFile, cluster, home);
      if (way.failed(logFile) !== 0) throw new Error(`${way.name} does not pass all ${ALL} checks; see ${logFile}`);
      costs.set(way.name, [...(costs.get(way.name) ?? []), cost]);
      home.say(`${String(round).padStart(2)}  ${describeCosts(way.name, [cost])}`);
    }
  }
  const anchor = costs.get(bare.name) ?? [];
  const beside = (name: string, goal: number | null): readonly Line[] => {
    const found = costs.get(name);
    if (found === undefined)
      return [{ measure: `${ALL} checks: ${name}`, goal, value: null, unit: '', note: 'did not find all faults' }];
    return ratioLines(`${ALL} checks: ${name} / hand-written`, goal, found, anchor);
  };
  return [
    ...beside('tickmark', 1.05),
    ...peers.flatMap(({ name }) => beside(name, null)),
    seconds(`${ALL} checks: own CPU`, null, costs.get('tickmark') ?? [], 'clientMs'),
  ];
}

/** That what is planted is what the hand-written statements find, one violation a check. */
async function expectPlanted(cluster: Cluster): Promise<void> {
  const count = async (schema: string): Promise<number> => {
    let found = 0;
    for (const table of CHECKED_TABLES) {
      const [row = {}] = await cluster.query('wh', handWritten(schema, table));
      found += failing(row);
    }
    return found;
  };
  const [clean, dirty, empty] = [await count('raw'), await count('dirty'), await count('empty')];
  if (clean !== 0 || dirty !== ALL - 1 || empty < 1)
    throw new Error(`the faults are not as planned: ${clean} in raw, ${dirty} in dirty, ${empty} in empty`);
}

/** Whether a tool finds each of the faults: 39 in one schema, the row count in the other. Its first run, too, is not measured. */
async function findsAll(way: Way, { cluster, home }: Bench): Promise<boolean> {
  for (const [schema, least] of [
    ['dirty', ALL - 1],
    ['empty', 1],
  ] as const) {
    const logFile = home.log(`checks-${way.name}-${schema}`);
    try {
      await runAlone(way.command(schema), logFile, cluster, home);
    } catch (error) {
      home.signal.throwIfAborted();
      home.say(`${way.name}: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
    const found = way.failed(logFile);
    home.say(
      `    ${way.name} over ${schema}: ${found ?? 'an unknown number of'} checks fail, ${schema === 'dirty' ? least : 'the row count'} should`,
    );
    if (found === null || (schema === 'dirty' ? found !== least : found < least)) return false;
  }
  return true;
}

function failedByUs(logFile: string): number | null {
  const log = readFileSync(logFile, 'utf8');
  const start = log.indexOf('[\n');
  if (start === -1) return null;
  const found = JSON.parse(log.slice(start)) as readonly { readonly status: string }[];
  // On an empty table most checks have no data, which is no failure of theirs to find.
  const decided = found.filter(({ status }) => status === 'pass' || status === 'fail' || status === 'no_data');
  if (found.length !== ALL || decided.length !== ALL) return null;
  const failed = found.filter(({ status }) => status === 'fail').length;
  return failed === 0 && found.some(({ status }) => status === 'no_data') ? null : failed;
}

function asWay(name: string, ready: ReadyPeer, root: string, connection: DbtConnection): Way {
  return { name, command: once((schema) => ready.command(root, schema, connection)), failed: ready.failed };
}

/** A tool keeps what it remembers of a project from run to run. */
function once(write: (schema: string) => Command): (schema: string) => Command {
  const written = new Map<string, Command>();
  return (schema) => {
    const command = written.get(schema) ?? write(schema);
    written.set(schema, command);
    return command;
  };
}

async function benchSmall({ runs }: ChecksInput, bench: Bench): Promise<readonly Line[]> {
  const { cluster, home, root } = bench;
  await cluster.fresh('small');
  for (const statement of createSmallTables()) await cluster.query('small', statement);
  const folder = writeSmallProject(root);
  const queries = writeSmallQueries(root);
  const ways: Readonly<Record<string, Command>> = {
    build: tickmark(['build', '--threads', '1'], folder, 'small', cluster),
    check: tickmark(['check', '--json'], folder, 'small', cluster),
    queries: {
      file: cluster.psql,
      args: ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', 'small', '-f', queries],
      env: cluster.env,
    },
  };
  const costs = new Map<string, Cost[]>();
  // The first build makes the views that all the others look at.
  for (let round = 0; round <= runs; round += 1) {
    for (const [name, command] of Object.entries(ways)) {
      const cost = await runAlone(command, home.log(`checks-small-${name}`), cluster, home);
      if (round > 0) costs.set(name, [...(costs.get(name) ?? []), cost]);
      home.say(`${String(round).padStart(2)}  ${describeCosts(name, [cost])}`);
    }
  }
  const passed = readFileSync(home.log('checks-small-check'), 'utf8').match(/"status": "pass"/g)?.length ?? 0;
  if (passed !== 1_000) throw new Error(`${passed} of 1,000 checks pass`);
  return [
    seconds('1,000 checks over 100 small tables: tickmark check, wall', 10, costs.get('check') ?? [], 'wallMs'),
    seconds('1,000 checks over 100 small tables: tickmark build, wall', 10, costs.get('build') ?? [], 'wallMs'),
    seconds(
      '1,000 checks over 100 small tables: psql, 1,000 queries, wall',
      null,
      costs.get('queries') ?? [],
      'wallMs',
    ),
  ];
}

function tickmark(
  args: readonly string[],
  folder: string,
  database: string,
  cluster: Cluster,
  /** Exit codes that are no fault of the run. */
  handled: readonly number[] = [],
): Command {
  const command = [process.execPath, join(ROOT, 'bin/tickmark.mjs'), ...args, '--project-dir', folder]
    .map((word) => `'${word}'`)
    .join(' ');
  const env = { DATABASE_URL: cluster.url(database) };
  return bash([[command, ...handled.map((code) => `test $? = ${code}`)].join(' || ')], env);
}

function connectionTo(database: string, { env }: Cluster): DbtConnection {
  const of = (name: string): string => env[name] ?? '';
  return { host: of('PGHOST'), port: of('PGPORT'), user: of('PGUSER'), password: of('PGPASSWORD'), database };
}

function seconds(measure: string, goal: number | null, costs: readonly Cost[], figure: 'wallMs' | 'clientMs'): Line {
  const values = costs.map((cost) => cost[figure] / 1_000);
  const note =
    values.length === 0
      ? 'did not run'
      : `${values.length} runs, ${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
  return { measure, goal, value: values.length === 0 ? null : median(values), unit: 's', note };
}
