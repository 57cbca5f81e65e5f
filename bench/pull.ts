import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { EmbeddedPostgres } from '../embedded/postgres.ts';
import { openSource } from '../engine/connectors/open-source.ts';
import type { DeclaredSource } from '../engine/contracts/project.ts';
import { beginRun } from '../engine/evidence/run-record.ts';
import { extract } from '../engine/extract/extract.ts';
import { land } from '../engine/land/land.ts';
import { recordPull } from '../engine/land/record-pull.ts';
import { verify } from '../engine/verify/verify.ts';
import { migrate } from '../engine/warehouse/migrate.ts';
import { openWarehouse } from '../engine/warehouse/warehouse.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';

interface BenchDeps {
  readonly server: EmbeddedPostgres;
  readonly say: (line: string) => void;
}

interface Databases {
  readonly sourceUrl: string;
  readonly warehouseUrl: string;
  readonly warehouse: Warehouse;
}

interface Cost {
  readonly wallMs: number;
  /** Of this process. */
  readonly clientMs: number;
  /** Of all processes of the Postgres server; null where the system does not tell. */
  readonly serverMs: number | null;
}

/**
 * What the proof costs: one table moved from database to database by COPY in one process, and by Tickmark's extract, land and
 * verify, turn and turn about. Both ways must land the same rows, else there is no result.
 */
export async function benchPull(
  input: { readonly rows: number; readonly pairs: number },
  { server, say }: BenchDeps,
): Promise<void> {
  const { rows, pairs } = input;
  const url = (database: string): string =>
    `postgres://${server.user}:${server.password}@${server.host}:${server.port}/${database}`;
  await withClient(url('postgres'), async (client) => {
    await client.query('create database bench_source');
    await client.query('create database bench_warehouse');
  });
  await withClient(url('bench_source'), (client) => createLineitem(rows, client));
  await migrate(url('bench_warehouse'));
  const warehouse = openWarehouse(url('bench_warehouse'));
  const databases = { sourceUrl: url('bench_source'), warehouseUrl: url('bench_warehouse'), warehouse };
  say(`${rows} rows x 16 columns, source and warehouse on one Postgres, ${pairs} pairs in turn`);
  try {
    const ways: { readonly name: string; readonly move: () => Promise<void>; readonly costs: Cost[] }[] = [
      { name: 'COPY to COPY, binary', move: () => copyToCopy(databases), costs: [] },
      { name: 'Tickmark, first pull', move: () => firstPull(databases), costs: [] },
      { name: 'Tickmark, unchanged', move: () => pull(databases), costs: [] },
    ];
    for (let pair = 1; pair <= pairs; pair += 1) {
      for (const { name, move, costs } of ways) {
        const cost = await measure(move, server);
        costs.push(cost);
        say(`  ${pair}  ${name.padEnd(22)} ${format(cost, rows)}`);
      }
      await refuseDifference(rows, databases);
    }
    say("median, and median of the pairs' ratios");
    const anchors = ways[0]?.costs ?? [];
    for (const { name, costs } of ways) {
      say(`     ${name.padEnd(22)} ${format(medianCost(costs), rows)}  ${formatRatios(costs, anchors)}`);
    }
  } finally {
    await warehouse.close();
  }
}

