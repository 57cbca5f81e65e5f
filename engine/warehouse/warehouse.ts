import type { Socket } from 'node:net';
import pg from 'pg';
import { translateDatabaseError } from '../database-error.ts';
import { EngineError } from '../errors.ts';
import { SESSION_OPTIONS } from '../session-options.ts';
import { copyIn } from '../wire/copy-in.ts';
import { copyOut } from '../wire/copy-out.ts';
import { readingSocket } from '../wire/reading-socket.ts';
import { watchSession } from './watch-session.ts';

/** A row as Postgres prints it: every value is text or null, so nothing passes through a float or a Date. */
export type Row = Readonly<Record<string, string | null>>;

/** Statements in one session; inside `transaction` they commit or roll back together. */
export interface Session {
  readonly query: <R extends Row = Row>(sql: string, values?: readonly (string | null)[]) => Promise<R[]>;
  /** Runs a statement that changes rows and gives how many. */
  readonly execute: (sql: string, values?: readonly (string | null)[]) => Promise<bigint>;
  /** Runs a query and gives what its columns are instead of its rows; describe-query.ts asks it for no row. */
  readonly describe: (sql: string) => Promise<{ name: string; typeOid: number; modifier: number }[]>;
  /** Feeds COPY ... FROM STDIN and gives the row count that Postgres reports. A chunk may be written over once the next is asked for. */
  readonly copyIn: (sql: string, chunks: AsyncIterable<Buffer>) => Promise<bigint>;
  /** Reads COPY ... TO STDOUT. A chunk is only valid until the next is asked for. */
  readonly copyOut: (sql: string) => AsyncIterable<Buffer>;
}

/** The audit warehouse: the write side of everything. */
export interface Warehouse extends Session {
  readonly transaction: <T>(work: (session: Session) => Promise<T>, options?: { readOnly?: boolean }) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** Opens the warehouse at `url`. Connects at the first statement; nothing of the URL reaches an error message. */
export function openWarehouse(url: string, options: { maxSessions?: number; readOnly?: boolean } = {}): Warehouse {
  const session = {
    connectionString: url,
    application_name: 'tickmark',
    options: `${SESSION_OPTIONS}${options.readOnly ? ' -c default_transaction_read_only=on' : ''}`,
    connectionTimeoutMillis: 15_000,
    stream: readingSocket as unknown as () => Socket,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: () => (text: string) => text },
  };
  const pool = new pg.Pool({ ...session, max: options.maxSessions ?? 8 });
  // An idle session that the server ends must not end this process; the next statement finds out by itself.
  pool.on('error', () => undefined);

  const borrow = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw translate(error);
    });
    // The session may die while no statement is running; without a listener that would end the process.
    const ignore = (): undefined => undefined;
    client.on('error', ignore);
    const unwatch = watchSession(client, session);
    let failure: unknown;
    try {
      return await work(client);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      unwatch();
      client.off('error', ignore);
      client.release(
        failure !== undefined && !(failure instanceof EngineError && failure.code !== 'WAREHOUSE_UNREACHABLE'),
      );
    }
  };

  return {
    query: (sql, values) => borrow((client) => sessionOn(client).query(sql, values)),
    execute: (sql, values) => borrow((client) => sessionOn(client).execute(sql, values)),
    describe: (sql) => borrow((client) => sessionOn(client).describe(sql)),
    copyIn: (sql, chunks) => borrow((client) => sessionOn(client).copyIn(sql, chunks)),
    copyOut: (sql) => copyOutAlone(pool, session, sql),
    transaction: (work, { readOnly = false } = {}) =>
      borrow(async (client) => {
        const session = sessionOn(client);
        await session.execute(readOnly ? 'begin isolation level repeatable read read only' : 'begin');
        try {
          const result = await work(session);
          await session.execute('commit');
          return result;
        } catch (error) {
          await client.query('rollback').catch(() => undefined);
          throw error;
        }
      }),
    close: () => pool.end(),
  };
}

function sessionOn(client: pg.ClientBase): Session {
  return {
    query: async <R extends Row>(sql: string, values: readonly (string | null)[] = []) => {
      const result = await client.query(oneStatement(sql, values)).catch(fail);
      return result.rows as R[];
    },
    execute: async (sql, values = []) =>
      BigInt((await client.query(oneStatement(sql, values)).catch(fail)).rowCount ?? 0),
    describe: async (sql) => {
      const { fields } = await client.query(oneStatement(sql, [])).catch(fail);
      return fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
        name,
        typeOid: dataTypeID,
        modifier: dataTypeModifier,
      }));
    },
    copyIn: (sql, chunks) => client.query(copyIn(sql)).take(chunks).catch(fail),
    copyOut: async function* (sql) {
      const out = client.query(copyOut(sql));
      try {
        yield* out.batches();
      } catch (error) {
        fail(error);
      } finally {
        // A reader that stopped early leaves rows on the wire: whatever is asked next would wait behind them for ever.
        if (!out.isOver()) (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
      }
    },
  };
}

/**
 * In the extended protocol the server takes one statement only. Without it SQL that somebody wrote could end ours and go on:
 * `select 1) as q; rollback; drop table ...`.
 */
function oneStatement(text: string, values: readonly (string | null)[]): pg.QueryConfig {
  return { text, values: [...values], queryMode: 'extended' } as pg.QueryConfig;
}

async function* copyOutAlone(pool: pg.Pool, session: pg.ClientConfig, sql: string): AsyncIterable<Buffer> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translate(error);
  });
  let done = false;
  const unwatch = watchSession(client, session);
  try {
    yield* sessionOn(client).copyOut(sql);
    done = true;
  } finally {
    unwatch();
    // A reader that stops early leaves the COPY unfinished: that session cannot be used again.
    client.release(!done);
  }
}

function fail(error: unknown): never {
  throw translate(error);
}

function translate(error: unknown): EngineError {
  return translateDatabaseError(error, 'the warehouse refused a statement', {
    failed: 'WAREHOUSE_FAILED',
    lost: 'WAREHOUSE_UNREACHABLE',
  });
}
