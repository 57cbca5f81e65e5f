import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { World } from '../cli/context.ts';
import { EngineError } from '../engine/errors.ts';

const ENTRY = fileURLToPath(new URL('./tickmark.ts', import.meta.url));
const LONGEST_PAUSE_MS = 30_000;

/** A worker as a process of its own. */
export interface SpawnedWorker {
  /** The process that works now; undefined between its death and the next start. */
  readonly pid: () => number | undefined;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a worker process and starts it again whenever it dies, with longer and longer pauses, until it is stopped. Its log is in
 * `.tickmark/`. `program` is a script and its arguments: the product's own worker when left out.
 */
export async function spawnWorker(
  world: World,
  say: (line: string) => void,
  program: readonly string[] = [ENTRY, 'worker'],
): Promise<SpawnedWorker> {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;

  const launched = (): ReturnType<typeof launch> => {
    const next = launch(world, program);
    child = next.child;
    return next;
  };
  const first = launched();
  const supervised = supervise(first.exited, { launched, say, stopping: stopping.signal });
  const stop = async (): Promise<void> => {
    stopping.abort();
    child?.kill('SIGTERM');
    await supervised;
  };
  try {
    await first.ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined), stop };
}

async function supervise(
  firstExit: Promise<void>,
  deps: {
    readonly launched: () => ReturnType<typeof launch>;
    readonly say: (line: string) => void;
    readonly stopping: AbortSignal;
  },
): Promise<void> {
  await firstExit;
  for (let pauseMs = 500; !deps.stopping.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    deps.say('  the worker died; starting it again');
    await wait(pauseMs, undefined, { signal: deps.stopping }).catch(() => undefined);
    if (deps.stopping.aborted) return;
    const { ready, exited } = deps.launched();
    await ready.then(
      () => {
        pauseMs = 250;
      },
      () => undefined,
    );
    await exited;
  }
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
  const args = ['--disable-warning=ExperimentalWarning', ...program, '--project-dir', world.root];
  const child = spawn(process.execPath, args, {
    env: {
      ...world.env,
      TEMPORAL_ADDRESS: world.temporal?.address,
      TEMPORAL_NAMESPACE: world.temporal?.namespace,
    },
    stdio: ['ignore', log, log, 'ipc'],
    // Ctrl-C reaches the command first, which stops the worker in order.
    detached: true,
  });
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
