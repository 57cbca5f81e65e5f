import { randomBytes } from 'node:crypto';
import type { Cluster } from './cluster.ts';
import { runMeasured } from './command.ts';
import type { Cost } from './command.ts';
import { describeCosts, median } from './figures.ts';
import type { Line } from './figures.ts';
import type { Home } from './home.ts';
import type { PullOnce } from './pull-once.ts';
import { pullCommand, pulledOnce } from './tickmark-way.ts';
import { bash, runAlone } from './way.ts';

const TABLES = 20;
const ROWS = 50_000;
const NAMES = Array.from({ length: TABLES }, (_, at) => `change_log_${String(at + 1).padStart(2, '0')}`);

/** 20 incremental tables that nothing was written to since the last pull: what a refresh then costs beside the source's own count. */
export async function benchSecondRefresh(
  { runs }: { readonly runs: number },
  { cluster, home }: { readonly cluster: Cluster; readonly home: Home },
): Promise<readonly Line[]> {
  await createTables(cluster);
  const pull: PullOnce = {
    warehouseUrl: await cluster.fresh('wh_second_refresh'),
    evidenceKey: randomBytes(32).toString('hex'),
    connection: { type: 'postgres', url: cluster.url('src') },
    tables: NAMES.map((name) => ({
      name,
      schema: 'public',
      key: ['id'],
      control_totals: ['amount'],
      mode: 'incremental',
      cursor: { column: 'changed_at' },
    })),
  };
  const command = await pullCommand(pull);
  const logFile = home.log('second-refresh');
  await runMeasured(command, { logFile, signal: home.signal });
  refuseOther('the first pull', pulledOnce(logFile).addedRows, String(TABLES * ROWS));
  await cluster.query('wh_second_refresh', 'vacuum analyze');

  const statements = NAMES.map((name) => `select count(*), sum(amount) from ${name};`).join(' ');
  const count = bash([`'${cluster.psql}' -X -q -d src -c '${statements}' > /dev/null`], cluster.env);
  const refreshes: Cost[] = [];
  const counts: Cost[] = [];
  for (let run = 1; run <= runs; run += 1) {
    counts.push(await runAlone(count, home.log('second-refresh-count'), cluster, home));
    refreshes.push(await runAlone(command, logFile, cluster, home));
    refuseOther('a refresh with nothing changed', pulledOnce(logFile).addedRows, '0');
  }
  home.say(`    ${describeCosts("source's own count, 20", counts)}`);
  home.say(`    ${describeCosts('second refresh, 20', refreshes)}`);
  const beside = refreshes.map(({ wallMs }, at) => (wallMs - (counts[at]?.wallMs ?? 0)) / 1_000);
  return [
    {
      measure: `second refresh, nothing changed, ${TABLES} incremental tables, beside the source's own count`,
      goal: 3,
      value: median(beside),
      unit: 's',
      note: `${runs} runs of ${TABLES} x ${ROWS} rows, start of the process included`,
    },
  ];
}

async function createTables(cluster: Cluster): Promise<void> {
  for (const name of NAMES) {
    await cluster.query('src', `drop table if exists ${name}`);
    await cluster.query(
      'src',
      `create table ${name} (id bigint primary key, changed_at timestamptz not null, account text not null,
         amount numeric(15, 2) not null, note text)`,
    );
    await cluster.query(
      'src',
      `insert into ${name}
       select n, timestamptz '2026-01-01 00:00:00Z' + n * interval '7.000123 seconds', 'account ' || n % 997,
         (n * 7919 % 1000000) / 100.0, case when n % 3 > 0 then md5(n::text) end
       from generate_series(1, ${ROWS}) as n`,
    );
    await cluster.query('src', `create index on ${name} (changed_at)`);
    await cluster.query('src', `vacuum (freeze, analyze) ${name}`);
  }
}

function refuseOther(what: string, got: string, wanted: string): void {
  if (got !== wanted) throw new Error(`${what} put ${got} rows in place, not ${wanted}`);
}
