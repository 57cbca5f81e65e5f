import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../errors.ts';
import type { MysqlAddress } from './mysql-address.ts';
import { dialMysql, incoming, isMysqlWorking, killMysqlSession } from './mysql-dial.ts';
import type { WireRow } from './mysql-dial.ts';
import { translateMysqlError } from './mysql-error.ts';

/** A column of a result, as the protocol describes it. */
export interface WireColumn {
  readonly name: string;
  readonly columnType: number;
  readonly flags: number;
  readonly characterSet: number;
  readonly columnLength: number;
  readonly decimals: number;
  /** MariaDB's own types, which come as texts. */
  readonly extendedTypeName?: string | undefined;
  readonly extendedFormat?: string | undefined;
}

/** A result that comes row by row. */
export interface RowFlow {
  /** Rows that are on their way still come. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Resolves after the last row. */
  readonly done: Promise<void>;
}

/** One session on a server. It does one thing after another, and whatever it does ends, in an answer or in an error. */
export interface MysqlSession {
  readonly ask: (sql: string) => Promise<readonly WireRow[]>;
  /** What a statement would give, without running it; the server takes one statement only. */
  readonly describe: (sql: string) => Promise<readonly WireColumn[]>;
  readonly flow: (sql: string, onRow: (row: WireRow) => void) => RowFlow;
  /** Ends the session, and what it is doing, with an error, at once. */
  readonly fail: (error: EngineError) => void;
  /** Rejects when the session was lost, and not when it was closed, cancelled or given up for what it read. */
  readonly lost: Promise<never>;
  readonly close: () => Promise<void>;
}

export interface MysqlSessionOptions {
  /** What is asked, for messages: `connection erp`. */
  readonly what: string;
  /** Of limits: the longest time of one statement. */
  readonly seconds: number;
  /** How long the server may be silent before it is asked, through another session, whether it still works. */
  readonly silenceSeconds?: number;
  /** Of limits: no single row may have more. */
  readonly bytes: number;
  readonly signal: AbortSignal;
}

const CONNECT_SECONDS = 15;
const SILENCE_SECONDS = 60;
/** The server itself ends a statement at limits.seconds; one that does not is given up after this much more. */
const GRACE_MS = 10_000;
/** An idle session is kept alive; the server frees what a frozen worker holds after 300 s. */
const PING_AFTER_MS = 20_000;
/** What a socket may have read beyond the row that is being taken from it. */
const READ_AHEAD_BYTES = 1024 * 1024;

interface Work {
  readonly reject: (error: EngineError) => void;
  readonly startedAt: number;
  progressAt: number;
  /** Bytes that had come when the last row was whole; null when it is not about rows. */
  wholeAt: number | null;
  isPaused: boolean;
}

type Settle<T> = (error: unknown, value?: T) => void;

