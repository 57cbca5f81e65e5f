import { LINEITEM } from './bench-table.ts';
import type { BenchTable } from './bench-table.ts';
import type { Cluster } from './cluster.ts';
import type { Line } from './figures.ts';
import type { Home } from './home.ts';
import { printOf, refuseDifference } from './same-rows.ts';
import { pulledOnce, tickmark } from './tickmark-way.ts';
import { runWay } from './way.ts';

const TENFOLD: BenchTable = { ...LINEITEM, name: 'lineitem_tenfold' };

/** The worker's largest memory over lineitem, and over ten times its rows; every row proven and read back. */
export async function benchFlatMemory(deps: {
  readonly cluster: Cluster;
  readonly home: Home;
}): Promise<readonly Line[]> {
  const { cluster } = deps;
  const once = await peakOf(LINEITEM, deps);
  await createTenfold(cluster);
  const tenfold = await peakOf(TENFOLD, deps);
  await cluster.query('src', `drop table ${TENFOLD.name}`);
  const megabytes = ({ peakBytes, rows }: { peakBytes: number; rows: string }, measure: string): Line => ({
    measure,
    goal: 200,
    value: peakBytes / 1e6,
    unit: 'MB',
    note: `VmHWM over ${rows} rows`,
  });
  return [
    megabytes(once, "worker's peak memory"),
    megabytes(tenfold, 'the same at 10 times the rows'),
    {
      measure: 'growth of it with 10 times the rows',
      goal: null,
      value: tenfold.peakBytes / once.peakBytes,
      unit: '',
      note: 'flat is about 1',
    },
  ];
}

async function peakOf(
  table: BenchTable,
  { cluster, home }: { readonly cluster: Cluster; readonly home: Home },
): Promise<{ readonly peakBytes: number; readonly rows: string }> {
  const print = await printOf(table, { database: 'src', relation: table.name }, cluster);
  const way = tickmark([table], { readBack: true }, cluster);
  const { database, logFile } = await runWay(way, cluster, home);
  const landing = { way: way.name, tables: [table], database, schema: way.schema };
  await refuseDifference(landing, { cluster, prints: new Map([[table.name, print]]) });
  await cluster.query('postgres', `drop database ${database} with (force)`);
  const { peakBytes } = pulledOnce(logFile);
  home.say(`    ${table.name}: ${print.rows} rows, VmHWM ${(peakBytes / 1e6).toFixed(0)} MB`);
  return { peakBytes, rows: print.rows };
}

/** Unlogged: it is only read, and its log would be another ten times the rows. */
async function createTenfold(cluster: Cluster): Promise<void> {
  const columns = LINEITEM.columns.map(([name]) => (name === 'l_orderkey' ? 'l_orderkey + shift' : name));
  await cluster.query('src', `create unlogged table ${TENFOLD.name} (like lineitem)`);
  await cluster.query(
    'src',
    `insert into ${TENFOLD.name} select ${columns.join(', ')}
     from generate_series(0, 9) as copy_no
     cross join lateral (select copy_no * (select max(l_orderkey) from lineitem)::integer as shift) as shifted
     cross join lineitem`,
  );
  await cluster.query('src', `vacuum (freeze, analyze) ${TENFOLD.name}`);
}
