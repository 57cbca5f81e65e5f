import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../embedded/free-port.ts';
import { runningPostmaster } from '../embedded/postmaster-pid.ts';
import { commandLine } from '../embedded/process-identity.ts';
import { runProgram } from '../embedded/run-program.ts';
import { spawnServer } from '../embedded/spawn-server.ts';
import type { RunAs } from '../embedded/spawn-server.ts';

/** The Postgres that every way is measured on: the system's own programs, private to the bench, source and warehouse in one. */
export interface Cluster {
  readonly version: string;
  readonly dataDir: string;
  readonly url: (database: string) => string;
  readonly psql: string;
  /** What psql needs to find the server. */
  readonly env: Readonly<Record<string, string>>;
  readonly query: (database: string, sql: string) => Promise<readonly Readonly<Record<string, string | null>>[]>;
  /** An empty database of this name, in place of an earlier one. */
  readonly fresh: (database: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const USER = 'bench';
const HOST = '127.0.0.1';

/** A warehouse as one would set it up on such a machine; what is not named here stands at Postgres' default, durability above all. */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  shared_buffers: '2GB',
  effective_cache_size: '12GB',
  work_mem: '64MB',
  maintenance_work_mem: '512MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  wal_level: 'replica',
  // It would start in the middle of one measurement and not of another.
  autovacuum: 'off',
};

/** Starts a new cluster in `home`; `stop` takes it away with all its data. One left running by a bench that was killed is ended first. */
export async function startCluster(home: string): Promise<Cluster> {
  const folder = join(home, 'cluster');
  const dataDir = join(folder, 'data');
  await endEarlier(folder, dataDir);
  const bin = findPrograms();
  const runAs = process.getuid?.() === 0 ? await postgresUser() : null;
  await mkdir(dataDir, { recursive: true });
  await writeFile(join(folder, 'owner'), String(process.pid));
  // The server of root's bench is another user, who must be able to enter.
  for (const path of [home, folder]) await chmod(path, 0o755);
  await chmod(dataDir, 0o700);
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (runAs !== null) for (const path of [dataDir, passwordFile]) await chown(path, runAs.uid, runAs.gid);
  const initdb = await runProgram({
    command: join(bin, 'initdb'),
    args: [
      '-D',
      dataDir,
      '-U',
      USER,
      '--pwfile',
      passwordFile,
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
    ],
    cwd: folder,
    env: { PATH: process.env['PATH'], TZ: 'UTC' },
    runAs,
  });
  if (initdb.code !== 0) throw new Error(`initdb failed: ${initdb.output}`);

  const port = await freePort(undefined);
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const pid = await spawnServer({
    command: join(bin, 'postgres'),
    args: ['-D', dataDir, ...settings],
    cwd: folder,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    logFile: join(folder, 'log'),
    runAs,
  });
  const url = (database: string): string => `postgresql://${USER}:${password}@${HOST}:${port}/${database}`;
  const stop = async (): Promise<void> => {
    await endServer(pid, 'SIGINT');
    await rm(folder, { recursive: true, force: true });
  };
  const query: Cluster['query'] = async (database, sql) => {
    const client = new pg.Client({
      connectionString: url(database),
      types: { getTypeParser: () => (text: string) => text },
    });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  try {
    await untilAnswers(() => query('postgres', 'select 1'));
    const [row] = await query('postgres', "select current_setting('server_version') as version");
    return {
      version: row?.['version'] ?? '',
      dataDir,
      url,
      psql: join(bin, 'psql'),
      env: { PGHOST: HOST, PGPORT: String(port), PGUSER: USER, PGPASSWORD: password },
      query,
      fresh: async (database) => {
        await query('postgres', `drop database if exists ${database} with (force)`);
        await query('postgres', `create database ${database}`);
        return url(database);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function findPrograms(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const path = (process.env['PATH'] ?? '').split(delimiter);
  const folders = [
    process.env['TICKMARK_BENCH_PGBIN'] ?? '',
    ...versions.map((version) => join(debian, version, 'bin')),
    ...path,
  ];
  const found = folders.find((folder) =>
    ['initdb', 'postgres', 'psql'].every((program) => existsSync(join(folder, program))),
  );
  if (found !== undefined) return found;
  throw new Error(
    'no initdb, postgres and psql found; apt-get install postgresql, or name their folder in TICKMARK_BENCH_PGBIN',
  );
}

/** Postgres refuses to run as root; Debian's package brings a user for it. */
async function postgresUser(): Promise<RunAs> {
  const id = async (flag: string): Promise<number> => {
    const result = await runProgram({
      command: 'id',
      args: [flag, 'postgres'],
      cwd: '/',
      env: { PATH: process.env['PATH'] },
    });
    if (result.code !== 0) throw new Error('root needs a user named postgres to run the server as');
    return Number(result.output);
  };
  return { uid: await id('-u'), gid: await id('-g') };
}

async function endEarlier(folder: string, dataDir: string): Promise<void> {
  const owner = Number(await readFile(join(folder, 'owner'), 'utf8').catch(() => '0'));
  if (owner > 0 && commandLine(owner)?.includes('bench/run.ts'))
    throw new Error(`another bench (process ${owner}) works in ${folder}`);
  const running = runningPostmaster(dataDir);
  if (running !== null) await endServer(running.pid, 'SIGQUIT');
  await rm(folder, { recursive: true, force: true });
}

async function endServer(pid: number, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, signal);
  for (let waitedMs = 0; isAlive(pid) && waitedMs < 60_000; waitedMs += 100) await wait(100);
  if (isAlive(pid)) throw new Error(`the bench's Postgres (process ${pid}) does not end`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilAnswers(ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await ask();
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await wait(100);
    }
  }
}