/** Connects and logs in. */
export async function openMysqlSession(address: MysqlAddress, options: MysqlSessionOptions): Promise<MysqlSession> {
  const { what, seconds, signal } = options;
  const silenceMs = Math.min(seconds, options.silenceSeconds ?? SILENCE_SECONDS) * 1_000;
  const { driver, socket, connected } = dialMysql(address, Math.min(seconds, CONNECT_SECONDS) * 1_000);
  const { promise: lost, reject: tellLost } = Promise.withResolvers<never>();
  // Nobody has to listen.
  lost.catch(() => undefined);

  let failure: EngineError | undefined;
  let work: Work | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let killing: Promise<void> = Promise.resolve();
  let isClosing = false;

  const fail = (error: EngineError): void => {
    if (failure) return;
    failure = error;
    clearInterval(timer);
    signal.removeEventListener('abort', onAbort);
    // A server notices that its client has gone only when it next writes to it.
    if (work && driver.authorized) killing = killMysqlSession(address, driver.threadId);
    work?.reject(error);
    work = undefined;
    socket.destroy();
    // What was given up for a reason of its own must be told with that reason.
    if (!isClosing && error.retryable) {
      tellLost(new EngineError('EXTRACT_SNAPSHOT_LOST', `${what}: the session that holds the snapshot ended`));
    }
  };
  const onAbort = (): void => fail(new EngineError('EXTRACT_CANCELLED', `${what}: the pull was cancelled`));
  const onError = (error: unknown): void => fail(translateMysqlError(error, what));
  const giveUp = (message: string): void => fail(new EngineError('SOURCE_UNREACHABLE', `${what}: ${message}`));

  let usedAt = performance.now();
  const run = <T>(start: (mine: Work, settle: Settle<T>) => void): Promise<T> => {
    const begin = (): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        if (failure) {
          reject(failure);
          return;
        }
        const now = performance.now();
        const mine: Work = { reject, startedAt: now, progressAt: now, wholeAt: null, isPaused: false };
        work = mine;
        start(mine, (error, value) => {
          if (work === mine) work = undefined;
          usedAt = performance.now();
          if (error) reject(translateMysqlError(error, what));
          else resolve(value as T);
        });
      });
    const result = queue.then(begin);
    queue = result.catch(() => undefined);
    return result;
  };

  const tooLarge = (): EngineError =>
    new EngineError('EXTRACT_CEILING', `${what}: one row is larger than limits.bytes, ${options.bytes}`);
  let bytes = 0;
  let isAsking = false;
  const watch = (): void => {
    const now = performance.now();
    const hasGrown = socket.bytesRead !== bytes;
    bytes = socket.bytesRead;
    if (!work) {
      if (now - usedAt > PING_AFTER_MS) void run<void>((_, settle) => driver.ping(settle)).catch(() => undefined);
      return;
    }
    if (hasGrown || work.isPaused) work.progressAt = now;
    if (work.wholeAt !== null && bytes - work.wholeAt > options.bytes + READ_AHEAD_BYTES) {
      fail(tooLarge());
    } else if (now - work.startedAt > seconds * 1_000 + GRACE_MS) {
      giveUp(`a statement did not end within ${seconds} s`);
    } else if (now - work.progressAt > silenceMs && !isAsking) {
      isAsking = true;
      const silent = work;
      void isMysqlWorking(address, driver.threadId).then((isWorking) => {
        isAsking = false;
        if (work !== silent || performance.now() - silent.progressAt < silenceMs) return;
        if (isWorking) silent.progressAt = performance.now();
        else giveUp(`nothing came for ${Math.round(silenceMs / 1_000)} s`);
      });
    }
  };
  const timer = setInterval(watch, Math.min(silenceMs / 4, 250));

  driver.on('error', onError);
  driver.on('end', () => onError({ code: 'PROTOCOL_CONNECTION_LOST' }));
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    await run<void>((_, settle) => void connected.then(() => settle(undefined), settle));
  } catch (error) {
    isClosing = true;
    fail(error as EngineError);
    throw error;
  }

  const flow = (sql: string, onRow: (row: WireRow) => void): RowFlow => {
    let mine: Work | undefined;
    const done = run<void>((current, settle) => {
      mine = current;
      current.wholeAt = socket.bytesRead;
      driver
        .query(sql)
        .on('result', (row) => {
          // After a failure rows may still be on their way.
          if (work !== current) return;
          current.wholeAt = socket.bytesRead;
          const fields = row as unknown as WireRow;
          // One that came whole between two looks.
          if (fields.reduce((sum, field) => sum + (field?.length ?? 0), 0) > options.bytes) return fail(tooLarge());
          try {
            onRow(fields);
          } catch (error) {
            fail(translateMysqlError(error, what));
          }
        })
        .on('error', settle)
        .on('end', () => {
          // The last row may have paused it, and nobody would resume it for the next statement.
          incoming(driver).resume();
          settle(undefined);
        });
    });
    const hold = (isPaused: boolean): void => {
      if (!mine || work !== mine) return;
      mine.isPaused = isPaused;
      // The driver's own pause() copies every row that is on its way.
      if (isPaused) incoming(driver).pause();
      else incoming(driver).resume();
    };
    return { done, pause: () => hold(true), resume: () => hold(false) };
  };

  return {
    ask: (sql) =>
      run((_, settle) => void driver.query(sql, (error, rows) => settle(error, rows as unknown as WireRow[]))),
    describe: (sql) =>
      run((_, settle) => {
        driver.prepare(sql, (error, statement) => {
          if (!error) driver.unprepare(sql);
          settle(error, error ? [] : (statement as unknown as { readonly columns: readonly WireColumn[] }).columns);
        });
      }),
    flow,
    fail,
    lost,
    close: async () => {
      isClosing = true;
      if (!failure && !work) {
        const stop = new AbortController();
        const quit = new Promise<void>((resolve) => driver.end(() => resolve()));
        await Promise.race([quit, sleep(2_000, undefined, { signal: stop.signal }).catch(() => undefined)]);
        stop.abort();
      }
      fail(new EngineError('EXTRACT_CANCELLED', `${what}: the source was closed`));
      await killing;
    },
  };
}
