import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileWriter } from './file-writer.ts';

/** The same models for every way: their SQL, with `$raw(table)` where a table of the schema `raw` is read. */
export interface BenchModels {
  readonly name: string;
  readonly materialized: 'table' | 'view';
  readonly models: ReadonlyMap<string, string>;
  readonly rawTables: readonly string[];
}

/** A Tickmark project of these models, in a folder of its own. */
export function writeTickmarkProject(root: string, bench: BenchModels): string {
  const folder = join(root, `tickmark_${bench.name}`);
  const write = fileWriter(folder);
  write(
    'tickmark.yml',
    `name: ${bench.name}\nwarehouse: { url: '\${env:DATABASE_URL}' }\nconnections: {}\nverticals: { bench: {} }\nmodels: { +materialized: ${bench.materialized} }\n`,
  );
  if (bench.rawTables.length > 0) {
    const tables = bench.rawTables.map((name) => `{ name: ${name} }`).join(', ');
    write(
      'sql/bench/sources.yml',
      `version: 2\nsources:\n  - { name: raw, schema: raw, connection: warehouse, tables: [${tables}] }\n`,
    );
  }
  for (const [name, sql] of bench.models) write(`sql/bench/marts/${name}.sql`, `${inTemplate(sql)}\n`);
  return folder;
}

/** The same as a dbt project; its profile stands beside it. */
export function writeDbtProject(root: string, bench: BenchModels, connection: DbtConnection): string {
  const folder = join(root, `dbt_${bench.name}`);
  const write = fileWriter(folder);
  write(
    'dbt_project.yml',
    `name: ${bench.name}\nversion: '1.0.0'\nprofile: p\nflags: { send_anonymous_usage_stats: false }\nmodels: { +materialized: ${bench.materialized} }\n`,
  );
  const { host, port, user, password, database } = connection;
  write(
    'profiles.yml',
    `p:\n  target: d\n  outputs:\n    d: { type: postgres, host: ${host}, port: ${port}, user: ${user}, password: '${password}', dbname: ${database}, schema: dbt_${bench.name}, threads: 1 }\n`,
  );
  if (bench.rawTables.length > 0) {
    const tables = bench.rawTables.map((name) => `{ name: ${name} }`).join(', ');
    write('models/sources.yml', `version: 2\nsources:\n  - { name: raw, schema: raw, tables: [${tables}] }\n`);
  }
  for (const [name, sql] of bench.models) write(`models/${name}.sql`, `${inTemplate(sql)}\n`);
  return folder;
}

export interface DbtConnection {
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The physical limit: one psql session that builds each model beside the old one and swaps it. */
export function writeBareSql(root: string, bench: BenchModels): string {
  const schema = `bare_${bench.name}`;
  const lines = [...bench.models].map(([name, sql]) => {
    const kind = bench.materialized;
    const query = sql.replaceAll(RAW, (_, table: string) => `raw.${table}`);
    return `begin; create ${kind} ${schema}.${name}__tmp as ${query}; drop ${kind} if exists ${schema}.${name}; alter ${kind} ${schema}.${name}__tmp rename to ${name}; commit;`;
  });
  mkdirSync(root, { recursive: true });
  const file = join(root, `bare_${bench.name}.sql`);
  writeFileSync(
    file,
    `set client_min_messages = warning;\ncreate schema if not exists ${schema};\n${lines.join('\n')}\n`,
  );
  return file;
}

const RAW = /\$raw\((\w+)\)/g;

function inTemplate(sql: string): string {
  return sql.replaceAll(RAW, (_, table: string) => `{{ source('raw', '${table}') }}`);
}