/** The columns of TPC-H's lineitem, filled at random from a fixed seed. */
async function createLineitem(rows: number, client: pg.Client): Promise<void> {
  await client.query('select setseed(0.42)');
  await client.query(`
    create table lineitem (
      l_orderkey bigint not null, l_partkey bigint not null, l_suppkey bigint not null, l_linenumber integer not null,
      l_quantity numeric(15, 2) not null, l_extendedprice numeric(15, 2) not null, l_discount numeric(15, 2) not null,
      l_tax numeric(15, 2) not null, l_returnflag char(1) not null, l_linestatus char(1) not null, l_shipdate date not null,
      l_commitdate date not null, l_receiptdate date not null, l_shipinstruct char(25) not null, l_shipmode char(10) not null,
      l_comment varchar(44) not null, primary key (l_orderkey, l_linenumber)
    )`);
  await client.query(
    `insert into lineitem
     select 1 + n / 4, 1 + random() * 200000, 1 + random() * 10000, 1 + n % 4,
       1 + floor(random() * 50), 900 + round((random() * 104049)::numeric, 2), round((random() * 0.1)::numeric, 2),
       round((random() * 0.08)::numeric, 2), substr('ANR', 1 + floor(random() * 3)::integer, 1), substr('FO', 1 + floor(random() * 2)::integer, 1),
       day, day + floor(random() * 60)::integer, day + 1 + floor(random() * 30)::integer,
       (array['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])[1 + floor(random() * 4)::integer],
       (array['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'])[1 + floor(random() * 7)::integer],
       left(md5(random()::text) || md5(random()::text), 10 + floor(random() * 34)::integer)
     from (select n, date '1992-01-02' + floor(random() * 2526)::integer as day from generate_series(0, $1::integer - 1) as n) as numbered`,
    [rows],
  );
  await client.query('vacuum analyze lineitem');
}

