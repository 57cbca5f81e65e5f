import { pause } from './within.ts';

/** Lets requests begin no faster than so many a second, evenly spaced. */
export function pacer(perSecond: number, signals: readonly AbortSignal[]): () => Promise<void> {
  let free: Promise<void> = Promise.resolve();
  return async () => {
    const turn = free;
    free = turn.then(() => pause(1_000 / perSecond, signals)).catch(() => undefined);
    await turn;
  };
}
