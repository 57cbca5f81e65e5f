import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placePostgres } from '../../embedded/place-postgres.ts';
import { type EmbeddedPostgres, startPostgres } from '../../embedded/postgres.ts';
import { postgresPackage } from '../../embedded/postgres-package.ts';
import { preparePlace } from '../../embedded/prepare-place.ts';
import { ownerProcess } from './owner-process.ts';

const isRoot = process.geteuid?.() === 0;

let folder: string;
let home: string;
let said: string[];
let cleanups: (() => unknown)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tickmark-pg-'));
  await chmod(folder, 0o755);
  home = join(folder, 'home');
  said = [];
  cleanups = [() => rmSync(folder, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

describe('a private Postgres', () => {
  test('starts from nothing, checks its pages, sorts by code point and listens on loopback only', async () => {
    const server = await start();
    expect(server.started).toBe(true);
    // In a checkout that uid 65534 cannot enter root is told that the binaries are copied, before anything else.
    expect(said.at(-1)).toBe('Creating the Postgres database (once) ...');
    expect(statSync(join(home, 'postgres', 'password')).mode & 0o777).toBe(0o600);
    const settings = ['data_checksums', 'listen_addresses', 'unix_socket_directories', 'timezone', 'jit', 'fsync'];
    const [row] = await query(
      server,
      `select ${settings.map((name) => `current_setting('${name}') as ${name}`).join(', ')},
         (select string_agg(word, ' ' order by word) from (values ('b'), ('B'), ('a'), ('ä')) as words (word)) as sorted`,
    );
    expect(row).toEqual({
      data_checksums: 'on',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      timezone: 'UTC',
      jit: 'off',
      fsync: 'off',
      sorted: 'B a b ä',
    });
  });

  test('refuses a wrong password', async () => {
    const server = await start();
    await expect(query({ ...server, password: 'guessed' }, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test('is attached to by a second start, whose stop does nothing', async () => {
    const first = await start();
    const second = await start();
    expect(second).toMatchObject({ started: false, port: first.port, password: first.password });
    await second.stop();
    expect(await query(first, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is started once when several processes start it at the same moment', async () => {
    const owners = await Promise.all([1, 2].map(() => otherProcess()));
    expect(owners.filter(({ served }) => served['started'])).toHaveLength(1);
    expect(owners[0]!.served['port']).toBe(owners[1]!.served['port']);
    await Promise.all(owners.map(({ killGroup }) => killGroup()));
    await start();
  });

  test('is adopted after its owner was killed, and then stops with the adopter', async () => {
    const owner = await otherProcess();
    await owner.killGroup();
    const adopter = await start();
    expect(adopter).toMatchObject({ started: true, port: owner.served['port'] });
    expect(said).toEqual(['Postgres was left running by a process that is gone; using it']);
    await adopter.stop();
    await adopter.stop();
    await expect(query(adopter, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('keeps its data and its port when the server was killed', async () => {
    const first = await start('safe');
    await query(first, 'create table kept as select 42 as answer');
    process.kill(postmaster(first), 'SIGKILL');
    const second = await start('safe');
    expect(second).toMatchObject({ started: true, port: first.port });
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
    // The first handle's server is gone; its stop must leave the second one alone.
    await first.stop();
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test.runIf(process.platform === 'linux')('starts again while a query of the killed server still runs', async () => {
    const first = await start('safe');
    const busy = query(first, 'do $$ begin loop null; end loop; end $$');
    busy.catch(() => {});
    await expect.poll(() => query(first, `select 1 from pg_stat_activity where query like 'do %'`)).toHaveLength(1);
    process.kill(postmaster(first), 'SIGKILL');
    expect(await query(await start('safe'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(busy).rejects.toThrow();
  });

  test('starts although the pid of its dead server belongs to another process by now', async () => {
    const first = await start();
    const pidFile = join(first.dataDir, 'postmaster.pid');
    const stale = readFileSync(pidFile, 'utf8').split('\n');
    const { uid, gid } = statSync(first.dataDir);
    await first.stop();
    const stranger = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
    cleanups.push(() => stranger.kill('SIGKILL'));
    writeFileSync(pidFile, [stranger.pid, ...stale.slice(1)].join('\n'));
    expect((await start()).started).toBe(true);
    expect(stranger.exitCode).toBeNull();
  });

  test('writes no row value and no statement to its log', async () => {
    const server = await start();
    await query(server, 'create table people (id int primary key)');
    await expect(query(server, `insert into people select 'SECRET-4711'`)).rejects.toThrow();
    await expect(query(server, `select 'SECRET-4711'::int`)).rejects.toThrow();
    await expect(query(server, 'insert into people values (4711), (4711)')).rejects.toThrow();
    const log = readFileSync(join(home, 'postgres', 'log'), 'utf8');
    expect(log).not.toMatch(/4711|insert|people/);
  });

  test('says why it did not start', async () => {
    const server = await start();
    await server.stop();
    rmSync(join(server.dataDir, 'global'), { recursive: true });
    await expect(start()).rejects.toThrow(/^Postgres did not start: the server ended\n[^]*pg_control/);
  });
});

describe.runIf(isRoot)('a private Postgres of root', () => {
  test('keeps its data elsewhere when its user cannot enter the home, and says so', async () => {
    await chmod(folder, 0o700);
    const server = await start();
    cleanups.splice(1, 0, () => rmSync(dirname(server.dataDir), { recursive: true, force: true }));
    expect(server.dataDir).toMatch(/^\/var\/lib\/tickmark\/[0-9a-f]{16}\/data$/);
    expect(said[0]).toBe(
      `Root's Postgres runs as uid 65534, which cannot enter this project's folder: using ${dirname(server.dataDir)}`,
    );
    await query(server, 'create table kept as select 42 as answer');
    await server.stop();
    expect(await query(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('sets data aside whose password went with the deleted home', async () => {
    await chmod(folder, 0o700);
    const server = await start();
    const shelter = dirname(server.dataDir);
    cleanups.splice(1, 0, () => rmSync(shelter, { recursive: true, force: true }));
    await server.stop();
    rmSync(home, { recursive: true });
    await start();
    expect(said.at(-2)).toBe(
      `Postgres data without its password file was set aside as ${join(shelter, 'data.aside-1')}`,
    );
  });

  test('runs from a copy of the binaries when its user cannot enter their folder', async () => {
    const closed = join(folder, 'closed');
    await cp(join(postgresPackage().folder, 'native', 'bin'), join(closed, 'native', 'bin'), { recursive: true });
    await chmod(closed, 0o700);
    await mkdir(home);
    const shelters = join(folder, 'shelters');
    const place = placePostgres({
      folder: join(home, 'postgres'),
      package: { folder: closed, version: '1' },
      shelters,
    });
    await preparePlace({ place, say: (line) => said.push(line) });
    expect(place.dataDir).toBe(join(home, 'postgres', 'data'));
    expect(place.program('postgres')).toMatch(new RegExp(`^${shelters}/native-1/bin/postgres$`));
    expect(statSync(place.program('postgres')).mode & 0o777).toBe(0o755);
    expect(said).toHaveLength(1);
  });
});

test('links the libraries that an install without scripts leaves out', async () => {
  const copy = join(folder, 'package');
  await mkdir(join(copy, 'native', 'lib'), { recursive: true });
  writeFileSync(join(copy, 'native', 'lib', 'libpq.so.5.18'), 'library');
  writeFileSync(
    join(copy, 'native', 'pg-symlinks.json'),
    '[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]',
  );
  await mkdir(join(copy, 'native', 'bin'));
  await mkdir(join(home, 'postgres'), { recursive: true });
  const place = placePostgres({ folder: join(home, 'postgres'), package: { folder: copy, version: '1' } });
  await preparePlace({ place, say: () => {} });
  expect(readFileSync(join(copy, 'native', 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
});

async function start(durability: 'safe' | 'none' = 'none'): Promise<EmbeddedPostgres> {
  const server = await startPostgres({ home, durability, say: (line) => said.push(line) });
  cleanups.push(server.stop);
  return server;
}

async function otherProcess() {
  const options = `{ home: ${JSON.stringify(home)}, durability: 'none', say: () => {} }`;
  const owner = await ownerProcess('postgres.ts', `startPostgres(${options})`);
  cleanups.push(owner.killGroup);
  return owner;
}

function postmaster(server: EmbeddedPostgres): number {
  const file = join(server.dataDir, 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : Number.NaN;
}

async function query(server: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const { host, port, user, password } = server;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
