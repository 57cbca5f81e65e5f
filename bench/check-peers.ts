import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDbtChecks } from './check-projects.ts';
import { text } from './check-sql.ts';
import type { Command } from './command.ts';
import { fileWriter } from './file-writer.ts';
import type { Home } from './home.ts';
import type { DbtConnection } from './model-projects.ts';
import { CHECKED_TABLES, TPCH_CHECKS } from './tpch-checks.ts';
import type { BenchCheck } from './tpch-checks.ts';
import { toolIn } from './venv.ts';
import type { Tool } from './venv.ts';
import { bash } from './way.ts';

export const CHECK_PEERS = ['dbt', 'soda3', 'soda4', 'gx'] as const;
export type CheckPeer = (typeof CHECK_PEERS)[number];

interface Peer extends Tool {
  /** Writes the checks over a schema, and says how they are run; the command must end well also when checks fail. */
  readonly prepare: (asked: {
    readonly program: string;
    readonly root: string;
    readonly schema: string;
    readonly connection: DbtConnection;
  }) => Command;
  /** How many checks it said fail, by its output; null when that cannot be read. */
  readonly failed: (log: string) => number | null;
}

const PEERS: Readonly<Record<CheckPeer, Peer>> = {
  dbt: {
    name: 'dbt',
    requirements: ['dbt-core==1.11.16', 'dbt-postgres==1.11.0'],
    program: 'bin/dbt',
    prepare: ({ program, root, schema, connection }) => {
      const folder = writeDbtChecks(root, schema, connection);
      return bash([`'${program}' test --profiles-dir '${folder}' --project-dir '${folder}' || test $? = 1`], QUIET);
    },
    failed: (log) => number(/Done\. PASS=\d+ WARN=\d+ ERROR=(\d+)/.exec(log)?.[1]),
  },
  soda3: {
    name: 'soda3',
    requirements: ['soda-core-postgres==3.5.6', 'setuptools==80.9.0'],
    program: 'bin/soda',
    prepare: ({ program, root, schema, connection }) => {
      const folder = writeSoda3(root, schema, connection);
      const run = `HOME='${folder}' '${program}' scan -d wh -c configuration.yml checks.yml`;
      // 2: some checks fail.
      return bash([`cd '${folder}'`, `${run} || test $? = 2`], QUIET);
    },
    failed: (log) => (/All is good/.test(log) ? 0 : number(/(\d+)\/40 checks FAILED/.exec(log)?.[1])),
  },
  soda4: {
    name: 'soda4',
    requirements: ['soda-postgres==4.28.0'],
    program: 'bin/soda',
    prepare: ({ program, root, schema, connection }) => {
      const folder = writeSoda4(root, schema, connection);
      const runs = CHECKED_TABLES.map(
        (table) => `'${program}' contract verify -ds '${folder}/ds.yml' -c '${folder}/${table}.yml' || test $? = 1`,
      );
      return bash(runs, { ...QUIET, HOME: folder });
    },
    failed: (log) => {
      const found = [...log.matchAll(/Failed:?\s*[│|]?\s*(\d+)/g)].map((match) => Number(match[1]));
      return found.length === CHECKED_TABLES.length ? found.reduce((sum, one) => sum + one, 0) : null;
    },
  },
  gx: {
    name: 'gx',
    requirements: ['great_expectations==1.24.1', 'sqlalchemy==2.0.58', 'psycopg2-binary==2.9.13'],
    program: 'bin/python',
    prepare: ({ program, root, schema, connection }) => {
      const { user, password, host, port, database } = connection;
      const file = join(root, `gx_${schema}.json`);
      writeFileSync(file, JSON.stringify(TPCH_CHECKS));
      const script = fileURLToPath(new URL('./gx-checks.py', import.meta.url));
      const url = `postgresql+psycopg2://${user}:${password}@${host}:${port}/${database}`;
      return bash([`'${program}' '${script}' '${file}' '${schema}'`], { ...QUIET, WH_URL: url });
    },
    failed: (log) => number(/^40 checks, (\d+) failed$/m.exec(log)?.[1]),
  },
};

const QUIET = {
  DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
  DO_NOT_TRACK: '1',
  SODA_CORE_TELEMETRY_ENABLED: 'false',
  GX_ANALYTICS_ENABLED: 'false',
};

export interface ReadyPeer {
  readonly command: (root: string, schema: string, connection: DbtConnection) => Command;
  readonly failed: (logFile: string) => number | null;
}

