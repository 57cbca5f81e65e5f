import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTable, LINEITEM } from './bench-table.ts';
import { startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { runMeasured } from './command.ts';
import type { Command, Cost } from './command.ts';
import { describeCosts, ratioLines, tableOf } from './figures.ts';
import type { Line } from './figures.ts';
import type { Home } from './home.ts';
import { generateTpch } from './tpch.ts';
import { toolIn } from './venv.ts';
import { bash, runAlone } from './way.ts';

export const DIFF_PEERS = ['reladiff', 'datadiff'] as const;
export type DiffPeer = (typeof DIFF_PEERS)[number];

export interface DiffInput {
  readonly scale: number;
  readonly runs: number;
  readonly peerRuns: number;
  readonly peers: readonly DiffPeer[];
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Identical; and with 10 rows changed and 5 gone. */
const CASES = ['same', 'dirty'] as const;
type Case = (typeof CASES)[number];
const GOALS: Readonly<Record<Case, number>> = { same: 1.2, dirty: 1.4 };
const EXPECTED: Readonly<Record<Case, string>> = { same: '0 changed, 0 missing', dirty: '10 changed, 5 missing' };

/**
 * What comparing two tables in two databases costs beside the least that any way must do: one hash aggregate on each side, both at
 * the same time, and a fetch of the buckets that differ.
 */
export async function benchDiff(input: DiffInput, home: Home): Promise<{ readonly whole: boolean }> {
  const folder = await generateTpch(input.scale, home);
  const cluster = await startCluster(home.path);
  try {
    await load(folder, cluster, home);
    home.say(
      `Postgres ${cluster.version}; Node ${process.versions.node}; ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(2)}`,
    );
    const project = writeProject(home, cluster);
    const peers = await findPeers(input.peers, home);
    const lines: Line[] = [];
    for (const each of CASES) {
      const ways: Record<string, Command> = {
        limit: limit(each, 'bit_xor(hash_record_extended(l, 0))', cluster),
        md5: limit(each, "sum(('x' || substr(md5(l::text), 1, 15))::bit(60)::bigint)", cluster),
        tickmark: tickmark(each, project),
        ...Object.fromEntries(peers.map(([name, program]) => [name, peer(program, each, cluster)])),
      };
      const costs = new Map<string, readonly Cost[]>();
      for (let round = 1; round <= input.runs; round += 1) {
        for (const [name, way] of Object.entries(ways)) {
          if (round > input.peerRuns && name !== 'limit' && name !== 'tickmark') continue;
          const log = home.log(`diff-${name}-${each}`);
          const cost = await runAlone(way, log, cluster, home);
          costs.set(name, [...(costs.get(name) ?? []), cost]);
          home.say(`${String(round).padStart(2)}  ${describeCosts(`${name} ${each}`, [cost])}`);
        }
      }
      const of = (name: string): readonly Cost[] => costs.get(name) ?? [];
      const what = each === 'same' ? 'identical rows' : `${EXPECTED.dirty} rows`;
      lines.push(...ratioLines(`diff, ${what} / hash aggregates`, GOALS[each], of('tickmark'), of('limit')));
      for (const name of ['md5', ...peers.map(([peerName]) => peerName)])
        lines.push(
          ...ratioLines(`${name}, ${what} / hash aggregates`, Infinity, of(name), of('limit')).map((line) => ({
            ...line,
            goal: null,
          })),
        );
    }
    for (const line of ['', ...tableOf(lines)]) home.say(line);
    return { whole: true };
  } finally {
    await cluster.stop();
  }
}

async function load(folder: string, cluster: Cluster, home: Home): Promise<void> {
  home.say('loading lineitem');
  await cluster.fresh('src');
  await cluster.query('src', createTable(LINEITEM));
  const copy = `\\copy lineitem from '${join(folder, 'lineitem.csv')}' csv header`;
  await runMeasured(
    { file: cluster.psql, args: ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'src', '-c', copy], env: cluster.env },
    { logFile: home.log('load-lineitem'), signal: home.signal },
  );
  await cluster.query('src', `alter table lineitem add primary key (${LINEITEM.key.join(', ')})`);
  await cluster.query('src', 'vacuum (freeze, analyze) lineitem');
  await cluster.query('postgres', 'drop database if exists wh with (force)');
  await cluster.query('postgres', 'create database wh template src');
  await cluster.query('wh', 'create schema same; alter table lineitem set schema same; create schema dirty');
  await cluster.query('wh', 'create table dirty.lineitem (like same.lineitem)');
  await cluster.query('wh', 'insert into dirty.lineitem select * from same.lineitem');
  // Far apart, and among them what a row's hash does not see: a sign.
  const [row] = await cluster.query('wh', 'select max(l_orderkey)::text as most from same.lineitem');
  const step = Math.floor(Number(row?.['most']) / 16);
  const near = (at: number): string =>
    `(select min(l_orderkey) from dirty.lineitem where l_orderkey > ${at * step} and l_linenumber = 1)`;
  for (let at = 1; at <= 15; at += 1) {
    const where = `where l_linenumber = 1 and l_orderkey = ${near(at)}`;
    const change = at % 2 === 0 ? 'l_extendedprice = -l_extendedprice' : `l_comment = 'changed'`;
    await cluster.query(
      'wh',
      at <= 10 ? `update dirty.lineitem set ${change} ${where}` : `delete from dirty.lineitem ${where}`,
    );
  }
  await cluster.query('wh', `alter table dirty.lineitem add primary key (${LINEITEM.key.join(', ')})`);
  await cluster.query('wh', 'vacuum (freeze, analyze) dirty.lineitem');
}

function writeProject(home: Home, cluster: Cluster): string {
  const folder = join(home.path, 'diff');
  mkdirSync(folder, { recursive: true });
  const connection = (name: string): string => `  ${name}: {type: postgres, url: '${cluster.url(name)}'}`;
  const lines = [
    'name: bench',
    "warehouse: {url: 'unused'}",
    'connections:',
    connection('src'),
    connection('wh'),
    'verticals: {}',
  ];
  writeFileSync(join(folder, 'tickmark.yml'), `${lines.join('\n')}\n`, { mode: 0o600 });
  return folder;
}

/** Fails unless it finds just what there is to find. */
function tickmark(each: Case, project: string): Command {
  const expected = { same: [0, '0', '0'], dirty: [1, '10', '5'] }[each];
  const [code, changed, missing] = expected;
  return bash(
    [
      `out=$(${process.execPath} ${join(ROOT, 'bin/tickmark.mjs')} diff src:lineitem wh:${each}.lineitem --json --project-dir ${project}) && code=0 || code=$?`,
      'echo "$out"',
      `test $code = ${code}`,
      `grep -q '"changed": "${changed}"' <<<"$out"`,
      `grep -q '"onlyA": "${missing}"' <<<"$out"`,
      `grep -q '"onlyB": "0"' <<<"$out"`,
    ],
    {},
  );
}

const BUCKET = 4_096;

/** The least: a hash of each bucket on both sides at once, a comparison of the two lists, and a fetch of what differs. */
function limit(each: Case, hash: string, { psql, env }: Cluster): Command {
  const ask = (database: string, relation: string): string =>
    `${psql} -X -q -At -d ${database} -c "select l_orderkey/${BUCKET}, count(*), ${hash} from ${relation} l group by 1" | sort`;
  const fetch = (database: string, relation: string): string =>
    `${psql} -X -q -At -d ${database} -c "select * from ${relation} where $b" | sort`;
  return bash(
    [
      'w=$(mktemp -d); trap "rm -rf $w" EXIT',
      `${ask('src', 'lineitem')} >$w/a & ${ask('wh', `${each}.lineitem`)} >$w/b; wait`,
      `b=$(comm -3 $w/a $w/b | tr -d '\\t' | cut -d'|' -f1 | sort -un | sed 's/.*/(l_orderkey between &*${BUCKET} and &*${BUCKET}+${BUCKET - 1})/' | paste -sd'|' | sed 's/|/ or /g')`,
      'if [ -z "$b" ]; then echo identical; exit 0; fi',
      `${fetch('src', 'lineitem')} >$w/a; ${fetch('wh', `${each}.lineitem`)} >$w/b`,
      'comm -23 $w/a $w/b | wc -l; comm -13 $w/a $w/b | wc -l',
    ],
    env,
  );
}

const TOOLS: Readonly<Record<DiffPeer, { readonly requirements: readonly string[]; readonly program: string }>> = {
  reladiff: { requirements: ['reladiff[postgresql]==0.6.0'], program: 'bin/reladiff' },
  datadiff: { requirements: ['data-diff[postgresql]==0.11.2', 'pydantic<2'], program: 'bin/data-diff' },
};

async function findPeers(
  names: readonly DiffPeer[],
  home: Home,
): Promise<readonly (readonly [name: DiffPeer, program: string])[]> {
  const found: [DiffPeer, string][] = [];
  for (const name of names) {
    const tool = await toolIn({ name, ...TOOLS[name] }, home);
    if (tool.path === null) home.say(`${name} does not take part: ${tool.why}`);
    else found.push([name, tool.path]);
  }
  return found;
}

function peer(program: string, each: Case, cluster: Cluster): Command {
  const columns = LINEITEM.columns.map(([name]) => name).filter((name) => !LINEITEM.key.includes(name));
  const args = [...LINEITEM.key.flatMap((name) => ['-k', name]), ...columns.flatMap((name) => ['-c', name])];
  return {
    file: program,
    args: [cluster.url('src'), 'public.lineitem', cluster.url('wh'), `${each}.lineitem`, ...args],
    env: {},
  };
}
