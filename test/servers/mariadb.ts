import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';
import { freePort } from '../../embedded/free-port.ts';
import { runProgram } from '../../embedded/run-program.ts';
import { withLock } from '../../embedded/with-lock.ts';

/** A MariaDB of a test's own, on loopback, with an empty database `source`. */
export interface TestMariadb {
  readonly port: number;
  /** Of a user who may only read, by `select` on every table and view of `source`. */
  readonly url: string;
  readonly rootPassword: string;
  /** A session as root, in `source`; values come as text. */
  readonly connect: () => Promise<Connection>;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

const READER = 'reader';
/** With what a URL must escape. */
const READER_PASSWORD = 'p@ss:/?#%';

/** Starts one in `folder`, which must be empty and lie where any user can enter. It ends with the process that started it. */
export async function startMariadb(
  folder: string,
  options: { readonly arguments?: readonly string[] } = {},
): Promise<TestMariadb> {
  const programs = await findMariadb();
  const rootPassword = randomBytes(12).toString('hex');
  const data = join(folder, 'data');
  await cp(await prepareTemplate(programs), data, { recursive: true });
  await mkdir(join(folder, 'tmp'));
  if (RUN_AS) await chownAll(folder, RUN_AS.uid, RUN_AS.gid);
  await chmod(folder, 0o755);
  const port = await freePort(undefined);
  const server = spawn(
    'sh',
    [
      '-c',
      RUN_UNTIL_LEFT,
      'sh',
      programs.mariadbd,
      ...serverArguments(programs, folder),
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'tmp', 's')}`,
      '--log-bin=binlog',
      '--server-id=1',
      '--skip-name-resolve',
      ...(options.arguments ?? []),
    ],
    { cwd: data, env: environment(programs), stdio: ['pipe', 'pipe', 'pipe'], ...RUN_AS },
  );
  const pid = new Promise<number>((resolve) => server.stdout.once('data', (line: Buffer) => resolve(Number(line))));
  server.stdin.on('error', () => undefined);
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-4_000);
  });
  const stop = async (): Promise<void> => {
    server.stdin.end();
    if (!hasEnded(server)) await once(server, 'exit');
  };

  const opened: Connection[] = [];
  const connect = async (password: string, database?: string): Promise<Connection> => {
    const connection = await createConnection({
      host: '127.0.0.1',
      port,
      user: 'root',
      password,
      ...(database === undefined ? {} : { database }),
      charset: 'utf8mb4',
      timezone: 'Z',
      rowsAsArray: true,
      typeCast: (field) => field.string('utf8'),
      multipleStatements: true,
    });
    connection.on('error', () => undefined);
    opened.push(connection);
    return connection;
  };
  try {
    const first = await untilUp(
      () => connect(''),
      server,
      () => log,
    );
    await first.query(`create database source character set utf8mb4`);
    await first.query(`create user ${READER} identified by '${READER_PASSWORD}'`);
    await first.query(`grant select, show view on source.* to ${READER}`);
    await first.query(`set password for root@127.0.0.1 = password('${rootPassword}')`);
    await first.query(`delete from mysql.global_priv where user in ('', 'root') and host <> '127.0.0.1'`);
    await first.query('flush privileges');
    await first.end();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    url: `mysql://${READER}:${encodeURIComponent(READER_PASSWORD)}@127.0.0.1:${port}/source`,
    rootPassword,
    connect: () => connect(rootPassword, 'source'),
    pid: await pid,
    stop: async () => {
      for (const connection of opened) connection.destroy();
      await stop();
    },
  };
}

interface Programs {
  readonly mariadbd: string;
  /** Folder with the server's messages and the SQL of its system tables. */
  readonly share: string;
  /** Folder with libraries that the system does not have; null when it has all. */
  readonly libraries: string | null;
  /** Where what is made once is kept. */
  readonly cache: string;
}

/** Kills the server when its input ends: on stop, and when the process that started it is killed. */
const RUN_UNTIL_LEFT =
  'exec 3<&0; "$@" 3<&- & echo $!; server=$!; (cat <&3 >/dev/null; kill -9 $server) & wait $server; kill $! 2>/dev/null';

/** Root's server runs as nobody: MariaDB refuses to run as root. */
const RUN_AS = process.geteuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** A MariaDB on this machine, or Debian's or Ubuntu's package unpacked in a cache: nothing is installed. */
async function findMariadb(): Promise<Programs> {
  const cache = join(tmpdir(), `tickmark-mariadb-${process.geteuid?.() ?? 0}`);
  await mkdir(cache, { recursive: true });
  await chmod(cache, 0o755);
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    `${homedir()}/.local/sbin`,
  ];
  const installed = folders.map((folder) => join(folder, 'mariadbd')).find((file) => existsSync(file));
  const shared = ['/usr/share/mysql', '/usr/share/mariadb', '/usr/local/share/mysql'].find(hasSystemTables);
  if (installed !== undefined && shared !== undefined)
    return { mariadbd: installed, share: shared, libraries: null, cache };

  const unpacked = join(cache, 'package');
  await withLock(
    join(cache, 'lock'),
    () => undefined,
    async () => {
      if (!existsSync(unpacked)) await unpackMariadb(unpacked);
    },
  );
  const share = ['usr/share/mysql', 'usr/share/mariadb'].map((path) => join(unpacked, path)).find(hasSystemTables);
  if (share === undefined) throw new Error(`the package in ${unpacked} has no system tables; delete the folder`);
  return { mariadbd: join(unpacked, 'usr/sbin/mariadbd'), share, libraries: join(unpacked, 'libraries'), cache };
}

