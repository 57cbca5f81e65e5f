import { EngineError } from '../errors.ts';
import type { PostgresSession } from './postgres-session.ts';

/** A session of a snapshot, lent to one reader. */
export interface Loan {
  readonly session: PostgresSession;
  /** `sound` when all its statements went well: else its transaction is of no more use. */
  readonly giveBack: (state: 'sound' | 'failed') => void;
}

export interface PostgresPool {
  /** Waits when all sessions are lent. An abort ends the wait, and the session that was lent. */
  readonly take: (signal: AbortSignal) => Promise<Loan>;
  readonly idle: () => readonly PostgresSession[];
}

/** Lends the sessions that see one snapshot: those at hand, then new ones up to a limit, or up to what the server takes. */
export function postgresPool(options: {
  readonly name: string;
  readonly sessions: readonly PostgresSession[];
  readonly limit: number;
  readonly open: () => Promise<PostgresSession>;
}): PostgresPool {
  const { name, limit } = options;
  let idle = [...options.sessions];
  let lent = 0;
  const waiting: (() => void)[] = [];

  const find = async (): Promise<PostgresSession | undefined> => {
    idle = idle.filter((session) => session.isOpen());
    const free = idle.pop();
    if (free) return free;
    if (lent > limit) return undefined;
    return options.open().catch((error: unknown) => {
      // The server takes no more sessions: those that are lent come back, or came back meanwhile.
      const isFull = error instanceof EngineError && error.database?.sqlState === '53300';
      if (!isFull || (lent === 1 && idle.length === 0)) throw error;
      return undefined;
    });
  };
  const release = (): void => {
    lent -= 1;
    waiting[0]?.();
  };

  const take = async (signal: AbortSignal): Promise<Loan> => {
    const cancelled = (): EngineError =>
      new EngineError('EXTRACT_CANCELLED', `connection ${name}: the pull was cancelled`);
    for (;;) {
      if (signal.aborted) throw cancelled();
      lent += 1;
      const session = await find().catch((error: unknown) => {
        release();
        throw error;
      });
      if (session) {
        const kill = (): void => session.kill(cancelled());
        signal.addEventListener('abort', kill);
        if (signal.aborted) kill();
        const giveBack = (state: 'sound' | 'failed'): void => {
          signal.removeEventListener('abort', kill);
          if (state === 'sound' && session.isOpen()) idle.push(session);
          else void session.close();
          release();
        };
        return { session, giveBack };
      }
      lent -= 1;
      // What came back while this one looked wakes nobody.
      if (lent > 0 && idle.length === 0) await untilFree(waiting, signal);
    }
  };
  return { take, idle: () => idle };
}

/** Resolves when a session came back, or the wait is cancelled. */
function untilFree(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      signal.removeEventListener('abort', go);
      // One that is cancelled must not take the place of one that waits.
      const at = waiting.indexOf(go);
      if (at >= 0) waiting.splice(at, 1);
      resolve();
    };
    waiting.push(go);
    signal.addEventListener('abort', go);
  });
}
