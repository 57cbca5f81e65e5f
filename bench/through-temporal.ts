import { randomBytes } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { migrate } from '../engine/warehouse/migrate.ts';
import { LINEITEM, ORDERS } from './bench-table.ts';
import type { Cluster } from './cluster.ts';
import type { Line } from './figures.ts';
import type { Home } from './home.ts';
import { refuseDifference } from './same-rows.ts';
import type { Print } from './same-rows.ts';
import { declared } from './tickmark-way.ts';
import { runAlone } from './way.ts';

const TABLES = [LINEITEM, ORDERS];
const DATABASE = 'wh_temporal';

/** The full pull once more as people run it: `tickmark refresh`, with its Temporal server and its worker, read-back included. */
export async function benchThroughTemporal(
  { prints }: { readonly prints: ReadonlyMap<string, Print> },
  { cluster, home }: { readonly cluster: Cluster; readonly home: Home },
): Promise<readonly Line[]> {
  const folder = await writeProject(home);
  const warehouseUrl = await cluster.fresh(DATABASE);
  await migrate(warehouseUrl);
  const program = fileURLToPath(new URL('../bin/tickmark.ts', import.meta.url));
  const args = [
    '--disable-warning=ExperimentalWarning',
    program,
    'refresh',
    '--vertical',
    'bench',
    '--project-dir',
    folder,
  ];
  const env = {
    DATABASE_URL: warehouseUrl,
    BENCH_URL: cluster.url('src'),
    TICKMARK_EVIDENCE_KEY: randomBytes(32).toString('hex'),
    NO_COLOR: '1',
  };
  const cost = await runAlone({ file: process.execPath, args, env }, home.log('through-temporal'), cluster, home);
  const landing = { way: 'tickmark refresh', tables: TABLES, database: DATABASE, schema: 'raw_bench' };
  await refuseDifference(landing, { cluster, prints });
  const [span] = await cluster.query(
    DATABASE,
    `select extract(epoch from max(at) filter (where step = 'verify') - min(at) filter (where step = 'extract'))::text as seconds
     from audit.step_events`,
  );
  const told = (measure: string, value: number, note: string): Line => ({
    measure,
    goal: null,
    value,
    unit: 's',
    note,
  });
  return [
    told('through Temporal, first extract to last verify', Number(span?.['seconds']), 'once, read-back included'),
    told('through Temporal, the whole `tickmark refresh`', cost.wallMs / 1_000, 'server and worker started with it'),
  ];
}

/** A project that has nothing but the two tables. */
async function writeProject(home: Home): Promise<string> {
  const folder = join(home.path, 'project');
  const cache = join(home.path, 'temporal');
  const content = join(folder, 'sql', 'bench');
  await rm(folder, { recursive: true, force: true });
  for (const path of [cache, content, join(folder, '.tickmark')]) await mkdir(path, { recursive: true });
  // The server's program is fetched once for all runs.
  await symlink(cache, join(folder, '.tickmark', 'cache'));
  const config = {
    name: 'bench',
    warehouse: { url: '${env:DATABASE_URL}' },
    connections: { bench: { type: 'postgres', url: '${env:BENCH_URL}' } },
    verticals: { bench: {} },
  };
  const tables = TABLES.map((table) => ({ ...declared(table), schema: 'public' }));
  await writeFile(join(folder, 'tickmark.yml'), stringify(config));
  await writeFile(join(content, 'sources.yml'), stringify({ version: 2, sources: [{ name: 'bench', tables }] }));
  return folder;
}