function hasSystemTables(folder: string): boolean {
  return existsSync(join(folder, 'mysql_system_tables.sql')) || existsSync(join(folder, 'mariadb_system_tables.sql'));
}

/** Libraries that every system has, and must not have twice. */
const EVERYWHERE = /^lib(c6|gcc-s1|stdc\+\+6|crypt1|systemd0|elogind0)$/;

async function unpackMariadb(to: string): Promise<void> {
  const draft = `${to}.${randomBytes(4).toString('hex')}`;
  await mkdir(join(draft, 'libraries'), { recursive: true });
  const run = (command: string, args: readonly string[]): ReturnType<typeof runProgram> =>
    runProgram({ command, args, cwd: draft, env: process.env });
  try {
    let fetched = await run('apt-get', ['download', 'mariadb-server-core']);
    if (fetched.code !== 0 && !fetched.missing && process.geteuid?.() === 0) {
      await run('apt-get', ['update']);
      fetched = await run('apt-get', ['download', 'mariadb-server-core']);
    }
    if (fetched.code !== 0) throw new Error(noMariadb(fetched.missing ? 'there is no apt-get' : fetched.output));
    const depends = await run('apt-cache', ['depends', 'mariadb-server-core']);
    for (const [, library = ''] of depends.output.matchAll(/Depends: (lib\S+)/g)) {
      // One that cannot be had is there already, or the server says that it misses it.
      if (!EVERYWHERE.test(library)) await run('apt-get', ['download', library]);
    }
    for (const file of await readdir(draft)) {
      if (!file.endsWith('.deb')) continue;
      const unpacked = await run('dpkg', ['-x', file, '.']);
      if (unpacked.code !== 0) throw new Error(noMariadb(unpacked.output));
      await rm(join(draft, file));
    }
    for (const folder of ['usr/lib', 'lib']) await gatherLibraries(join(draft, folder), join(draft, 'libraries'));
    await run('chmod', ['-R', 'a+rX', '.']);
    await rename(draft, to);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function gatherLibraries(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!/\.so(\.|$)/.test(entry.name) || entry.isDirectory()) continue;
    await cp(join(entry.parentPath, entry.name), join(to, entry.name), { dereference: true });
  }
}

function noMariadb(reason: string): string {
  return [
    `there is no MariaDB for the tests: ${reason.split('\n').at(-1)}`,
    'hint: put mariadbd on the PATH (Debian and Ubuntu: apt-get install mariadb-server-core), or run apt-get update',
  ].join('\n');
}

/** The data of a new server, made once: copying it takes less time than making it. */
async function prepareTemplate(programs: Programs): Promise<string> {
  const template = join(programs.cache, 'data-1');
  await withLock(
    join(programs.cache, 'lock'),
    () => undefined,
    async () => {
      if (existsSync(template)) return;
      const draft = `${template}.${randomBytes(4).toString('hex')}`;
      try {
        await mkdir(join(draft, 'data'), { recursive: true });
        await mkdir(join(draft, 'tmp'));
        await bootstrap(programs, draft);
        await rename(join(draft, 'data'), template);
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
  );
  return template;
}

async function bootstrap(programs: Programs, folder: string): Promise<void> {
  const read = async (name: string): Promise<string> => {
    const file = ['mysql', 'mariadb'].map((brand) => join(programs.share, `${brand}_${name}.sql`)).find(existsSync);
    return file === undefined ? '' : readFile(file, 'utf8');
  };
  const sql = ['create database mysql;', 'use mysql;', await read('system_tables'), await read('system_tables_data')];
  const input = join(folder, 'bootstrap.sql');
  await writeFile(input, sql.join('\n'));
  if (RUN_AS) await chownAll(folder, RUN_AS.uid, RUN_AS.gid);
  const command = [programs.mariadbd, ...serverArguments(programs, folder), '--bootstrap'];
  const result = await runProgram({
    command: 'sh',
    args: ['-c', '"$@" < bootstrap.sql', 'sh', ...command],
    cwd: folder,
    env: environment(programs),
    runAs: RUN_AS ?? null,
  });
  if (result.code !== 0) throw new Error(`MariaDB could not make its system tables: ${result.output}`);
}

function serverArguments(programs: Programs, folder: string): readonly string[] {
  return [
    '--no-defaults',
    `--datadir=${join(folder, 'data')}`,
    `--tmpdir=${join(folder, 'tmp')}`,
    `--lc-messages-dir=${programs.share}`,
    `--character-sets-dir=${join(programs.share, 'charsets')}`,
    '--innodb-log-file-size=64M',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-buffer-pool-size=128M',
    '--innodb-use-native-aio=0',
    '--skip-innodb-doublewrite',
    '--max-allowed-packet=1G',
  ];
}

function environment(programs: Programs): Readonly<Record<string, string>> {
  return { LC_ALL: 'C', TZ: 'UTC', ...(programs.libraries ? { LD_LIBRARY_PATH: programs.libraries } : {}) };
}

async function untilUp(
  connect: () => Promise<Connection>,
  server: ChildProcess,
  log: () => string,
): Promise<Connection> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (hasEnded(server)) break;
    try {
      return await connect();
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`MariaDB did not start: ${log()}`);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function chownAll(folder: string, uid: number, gid: number): Promise<void> {
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chown(join(entry.parentPath, entry.name), uid, gid);
  }
}
