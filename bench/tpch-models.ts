import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster } from './cluster.ts';
import { runMeasured } from './command.ts';
import type { Home } from './home.ts';
import { toolIn } from './venv.ts';

/** All eight tables of TPC-H, types as the specification names them. */
const TABLES = {
  region: 'r_regionkey integer, r_name char(25), r_comment varchar(152)',
  nation: 'n_nationkey integer, n_name char(25), n_regionkey integer, n_comment varchar(152)',
  supplier:
    's_suppkey integer, s_name char(25), s_address varchar(40), s_nationkey integer, s_phone char(15), s_acctbal numeric(15,2), s_comment varchar(101)',
  customer:
    'c_custkey integer, c_name varchar(25), c_address varchar(40), c_nationkey integer, c_phone char(15), c_acctbal numeric(15,2), c_mktsegment char(10), c_comment varchar(117)',
  part: 'p_partkey integer, p_name varchar(55), p_mfgr char(25), p_brand char(10), p_type varchar(25), p_size integer, p_container char(10), p_retailprice numeric(15,2), p_comment varchar(23)',
  partsupp:
    'ps_partkey integer, ps_suppkey integer, ps_availqty integer, ps_supplycost numeric(15,2), ps_comment varchar(199)',
  orders:
    'o_orderkey integer, o_custkey integer, o_orderstatus char(1), o_totalprice numeric(15,2), o_orderdate date, o_orderpriority char(15), o_clerk char(15), o_shippriority integer, o_comment varchar(79)',
  lineitem:
    'l_orderkey integer, l_partkey integer, l_suppkey integer, l_linenumber integer, l_quantity numeric(15,2), l_extendedprice numeric(15,2), l_discount numeric(15,2), l_tax numeric(15,2), l_returnflag char(1), l_linestatus char(1), l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct char(25), l_shipmode char(10), l_comment varchar(44)',
} as const;

export const TPCH_TABLES = Object.keys(TABLES);

const KEYS: Readonly<Record<string, string>> = {
  region: 'r_regionkey',
  nation: 'n_nationkey',
  supplier: 's_suppkey',
  customer: 'c_custkey',
  part: 'p_partkey',
  partsupp: 'ps_partkey, ps_suppkey',
  orders: 'o_orderkey',
  lineitem: 'l_orderkey, l_linenumber',
};

/** Without them some of the queries read a large table once for every row of another. */
const INDEXES = ['lineitem (l_partkey, l_suppkey)', 'orders (o_custkey)', 'partsupp (ps_suppkey)'];

/** Loads TPC-H at a scale into the schema `raw` of a database, with primary keys, vacuumed; `only` some of its tables. */
export async function loadAllOfTpch(
  scale: number,
  database: string,
  cluster: Cluster,
  home: Home,
  only: readonly string[] = TPCH_TABLES,
): Promise<void> {
  const folder = join(home.path, 'data', `all-sf${scale}`);
  if (!existsSync(folder)) {
    const generator = await toolIn(
      { name: 'tpch', requirements: ['tpchgen-cli==4.0.0'], program: 'bin/tpchgen-cli' },
      home,
    );
    if (generator.path === null) throw new Error(`tpchgen-cli could not be had: ${generator.why}`);
    await writeOnce(folder, async (draft) => {
      await runMeasured(
        { file: generator.path as string, args: ['csv', '-q', '-s', String(scale), '-o', draft], env: {} },
        { logFile: home.log('tpchgen-all'), signal: home.signal },
      );
    });
  }
  await cluster.query(database, 'create schema raw');
  for (const [table, columns] of Object.entries(TABLES)) {
    if (!only.includes(table)) continue;
    await cluster.query(database, `create table raw.${table} (${columns})`);
    const copy = `\\copy raw.${table} from '${join(folder, `${table}.csv`)}' csv header`;
    await runMeasured(
      { file: cluster.psql, args: ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', copy], env: cluster.env },
      { logFile: home.log(`load-all-${table}`), signal: home.signal },
    );
    await cluster.query(database, `alter table raw.${table} add primary key (${KEYS[table]})`);
    await cluster.query(database, `vacuum (freeze, analyze) raw.${table}`);
  }
  for (const index of INDEXES)
    if (only.includes(index.split(' ')[0] ?? '')) await cluster.query(database, `create index on raw.${index}`);
}

/** TPC-H's 22 queries by name, q01 to q22, over the tables' bare names. */
export async function tpchQueries(home: Home): Promise<ReadonlyMap<string, string>> {
  const folder = join(home.path, 'data', 'tpch-queries');
  if (!existsSync(folder)) {
    const requirements = ['duckdb==1.5.5', 'duckdb-extensions==1.5.5', 'duckdb-extension-tpch==1.5.5'];
    const python = await toolIn({ name: 'tpch-queries', requirements, program: 'bin/python' }, home);
    if (python.path === null) throw new Error(`TPC-H's queries could not be had: ${python.why}`);
    const script = join(dirname(fileURLToPath(import.meta.url)), 'tpch-queries.py');
    await writeOnce(folder, async (draft) => {
      await runMeasured(
        { file: python.path as string, args: [script, draft], env: {} },
        { logFile: home.log('tpch-queries'), signal: home.signal },
      );
    });
  }
  const files = readdirSync(folder).toSorted();
  return new Map(files.map((file) => [file.replace('.sql', ''), readFileSync(join(folder, file), 'utf8').trim()]));
}

/** A query with each table that it reads as `write` gives it; some queries name a column `nation`, so only FROM clauses are looked at. */
export function overTables(query: string, write: (table: string) => string): string {
  const clauses = /\bFROM\s+(?!\()[\s\S]*?(?=\bWHERE\b|\bGROUP\b|\bORDER\b|\)|$)/gi;
  const names = new RegExp(String.raw`(?<![\w.])(${TPCH_TABLES.join('|')})(?![\w.])`, 'gi');
  return query.replaceAll(clauses, (clause) => clause.replaceAll(names, (name) => write(name.toLowerCase())));
}

async function writeOnce(folder: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await write(draft);
  await rename(draft, folder);
}
