import type { Socket } from 'node:net';
import pg from 'pg';

/** How often a session at work is looked after, and how long a look may take. */
export const WATCH = { everyMs: 15_000, answerMs: 10_000, misses: 2 };

/**
 * Ends a session whose server no longer answers. A statement may rightly take hours, so its silence proves nothing: a second,
 * short session asks whether the first is still known. After two looks without an answer, or when the server has forgotten it,
 * its connection is cut, and the statement that waits on it fails. Gives what stops the watch.
 */
export function watchSession(client: pg.ClientBase, options: pg.ClientConfig, watch: typeof WATCH = WATCH): () => void {
  const { processID, connection } = client as unknown as { processID: number; connection: { stream: Socket } };
  let misses = 0;
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void isKnown(processID, options, watch.answerMs).then((answer) => {
      looking = false;
      misses = answer === true ? 0 : misses + 1;
      if (answer === false || misses >= watch.misses) connection.stream.destroy();
    });
  }, watch.everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Null when nobody answered. */
async function isKnown(pid: number, options: pg.ClientConfig, answerMs: number): Promise<boolean | null> {
  const asking = new pg.Client({
    ...options,
    application_name: 'tickmark watch',
    connectionTimeoutMillis: answerMs,
    query_timeout: answerMs,
  });
  asking.on('error', () => undefined);
  try {
    await asking.connect();
    const { rowCount } = await asking.query('select 1 from pg_stat_activity where pid = $1', [pid]);
    return rowCount === 1;
  } catch {
    return null;
  } finally {
    void asking.end().catch(() => undefined);
  }
}
