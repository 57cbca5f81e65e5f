import type { Socket } from 'node:net';
import pg from 'pg';
import { translateDatabaseError } from '../database-error.ts';
import { EngineError } from '../errors.ts';
import { readingSocket } from '../wire/reading-socket.ts';
import { sendCancel } from './postgres-cancel.ts';

export interface ClientOptions {
  readonly url: string;
  /** The connection's name, for messages. */
  readonly name: string;
  /** Of limits: the longest time of one statement. */
  readonly seconds: number;
  /** Ends the client when the pull is cancelled. */
  readonly signal: AbortSignal;
}

/** One connection to a server, and what ended it. */
export interface PostgresClient {
  readonly driver: pg.Client;
  readonly isOpen: () => boolean;
  readonly bytesRead: () => number;
  /** Says that a statement is under way, until it is told otherwise: ending the connection then cancels it on the server too. */
  readonly begin: () => () => void;
  /** Tells what work threw in our words. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves with what ended the connection, whoever did. */
  readonly ended: Promise<EngineError>;
  /** Ends the connection at once, and the statement it runs; what waits for it throws `why`. */
  readonly kill: (why: EngineError) => void;
  readonly close: () => Promise<void>;
}

const CONNECT_MS = 15_000;
const CLOSE_MS = 2_000;

export async function openClient({ url, name, seconds, signal }: ClientOptions): Promise<PostgresClient> {
  const driver = new pg.Client({
    connectionString: url,
    application_name: 'tickmark extract',
    connectionTimeoutMillis: Math.min(CONNECT_MS, seconds * 1_000),
    stream: readingSocket as unknown as () => Socket,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: () => (text: string) => text },
  });
  // TLS takes the place of the first socket.
  const socket = (): Socket => (driver as unknown as { connection: { stream: Socket } }).connection.stream;
  /** Ours before the driver's, which only sees a connection that is gone. */
  let reason: EngineError | undefined;
  let open = true;
  let underWay = 0;
  let cancelling: Promise<void> | undefined;

  const kill = (why: EngineError): void => {
    if (!open) return;
    reason ??= why;
    if (underWay > 0) cancelling ??= sendCancel(driver);
    socket().destroy();
  };
  const onAbort = (): void => kill(new EngineError('EXTRACT_CANCELLED', `connection ${name}: the pull was cancelled`));
  driver.on('error', (error) => (reason ??= translateFault(error, name)));
  const ended = new Promise<EngineError>((resolve) => {
    driver.once('end', () => {
      open = false;
      signal.removeEventListener('abort', onAbort);
      resolve(reason ?? new EngineError('SOURCE_UNREACHABLE', `connection ${name}: the server ended the session`));
    });
  });
  const close = async (): Promise<void> => {
    const closed = new EngineError('EXTRACT_CANCELLED', `connection ${name} was closed`);
    if (underWay > 0) kill(closed);
    reason ??= closed;
    if (open) {
      const timer = setTimeout(() => socket().destroy(), CLOSE_MS);
      await driver.end().catch(() => undefined);
      clearTimeout(timer);
    }
    await cancelling;
  };

  signal.addEventListener('abort', onAbort);
  try {
    const connecting = driver.connect();
    if (signal.aborted) onAbort();
    await connecting;
  } catch (error) {
    signal.removeEventListener('abort', onAbort);
    socket().destroy();
    throw isTimeout(error) ? unanswered(name) : (reason ?? translateFault(error, name));
  }
  return {
    driver,
    isOpen: () => open && reason === undefined,
    bytesRead: () => socket().bytesRead,
    begin: () => {
      underWay += 1;
      return () => (underWay -= 1);
    },
    run: (work) =>
      work().catch((error: unknown) => {
        throw reason ?? translateFault(error, name);
      }),
    ended,
    kill,
    close,
  };
}

/** pg gives its own time limit no code. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout expired';
}

function unanswered(name: string): EngineError {
  return new EngineError('SOURCE_UNREACHABLE', `connection ${name}: the server did not answer in time`);
}

function translateFault(error: unknown, name: string): EngineError {
  const codes = { failed: 'EXTRACT_FAILED', lost: 'SOURCE_UNREACHABLE' } as const;
  const fault = translateDatabaseError(error, `connection ${name}`, codes);
  if (fault.code !== 'WAREHOUSE_BUSY' || !fault.database) return fault;
  // A lock of the source, not of the warehouse.
  const { database } = fault;
  return new EngineError('SOURCE_UNREACHABLE', `connection ${name}: ${database.reason}`, { database });
}