/** The physical anchor: the least that moving a table between two databases through one process takes; nothing is proven. */
async function copyToCopy({ sourceUrl, warehouseUrl }: Databases): Promise<void> {
  await withClient(sourceUrl, (source) =>
    withClient(warehouseUrl, async (target) => {
      await target.query('begin');
      await target.query('drop table if exists lineitem_copy');
      await target.query(
        `create table lineitem_copy (${COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
      );
      await pipeline(
        source.query(copyTo('copy lineitem to stdout (format binary)')),
        target.query(copyFrom('copy lineitem_copy from stdin (format binary)')),
      );
      await target.query('commit');
    }),
  );
}

async function firstPull(databases: Databases): Promise<void> {
  await databases.warehouse.execute('drop schema if exists raw_bench cascade');
  await pull(databases);
}

/** As the activities pullSource and verifySource do it, without Temporal. */
async function pull({ sourceUrl, warehouse }: Databases): Promise<void> {
  const deps = { warehouse };
  const pinned = { project: 'bench', projectHash: 'none', toolVersion: 'bench', vars: {}, fullRefresh: false };
  const run = await beginRun({ runId: randomUUID(), vertical: 'bench', kind: 'refresh', ...pinned }, warehouse);
  const source = await openSource({ type: 'postgres', url: sourceUrl }, { name: 'bench', root: '.' });
  try {
    const extraction = extract(LINEITEM, await source.read(LINEITEM));
    const { columns, rows } = extraction;
    const landed = await land(
      { runNo: run.runNo, attempt: 1, source: 'bench', table: 'lineitem', columns, rows },
      deps,
    );
    const manifest = extraction.manifest({ rows: landed.rows, at: new Date().toISOString() });
    const table = { table: 'lineitem', besideTable: landed.besideTable, manifest };
    await recordPull({ run, source: 'bench', tables: [table] }, deps);
  } finally {
    await source.close();
  }
  await verify({ run, source: 'bench', fullRefresh: false }, deps);
}

const LINEITEM: DeclaredSource = {
  vertical: 'bench',
  source: 'bench',
  connection: 'bench',
  declaredIn: 'bench/pull.ts',
  line: 1,
  name: 'lineitem',
  key: ['l_orderkey', 'l_linenumber'],
  control_totals: ['l_quantity', 'l_extendedprice'],
};

const COLUMNS = [
  ...['l_orderkey', 'l_partkey', 'l_suppkey'].map((name) => ({ name, type: 'bigint' })),
  { name: 'l_linenumber', type: 'integer' },
  ...['l_quantity', 'l_extendedprice', 'l_discount', 'l_tax'].map((name) => ({ name, type: 'numeric(15, 2)' })),
  ...['l_returnflag', 'l_linestatus'].map((name) => ({ name, type: 'char(1)' })),
  ...['l_shipdate', 'l_commitdate', 'l_receiptdate'].map((name) => ({ name, type: 'date' })),
  { name: 'l_shipinstruct', type: 'char(25)' },
  { name: 'l_shipmode', type: 'char(10)' },
  { name: 'l_comment', type: 'varchar(44)' },
];

/** The control: a way that lost a row, or made one up, has no speed. */
async function refuseDifference(rows: number, { warehouse }: Databases): Promise<void> {
  const figures = 'count(*)::text as rows, sum(l_extendedprice)::text as total';
  const [copied] = await warehouse.query(`select ${figures} from lineitem_copy`);
  const [pulled] = await warehouse.query(`select ${figures} from raw_bench.lineitem`);
  const [both] = await warehouse.query(
    `select count(*)::text as rows from (
       select ${COLUMNS.map(({ name }) => name).join(', ')} from raw_bench.lineitem intersect all select * from lineitem_copy
     ) as both_ways`,
  );
  const counts = [copied?.['rows'], pulled?.['rows'], both?.['rows']];
  if (counts.every((count) => count === String(rows)) && copied?.['total'] === pulled?.['total']) return;
  throw new Error(`the two ways did not land the same ${rows} rows: copied, pulled, in both ${counts.join(', ')}`);
}

async function measure(work: () => Promise<void>, server: EmbeddedPostgres): Promise<Cost> {
  const serverBefore = serverCpuMs(server.dataDir);
  const clientBefore = process.cpuUsage();
  const began = performance.now();
  await work();
  const wallMs = performance.now() - began;
  const client = process.cpuUsage(clientBefore);
  const serverAfter = serverCpuMs(server.dataDir);
  return {
    wallMs,
    clientMs: (client.user + client.system) / 1_000,
    serverMs: serverBefore === null || serverAfter === null ? null : serverAfter - serverBefore,
  };
}

const TICK_MS = 10;

/** Processor time of the postmaster, its living sessions and those that have ended; Linux only. */
function serverCpuMs(dataDir: string): number | null {
  try {
    const postmaster = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0];
    let ticks = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const fields = statFields(pid);
      // After the name: state, parent, ...; user and system time are the 12th and 13th, those of ended children follow.
      const own = fields.slice(11, 13);
      if (pid === postmaster) ticks += [...own, ...fields.slice(13, 15)].reduce((sum, field) => sum + Number(field), 0);
      else if (fields[1] === postmaster) ticks += own.reduce((sum, field) => sum + Number(field), 0);
    }
    return ticks * TICK_MS;
  } catch {
    return null;
  }
}

function statFields(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function medianCost(costs: readonly Cost[]): Cost {
  const known = costs.every(({ serverMs }) => serverMs !== null);
  return {
    wallMs: median(costs.map(({ wallMs }) => wallMs)),
    clientMs: median(costs.map(({ clientMs }) => clientMs)),
    serverMs: known ? median(costs.map(({ serverMs }) => serverMs ?? 0)) : null,
  };
}

/** Each measurement against the anchor of its own pair, so that a busier moment weighs on both. */
function formatRatios(costs: readonly Cost[], anchors: readonly Cost[]): string {
  const ratio = (of: (cost: Cost) => number): string =>
    median(costs.map((cost, at) => of(cost) / of(anchors[at] ?? cost))).toFixed(2);
  const wall = `${ratio(({ wallMs }) => wallMs)} x wall`;
  const known = [...costs, ...anchors].every(({ serverMs }) => serverMs !== null);
  return known ? `${wall}, ${ratio(({ clientMs, serverMs }) => clientMs + (serverMs ?? 0))} x CPU` : wall;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function format({ wallMs, clientMs, serverMs }: Cost, rows: number): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`.padStart(8);
  const server = serverMs === null ? '  unknown' : seconds(serverMs);
  return `wall ${seconds(wallMs)}  client CPU ${seconds(clientMs)}  server CPU ${server}  ${Math.round(rows / wallMs)} rows/ms`;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