/** A peer that is installed; null when it cannot be had, which is told. */
export async function readyPeer(name: CheckPeer, home: Home): Promise<ReadyPeer | null> {
  const peer = PEERS[name];
  const tool = await toolIn(peer, home);
  if (tool.path === null) {
    home.say(`${name} does not take part: ${tool.why}`);
    return null;
  }
  const program = tool.path;
  return {
    command: (root, schema, connection) => peer.prepare({ program, root, schema, connection }),
    failed: (logFile) => peer.failed(readFileSync(logFile, 'utf8')),
  };
}

function number(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

function ofTable(table: BenchCheck['table']): readonly BenchCheck[] {
  return TPCH_CHECKS.filter((check) => check.table === table);
}

function writeSoda3(root: string, schema: string, { host, port, user, password, database }: DbtConnection): string {
  const folder = join(root, `soda3_${schema}`);
  const write = fileWriter(folder);
  write(
    'configuration.yml',
    `data_source wh:\n  type: postgres\n  host: ${host}\n  port: "${port}"\n  username: ${user}\n  password: '${password}'\n  database: ${database}\n  schema: ${schema}\n`,
  );
  write('.soda/config.yml', 'send_anonymous_usage_stats: false\n');
  const checks = CHECKED_TABLES.flatMap((table) => [
    `checks for ${table}:`,
    ...ofTable(table).map((check) => {
      switch (check.kind) {
        case 'not_null':
          return `  - missing_count(${check.column}) = 0`;
        case 'unique':
          return `  - duplicate_count(${check.columns.join(', ')}) = 0`;
        case 'accepted_values':
          return `  - invalid_count(${check.column}) = 0:\n      valid values: [${check.values.map(text).join(', ')}]`;
        case 'relationships':
          return `  - values in (${check.column}) must exist in ${check.to} (${check.field})`;
        case 'accepted_range':
          return `  - invalid_count(${check.column}) = 0:\n      valid min: ${check.min}\n      valid max: ${check.max}`;
        case 'row_count':
          return `  - row_count >= ${check.min}`;
        default:
          return check satisfies never;
      }
    }),
  ]);
  write('checks.yml', `${checks.join('\n')}\n`);
  return folder;
}

function writeSoda4(root: string, schema: string, { host, port, user, password, database }: DbtConnection): string {
  const folder = join(root, `soda4_${schema}`);
  const write = fileWriter(folder);
  write(
    'ds.yml',
    `type: postgres\nname: wh\nconnection:\n  host: ${host}\n  port: ${port}\n  user: ${user}\n  password: '${password}'\n  database: ${database}\n`,
  );
  for (const table of CHECKED_TABLES) {
    const own = ofTable(table);
    const columns = [...new Set(own.flatMap((check) => ('column' in check ? [check.column] : [])))];
    const lines = [
      `dataset: wh/${database}/${schema}/${table}`,
      'columns:',
      ...columns.flatMap((column) => [
        `  - name: ${column}`,
        '    checks:',
        ...own.flatMap((check) => soda4Column(check, column, `wh/${database}/${schema}`)),
      ]),
    ];
    const whole = own.flatMap((check) => {
      if (check.kind === 'row_count') return ['  - row_count:'];
      return check.kind === 'unique' && check.columns.length > 1
        ? [`  - duplicate:\n      columns: [${check.columns.join(', ')}]`]
        : [];
    });
    write(`${table}.yml`, `${[...lines, ...(whole.length === 0 ? [] : ['checks:', ...whole])].join('\n')}\n`);
  }
  return folder;
}

function soda4Column(check: BenchCheck, column: string, dataset: string): string[] {
  if (check.kind === 'unique') return check.columns.join() === column ? ['      - duplicate:'] : [];
  if (check.kind === 'row_count' || check.column !== column) return [];
  const invalid = ['      - invalid:', `          qualifier: ${check.kind}`];
  switch (check.kind) {
    case 'not_null':
      return ['      - missing:'];
    case 'accepted_values':
      return [...invalid, `          valid_values: [${check.values.map(text).join(', ')}]`];
    case 'relationships':
      return [
        ...invalid,
        `          valid_reference_data:\n            dataset: ${dataset}/${check.to}\n            column: ${check.field}`,
      ];
    case 'accepted_range':
      return [...invalid, `          valid_min: ${check.min}`, `          valid_max: ${check.max}`];
    default:
      return check satisfies never;
  }
}
