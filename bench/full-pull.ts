import { LINEITEM, ORDERS } from './bench-table.ts';
import type { Cluster } from './cluster.ts';
import type { Cost } from './command.ts';
import { describeCosts, median, ratioLines } from './figures.ts';
import type { Line } from './figures.ts';
import type { Home } from './home.ts';
import { peerWay } from './peers.ts';
import type { PeerName } from './peers.ts';
import { psqlPipe } from './psql-pipe.ts';
import type { PulledOnce } from './pull-once.ts';
import { refuseDifference } from './same-rows.ts';
import type { Print } from './same-rows.ts';
import { pulledOnce, tickmark } from './tickmark-way.ts';
import { runWay } from './way.ts';
import type { Way } from './way.ts';

const TABLES = [LINEITEM, ORDERS];
const OF_TICKMARK = 'full pull with proof';

export interface FullPullInput {
  readonly runs: number;
  readonly peerRuns: number;
  readonly peers: readonly PeerName[];
  /** Of the source, by table. */
  readonly prints: ReadonlyMap<string, Print>;
}

/** lineitem and orders from database to database by each way, turn and turn about; each must land the source's rows. */
export async function benchFullPull(
  input: FullPullInput,
  deps: { readonly cluster: Cluster; readonly home: Home },
): Promise<readonly Line[]> {
  const { cluster, home } = deps;
  const proven = tickmark(TABLES, { readBack: false }, cluster);
  const readBack = tickmark(TABLES, { readBack: true }, cluster);
  const pipe = psqlPipe(TABLES, cluster);
  const peers = new Map<PeerName, Way>();
  const absent = new Map<PeerName, string>();
  const lines: Line[] = [];
  for (const name of input.peers) {
    const found = await peerWay(name, TABLES, deps);
    if ('missing' in found) {
      home.say(`${name} is not installed: ${found.missing}`);
      absent.set(name, 'not installed');
    } else peers.set(name, found);
  }

  const costs = new Map<Way, Cost[]>();
  const workers: PulledOnce[] = [];
  for (let round = 1; round <= input.runs; round += 1) {
    const ways = [pipe, proven, readBack, ...(round <= input.peerRuns ? peers.values() : [])];
    for (const way of ways) {
      try {
        const { cost, logFile } = await runAndCompare(way, input, deps);
        costs.set(way, [...(costs.get(way) ?? []), cost]);
        if (way === proven) workers.push(pulledOnce(logFile));
        home.say(`${String(round).padStart(2)}  ${describeCosts(way.name, [cost])}`);
      } catch (error) {
        const name = [...peers].find(([, peer]) => peer === way)?.[0];
        home.signal.throwIfAborted();
        if (name === undefined) throw error;
        home.say(`${way.name} has no figure: ${error instanceof Error ? error.message : String(error)}`);
        peers.delete(name);
        costs.delete(way);
        absent.set(name, 'failed, see above');
      }
    }
  }

  const of = (way: Way): readonly Cost[] => costs.get(way) ?? [];
  const millions = TABLES.reduce((sum, { name }) => sum + Number(input.prints.get(name)?.rows), 0) / 1e6;
  lines.push(
    ...ratioLines(`${OF_TICKMARK} / psql binary pipe`, 1.1, of(proven), of(pipe)),
    ...ratioLines('the same with a read-back of every row', 1.5, of(readBack), of(pipe)),
    {
      measure: `${OF_TICKMARK}, CPU of the worker process`,
      goal: 2,
      value: median(workers.map(({ cpuMs }) => cpuMs)) / 1_000 / millions,
      unit: 's per million rows',
      note: `${workers.length} pulls of ${millions.toFixed(2)} million rows`,
    },
  );
  for (const name of input.peers) {
    const peer = peers.get(name);
    const measure = `${OF_TICKMARK} / ${peer?.name ?? name}`;
    const goal = name === 'ingestr' ? 0.55 : 0.15;
    if (peer === undefined) lines.push({ measure, goal, value: null, unit: '', note: absent.get(name) ?? '' });
    else lines.push(...ratioLines(measure, goal, of(proven), of(peer)));
  }
  home.say('medians');
  for (const [way, all] of costs) home.say(`    ${describeCosts(way.name, all)}`);
  return lines;
}

async function runAndCompare(
  way: Way,
  { prints }: FullPullInput,
  { cluster, home }: { readonly cluster: Cluster; readonly home: Home },
): Promise<{ readonly cost: Cost; readonly logFile: string }> {
  const { database, cost, logFile } = await runWay(way, cluster, home);
  await refuseDifference({ way: way.name, tables: TABLES, database, schema: way.schema }, { cluster, prints });
  await cluster.query('postgres', `drop database ${database} with (force)`);
  return { cost, logFile };
}
