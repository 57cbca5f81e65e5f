import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTable, LINEITEM, ORDERS } from './bench-table.ts';
import type { Cluster } from './cluster.ts';
import { runMeasured } from './command.ts';
import type { Home } from './home.ts';
import { toolIn } from './venv.ts';

/** Makes TPC-H's lineitem and orders of a scale as CSV files, once: the generator gives the same bytes everywhere. */
export async function generateTpch(scale: number, home: Home): Promise<string> {
  const folder = join(home.path, 'data', `sf${scale}`);
  if (existsSync(folder)) return folder;
  const generator = await toolIn(
    { name: 'tpch', requirements: ['tpchgen-cli==4.0.0'], program: 'bin/tpchgen-cli' },
    home,
  );
  if (generator.path === null) throw new Error(`tpchgen-cli could not be had: ${generator.why}`);
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  home.say(`generating TPC-H at scale ${scale}`);
  await runMeasured(
    {
      file: generator.path,
      args: ['csv', '-q', '-s', String(scale), '-T', 'lineitem,orders', '-o', draft],
      env: {},
    },
    { logFile: home.log('tpchgen'), signal: home.signal },
  );
  await rename(draft, folder);
  return folder;
}

/** Loads the two tables into the source database as a system of record keeps them: with their primary keys, vacuumed. */
export async function loadTpch(folder: string, database: string, cluster: Cluster, home: Home): Promise<void> {
  for (const table of [LINEITEM, ORDERS]) {
    await cluster.query(database, createTable(table));
    const copy = `\\copy ${table.name} from '${join(folder, `${table.name}.csv`)}' csv header`;
    await runMeasured(
      { file: cluster.psql, args: ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', copy], env: cluster.env },
      { logFile: home.log(`load-${table.name}`), signal: home.signal },
    );
    await cluster.query(database, `alter table ${table.name} add primary key (${table.key.join(', ')})`);
    await cluster.query(database, `vacuum (freeze, analyze) ${table.name}`);
  }
}
