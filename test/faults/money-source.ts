import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { escape } from 'mysql2';
import pg from 'pg';
import { inject } from 'vitest';
import { startHttpApi } from '../servers/http-api.ts';
import { startMariadb } from '../servers/mariadb.ts';
import type { MoneyRow, MoneyTable } from './moving-money.ts';

/** Where money moves: a system that the project's source `bank` reads through a proxy. */
export interface MoneySource {
  readonly kind: 'postgres' | 'mariadb' | 'http';
  readonly upstream: { readonly host: string; readonly port: number };
  readonly create: (table: MoneyTable, rows: readonly MoneyRow[]) => Promise<void>;
  /** Runs statements as one transaction; null where money cannot move because nobody can read two tables at one moment. */
  readonly transact: ((statements: readonly string[]) => Promise<void>) | null;
  /** For a database: the URL of a role that can only read, at another address than the source's own. */
  readonly urlAt: (address: { readonly host: string; readonly port: number }) => string;
  /** The connection in tickmark.yml without its URL, and what sources.yml says of a table beside its name and key, in YAML. */
  readonly connection: readonly string[];
  readonly declare: (table: MoneyTable) => readonly string[];
  /** How many sessions read it at this moment. */
  readonly readers: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

const COLUMNS =
  'id bigint primary key, holder varchar(80) not null, balance decimal(18, 2) not null, last_move bigint not null, note varchar(200)';

/** A database on the Postgres that all tests share. */
export async function postgresSource(): Promise<MoneySource> {
  const { postgres, erpUrl } = inject('servers');
  const database = `bank_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const admin = await connectPostgres({ ...postgres, database: 'postgres' });
  await admin.query(`create database ${database}`);
  const owner = await connectPostgres({ ...postgres, database });
  const { protocol, username, password } = new URL(erpUrl);
  return {
    kind: 'postgres',
    upstream: postgres,
    create: async (table, rows) => {
      await owner.query(`create table ${table} (${COLUMNS})`);
      await owner.query(`grant select on ${table} to ${username}`);
      await owner.query(
        `insert into ${table} select * from json_to_recordset($1) as t (${COLUMNS.replace(/ primary key| not null/g, '')})`,
        [
          JSON.stringify(
            rows.map(([id, holder, balance, last_move, note]) => ({ id, holder, balance, last_move, note })),
          ),
        ],
      );
    },
    transact: async (statements) => {
      await owner.query(['begin', ...statements, 'commit'].join('; '));
    },
    urlAt: ({ host, port }) => `${protocol}//${username}:${password}@${host}:${port}/${database}`,
    connection: ['type: postgres'],
    declare: () => [],
    readers: async () => {
      const { rows } = await owner.query<{ readers: number }>(
        `select count(*)::int as readers from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
      );
      return Number(rows[0]?.readers);
    },
    stop: async () => {
      await owner.end();
      await admin.query(`drop database ${database} with (force)`);
      await admin.end();
    },
  };
}

/** A MariaDB of its own, in a new folder below the given one. */
export async function mariadbSource(folder: string): Promise<MoneySource> {
  const server = await startMariadb(await mkdtemp(join(folder, 'mariadb-')));
  const owner = await server.connect();
  return {
    kind: 'mariadb',
    upstream: { host: '127.0.0.1', port: server.port },
    create: async (table, rows) => {
      await owner.query(`create table ${table} (${COLUMNS}) engine = innodb character set utf8mb4`);
      for (let from = 0; from < rows.length; from += 1_000) {
        const values = rows.slice(from, from + 1_000).map((row) => `(${row.map((value) => escape(value)).join(', ')})`);
        await owner.query(`insert into ${table} values ${values.join(', ')}`);
      }
    },
    transact: async (statements) => {
      for (const statement of ['start transaction', ...statements, 'commit']) await owner.query(statement);
    },
    urlAt: ({ host, port }) => {
      const url = new URL(server.url);
      url.hostname = host;
      url.port = String(port);
      return url.href;
    },
    connection: ['type: mysql'],
    declare: () => [],
    readers: async () => {
      const [rows] = await owner.query(`select 1 from information_schema.processlist where user = 'reader'`);
      return (rows as readonly unknown[]).length;
    },
    stop: async () => {
      await owner.end();
      await server.stop();
    },
  };
}

/** A JSON API. It has no moments: its money stands still. */
export async function httpSource(): Promise<MoneySource> {
  const api = await startHttpApi();
  api.options.pageSize = 250;
  let asked = Number.NEGATIVE_INFINITY;
  api.options.onPage = () => {
    asked = performance.now();
  };
  return {
    kind: 'http',
    upstream: { host: '127.0.0.1', port: api.port },
    create: (table, rows) => {
      const records = rows.map(
        ([id, holder, balance, lastMove, note]) =>
          `{"id":${id},"holder":${JSON.stringify(holder)},"balance":${balance},"last_move":${lastMove},"note":${JSON.stringify(note)}}`,
      );
      api.tables.set(table, records);
      return Promise.resolve();
    },
    transact: null,
    urlAt: ({ host, port }) => {
      const url = new URL(api.url);
      url.hostname = host;
      url.port = String(port);
      return url.href;
    },
    connection: ['type: http', 'allow_networks: [127.0.0.0/8]', 'requests_per_second: 1000'],
    declare: (table) => [
      `path: page/${table}`,
      'records: /data/items',
      'paging: { by: page, param: page }',
      'columns: [{ name: id, type: bigint }, { name: balance, type: numeric }, { name: last_move, type: bigint }]',
    ],
    // A page comes every 100 ms.
    readers: () => Promise.resolve(performance.now() - asked < 500 ? 1 : 0),
    stop: api.stop,
  };
}

/** Values come as text. */
export async function connectPostgres(server: pg.ClientConfig): Promise<pg.Client> {
  const types = { getTypeParser: () => (text: string) => text };
  const client = new pg.Client({ ...server, types, options: '-c timezone=UTC' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
