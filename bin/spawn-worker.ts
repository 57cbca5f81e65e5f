import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { World } from '../cli/context.ts';
import { EngineError } from '../engine/errors.ts';

const ENTRY = fileURLToPath(new URL('./tickmark.ts', import.meta.url));

export interface SpawnedWorker {
  /** Of the process that runs now; undefined before the first and while none could be started. */
  readonly pid: () => number | undefined;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a worker as a process of its own and starts it again when it dies, until it is stopped. Its log is in `.tickmark/`.
 * `program` is what Node runs: the product's own worker unless told otherwise.
 */
export async function spawnWorker(
  world: World,
  say: (line: string) => void,
  program: readonly string[] = [ENTRY, 'worker'],
): Promise<SpawnedWorker> {
  let stopping = false;
  let child: ChildProcess | undefined;
  let over: Promise<unknown> = Promise.resolve();

  const start = async (): Promise<void> => {
    const began = launch(world, program);
    child = began.child;
    over = began.exited.then(async () => {
      if (stopping) return;
      say('  the worker died; starting it again');
      await wait(500);
      if (!stopping) await start();
    });
    over.catch(() => undefined);
    await began.ready;
  };
  await start();
  return {
    pid: () => child?.pid,
    stop: async () => {
      stopping = true;
      child?.kill('SIGTERM');
      await over.catch(() => undefined);
    },
  };
}

function launch(
  world: World,
  program: readonly string[],
): {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly exited: Promise<void>;
} {
  const folder = join(world.root, '.tickmark');
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'worker.log'), 'a');
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...program, '--project-dir', world.root],
    {
      env: {
        ...world.env,
        TEMPORAL_ADDRESS: world.temporal?.address,
        TEMPORAL_NAMESPACE: world.temporal?.namespace,
      },
      stdio: ['ignore', log, log, 'ipc'],
      // Ctrl-C reaches this process first; it stops the worker when the work in hand is told of.
      detached: true,
    },
  );
  closeSync(log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    child.once('exit', () =>
      reject(new EngineError('WORKER_DIED', `the worker ended before it was ready; see .tickmark/worker.log`)),
    );
  });
  ready.catch(() => undefined);
  return { child, ready, exited };
}
