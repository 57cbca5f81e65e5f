import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createCluster } from './create-cluster.ts';
import { endOrphanBackends } from './end-orphan-backends.ts';
import { freePort } from './free-port.ts';
import { ownServer, type StopStep } from './ownership.ts';
import { placePostgres, type PostgresPlace } from './place-postgres.ts';
import { postgresPackage } from './postgres-package.ts';
import { postgresPassword } from './postgres-password.ts';
import { postgresSettings } from './postgres-settings.ts';
import { discardStalePidFile, runningPostmaster } from './postmaster-pid.ts';
import { preparePlace } from './prepare-place.ts';
import { runProgram } from './run-program.ts';
import { spawnServer } from './spawn-server.ts';
import { untilPostgresAnswers } from './until-postgres-answers.ts';

/** A private Postgres; `started` is true when this process owns it, so that `stop` stops it. */
export interface EmbeddedPostgres {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly dataDir: string;
  readonly started: boolean;
  readonly stop: () => Promise<void>;
}

/**
 * Resolves to the home's own Postgres once it answers: started, adopted from a dead owner, or attached to.
 *
 * It listens on loopback only. `durability: 'none'` may lose data in a power cut and is for tests.
 */
export async function startPostgres(options: {
  home: string;
  durability: 'safe' | 'none';
  say: (line: string) => void;
}): Promise<EmbeddedPostgres> {
  const { durability, say } = options;
  const folder = join(resolve(options.home), 'postgres');
  await mkdir(folder, { recursive: true });
  const place = placePostgres({ folder, package: postgresPackage() });

  const server = await ownServer({
    name: 'Postgres',
    folder,
    say,
    launch: async (remembered) => {
      await preparePlace({ place, say });
      await createCluster({ folder, place, durability, say });
      const port = await freePort(remembered['port']);
      return { pid: await spawnPostgres({ folder, place, port, durability }), ports: { port } };
    },
    find: () => runningPostmaster(place.dataDir),
    untilReady: (ports, isUp) =>
      untilPostgresAnswers({ port: portOf(ports), password: postgresPassword(folder), isUp }),
    stopSteps: stopSteps(place),
  });

  return {
    host: '127.0.0.1',
    port: portOf(server.ports),
    user: 'postgres',
    password: postgresPassword(folder),
    dataDir: place.dataDir,
    started: server.owned,
    stop: server.stop,
  };
}

async function spawnPostgres(options: {
  folder: string;
  place: PostgresPlace;
  port: number;
  durability: 'safe' | 'none';
}): Promise<number> {
  const { folder, place, port, durability } = options;
  endOrphanBackends(place.dataDir);
  discardStalePidFile(place.dataDir);
  return spawnServer({
    command: place.program('postgres'),
    args: ['-D', place.dataDir, ...postgresSettings({ port, durability })],
    cwd: place.native,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    logFile: join(folder, 'log'),
    runAs: place.runAs,
  });
}

// Fast shutdown disconnects clients and checkpoints; immediate shutdown costs a crash recovery but loses nothing.
function stopSteps(place: PostgresPlace): readonly StopStep[] {
  return [
    { ask: (pid) => signal(place, pid, 'SIGINT', 'fast'), waitMs: 30_000 },
    { ask: (pid) => signal(place, pid, 'SIGQUIT', 'immediate'), waitMs: 10_000 },
  ];
}

async function signal(place: PostgresPlace, pid: number, name: NodeJS.Signals, mode: string): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no signals to speak of: Node would end the process without a shutdown.
    const args = ['stop', '-D', place.dataDir, '-m', mode, '-W'];
    await runProgram({ command: place.program('pg_ctl'), args, cwd: place.native, env: {} });
    return;
  }
  process.kill(pid, name);
}

function portOf(ports: Readonly<Record<string, number>>): number {
  return ports['port'] ?? 0;
}
