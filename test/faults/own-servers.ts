import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { inject } from 'vitest';
import { prepareDatabases } from '../../bin/prepare-databases.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { startTemporal } from '../../embedded/temporal.ts';
import { until } from './until.ts';

/** A server that a drill kills and starts again, on the same port and with the same data. */
export interface MortalServer {
  /** SIGKILL, as when the machine ran out of memory. */
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface MortalWarehouse extends MortalServer {
  readonly server: pg.ClientConfig;
  readonly url: string;
  readonly dataDir: string;
}

/** A Temporal server of the drill's own that keeps its workflows in a file. */
export async function startMortalTemporal(home: string): Promise<MortalServer & { readonly address: string }> {
  const env = { ...process.env, TEMPORAL_CLI_PATH: inject('servers').temporalProgram };
  const start = () => startTemporal({ home, ui: false, env, say: () => undefined });
  let server = await start();
  const { address } = server;
  return {
    address,
    kill: () => killRecorded(join(home, 'temporal')),
    restart: async () => {
      server = await start();
      if (server.address !== address)
        throw new Error(`the Temporal server came back at ${server.address}, not ${address}`);
    },
    stop: () => server.stop(),
  };
}

/** A Postgres of the drill's own with an empty warehouse, as durable as the embedded one is for users. */
export async function startMortalWarehouse(home: string): Promise<MortalWarehouse> {
  await mkdir(home, { recursive: true });
  const say = (): void => undefined;
  const start = () => startPostgres({ home, durability: 'safe', say });
  let running = await start();
  const { host, port, user, password } = running;
  try {
    const { warehouseUrl } = await prepareDatabases(running, { home, sources: [], say });
    return {
      server: { host, port, user, password },
      url: warehouseUrl,
      dataDir: running.dataDir,
      kill: () => killRecorded(join(home, 'postgres')),
      restart: async () => {
        running = await start();
        if (running.port !== port) throw new Error(`Postgres came back on port ${running.port}, not ${port}`);
      },
      stop: () => running.stop(),
    };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** `kill -9` of the server that a folder's record names, and of every process it started: what they hold in memory is lost. */
async function killRecorded(folder: string): Promise<void> {
  const { server } = JSON.parse(await readFile(join(folder, 'server.json'), 'utf8')) as {
    server: { pid: number } | null;
  };
  if (server === null) throw new Error(`no server runs in ${folder}`);
  const children = await childrenOf(server.pid);
  process.kill(server.pid, 'SIGKILL');
  for (const pid of children) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended with its parent.
    }
  }
  // A session that is still ending keeps the next server from starting.
  await until('the killed processes to be gone', () => ![server.pid, ...children].some(isAlive));
}

/** Only Linux tells; elsewhere the sessions of a killed Postgres find out by themselves. */
async function childrenOf(pid: number): Promise<number[]> {
  const listed = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return listed.trim().split(/\s+/).filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
