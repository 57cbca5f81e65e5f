import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EmbeddedPostgres } from '../embedded/postgres.ts';
import { identifier, literal, relation } from '../engine/sql-text.ts';
import type { ExampleSource } from './example-sources.ts';

const WAREHOUSE = 'warehouse';
const OWNER = 'tickmark';
const DASHBOARD = 'dashboard';

/**
 * Makes the embedded server hold the warehouse, with an owner that is no superuser and a role for dashboards, and each example
 * source in a database of its own that a read-only role reaches. Safe to repeat: what stands is left alone.
 */
export async function prepareDatabases(
  server: EmbeddedPostgres,
  options: { readonly home: string; readonly sources: readonly ExampleSource[]; readonly say: (line: string) => void },
): Promise<{ readonly warehouseUrl: string; readonly sourceUrls: Readonly<Record<string, string>> }> {
  const passwords = await keptPasswords(join(options.home, 'passwords.json'), [
    OWNER,
    DASHBOARD,
    ...options.sources.map(({ reader }) => reader),
  ]);
  const url = (role: string, database: string): string =>
    `postgres://${role}:${passwords[role]}@${server.host}:${server.port}/${database}`;
  const admin = (database: string): pg.Client =>
    new pg.Client({ host: server.host, port: server.port, user: server.user, password: server.password, database });

  await withClient(admin('postgres'), async (client) => {
    // Two commands may get here together.
    await client.query('select pg_advisory_lock(7310579802281165)');
    for (const [role, password] of Object.entries(passwords)) {
      const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
      const verb = rowCount === 0 ? 'create' : 'alter';
      await client.query(`${verb} role ${identifier(role)} login password ${literal(password)}`);
    }
    if (await createDatabase(WAREHOUSE, client))
      await client.query(`alter database ${identifier(WAREHOUSE)} owner to ${identifier(OWNER)}`);
    for (const source of options.sources) {
      // Loaded under another name, so that a load that was broken off is never taken for a whole one.
      const loading = `${source.database}_loading`;
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [source.database]);
      if (rowCount !== 0) continue;
      await client.query(`drop database if exists ${identifier(loading)}`);
      await createDatabase(loading, client);
      await withClient(admin(loading), (inside) => loadSource(source, inside));
      await client.query(`alter database ${identifier(loading)} rename to ${identifier(source.database)}`);
      options.say(`  source database ${source.database} loaded, read by the role ${source.reader}`);
    }
  });
  const sourceUrls = options.sources.map(({ database, reader }): [string, string] => [
    `${database.toUpperCase()}_URL`,
    url(reader, database),
  ]);
  return { warehouseUrl: url(OWNER, WAREHOUSE), sourceUrls: Object.fromEntries(sourceUrls) };
}

async function createDatabase(name: string, client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
  if (rowCount !== 0) return false;
  await client.query(`create database ${identifier(name)}`);
  return true;
}

async function loadSource(source: ExampleSource, client: pg.Client): Promise<void> {
  await client.query('begin');
  await client.query(await readFile(join(source.folder, source.schema), 'utf8'));
  for (const { table, file } of source.load) {
    const copy = client.query(copyFrom(`copy ${relation('public', table)} from stdin with (format csv, header match)`));
    await pipeline(createReadStream(join(source.folder, file)), copy);
  }
  const reader = identifier(source.reader);
  await client.query(`grant usage on schema public to ${reader}`);
  await client.query(`grant select on all tables in schema public to ${reader}`);
  await client.query('commit');
}

async function keptPasswords(file: string, roles: readonly string[]): Promise<Record<string, string>> {
  const kept = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Record<string, string>;
  const missing = roles.filter((role) => kept[role] === undefined);
  if (missing.length === 0) return kept;
  const all = { ...kept, ...Object.fromEntries(missing.map((role) => [role, randomBytes(18).toString('base64url')])) };
  await writeFile(file, JSON.stringify(all), { mode: 0o600 });
  return all;
}

async function withClient<T>(client: pg.Client, work: (client: pg.Client) => Promise<T>): Promise<T> {
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
