import { spawnWorker } from '../../bin/spawn-worker.ts';
import type { World } from '../../cli/context.ts';

/** A worker that was stopped in its tracks, and a second one to take over. */
export interface Frozen {
  /** Lets the frozen one go on. */
  readonly thaw: () => void;
  readonly frozenForS: () => number;
  /** Ends the second worker. */
  readonly stop: () => Promise<void>;
}

/** SIGSTOP of the worker that runs; a second one, the product's or a program of the test's own, starts beside it. */
export async function freezeWorker(
  running: { readonly world: World; readonly workerPid: () => number | undefined },
  program?: readonly string[],
): Promise<Frozen> {
  const frozen = running.workerPid();
  if (frozen === undefined) throw new Error('no worker runs');
  const since = performance.now();
  let thawedAt: number | undefined;
  process.kill(frozen, 'SIGSTOP');
  const thaw = (): void => {
    if (thawedAt !== undefined) return;
    thawedAt = performance.now();
    process.kill(frozen, 'SIGCONT');
  };
  try {
    const { stop } = await spawnWorker(running.world, () => undefined, program);
    return { thaw, frozenForS: () => Math.round(((thawedAt ?? performance.now()) - since) / 1000), stop };
  } catch (error) {
    thaw();
    throw error;
  }
}
