/** How long a server may be silent before it is asked for, or given up: a quarter of the time that a statement may take. */
function patienceMs(seconds: number): number {
  return Math.min(seconds / 4, 20) * 1_000;
}

export interface SilenceOptions {
  /** Of limits: the longest time of one statement. */
  readonly seconds: number;
  /** Bytes that have come so far. */
  readonly bytesRead: () => number;
  /** Whether the server still works on the statement; undefined when there is nobody to ask. */
  readonly isWorking: () => Promise<boolean | undefined>;
  /** Ends the session, which then makes the work fail. */
  readonly giveUp: (waitedSeconds: number) => void;
}

/**
 * Waits for a statement's bytes. A black hole looks like a slow query, and only the server can tell them apart: it is asked,
 * through another session, as often as nothing came for a while. Given up: what the server has ended, or waits with itself,
 * and what says nothing for longer than a statement may take.
 */
export function watchSilence(options: SilenceOptions): <T>(work: Promise<T>) => Promise<T> {
  const everyMs = patienceMs(options.seconds);
  const most = Math.ceil((options.seconds * 1_000) / everyMs) + 1;
  let bytes = options.bytesRead();
  let silences = 0;
  let idle = 0;
  const check = async (): Promise<void> => {
    const now = options.bytesRead();
    silences = now === bytes ? silences + 1 : 0;
    bytes = now;
    if (silences === 0) return;
    const working = await options.isWorking().catch(() => false);
    // Twice, because an answer may have been on its way when the server was asked.
    idle = working === true ? 0 : idle + 1;
    if (working === undefined || idle > 1 || silences > most) options.giveUp(Math.round((silences * everyMs) / 1_000));
  };
  return async (work) => {
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const again = (): void => {
      if (!over) timer = setTimeout(() => void check().then(again), everyMs);
    };
    again();
    try {
      return await work;
    } finally {
      over = true;
      clearTimeout(timer);
    }
  };
}
