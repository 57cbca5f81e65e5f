import { EngineError } from '../../errors.ts';

/** Thrown by `within` when the time is over. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
  readonly code = 'TIMEOUT';
}

/**
 * Runs a piece of work no longer than `timeoutMs`, and only until one of the signals says stop: then it fails at once, whether
 * or not the work listens to the signal that it is given.
 */
export async function within<T>(
  limits: { readonly signals: readonly AbortSignal[]; readonly timeoutMs: number },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signals, timeoutMs } = limits;
  refuseCancelled(signals);
  const stopping = new AbortController();
  const stopped = Promise.withResolvers<never>();
  const stop = (error: Error): void => {
    stopped.reject(error);
    stopping.abort(error);
  };
  const cancel = (): void => stop(cancelled());
  const timer = setTimeout(() => stop(new TimeIsUp()), Math.min(timeoutMs, LONGEST_TIMER));
  for (const signal of signals) signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([work(stopping.signal), stopped.promise]);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', cancel);
  }
}

/** Waits; ends early with an error when a signal says stop. */
export async function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  await within({ signals, timeoutMs: ms }, () => new Promise<never>(() => undefined)).catch((error: unknown) => {
    if (!(error instanceof TimeIsUp)) throw error;
  });
}

export function refuseCancelled(signals: readonly AbortSignal[]): void {
  if (signals.some(({ aborted }) => aborted)) throw cancelled();
}

/** A timer of more runs out at once. */
const LONGEST_TIMER = 2_147_483_647;

function cancelled(): EngineError {
  return new EngineError('EXTRACT_CANCELLED', 'the pull was cancelled while pages were read');
}
