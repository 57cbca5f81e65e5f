import type pg from 'pg';
import { EngineError } from '../errors.ts';
import { SESSION_OPTIONS } from '../session-options.ts';
import { literal } from '../sql-text.ts';
import { openClient } from './postgres-client.ts';
import type { ClientOptions, PostgresClient } from './postgres-client.ts';
import { copyOut } from '../wire/copy-out.ts';
import { watchSilence } from './postgres-silence.ts';

export type PostgresRow = Readonly<Record<string, string | null>>;

/** A column of a statement's answer: its type by number, as the server's catalogue knows it. */
export interface PostgresField {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

/** One session on a source: pinned settings, read only, one statement at a time, no wait without an end. */
export interface PostgresSession extends Pick<PostgresClient, 'isOpen' | 'ended' | 'kill' | 'close'> {
  /** As 180004. */
  readonly serverVersion: number;
  /** The rows of the last statement of a text. */
  readonly query: (sql: string, values?: readonly (string | null)[]) => Promise<readonly PostgresRow[]>;
  /** Runs a text as one statement of the extended protocol, which takes no second one, and gives its columns. */
  readonly describe: (sql: string) => Promise<readonly PostgresField[]>;
  /** What a `copy ... to stdout` gives; a reader that leaves early ends the session. */
  readonly copy: (sql: string) => AsyncGenerator<Buffer>;
}

export interface SessionOptions extends ClientOptions {
  /** Whether the server works for a session that says nothing; undefined when there is nobody to ask. */
  readonly isWorking?: (pid: string) => Promise<boolean | undefined>;
}

export async function openSession(options: SessionOptions): Promise<PostgresSession> {
  const { name, seconds } = options;
  const client = await openClient(options);
  const { driver, begin, run, kill } = client;
  let pid = '';
  const watch = (): (<T>(work: Promise<T>) => Promise<T>) =>
    watchSilence({
      seconds,
      bytesRead: client.bytesRead,
      isWorking: () => options.isWorking?.(pid) ?? Promise.resolve(undefined),
      giveUp: (waited) => kill(new EngineError('SOURCE_UNREACHABLE', `connection ${name}: no answer for ${waited} s`)),
    });
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(() => {
      const end = begin();
      return run(() => watch()(work())).finally(end);
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
  const query: PostgresSession['query'] = (sql, values = []) =>
    inTurn(async () => {
      // A text of several statements has several results.
      const results = [await driver.query<PostgresRow>(sql, [...values])].flat();
      return results.at(-1)?.rows ?? [];
    });

  try {
    const [pinned] = await query(pin(seconds));
    pid = pinned?.['pid'] ?? '';
    // Not every platform has them: without, a server notices later that its reader is gone.
    await query(FREE_THE_SERVER).catch(() => undefined);
    return {
      ...client,
      serverVersion: Number(pinned?.['version']),
      query,
      describe: (sql) =>
        inTurn(async () => (await driver.query({ text: sql, queryMode: 'extended' } as pg.QueryConfig)).fields),
      copy: async function* (sql) {
        await turn;
        const out = copyOut(sql, watch());
        const end = begin();
        const batches = driver.query(out).batches();
        try {
          for (;;) {
            const next = await run(() => batches.next());
            if (next.done) return;
            yield next.value;
          }
        } finally {
          if (!out.isOver()) kill(new EngineError('EXTRACT_CANCELLED', `connection ${name}: the rows were not wanted`));
          end();
        }
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** What decides how values are printed, and what keeps a reader from hurting its source: by SQL, because a URL may bring options of its own. */
function pin(seconds: number): string {
  const printing = [...SESSION_OPTIONS.matchAll(/-c (\w+)=(\S+)/g)].map(([, key = '', value = '']) => [key, value]);
  const pinned = [
    ...printing,
    ['default_transaction_read_only', 'on'],
    ['statement_timeout', `${seconds}s`],
    ['tcp_keepalives_idle', '60'],
    ['tcp_keepalives_interval', '10'],
    ['tcp_keepalives_count', '3'],
  ].map(([key = '', value = '']) => `set_config(${literal(key)}, ${literal(value)}, false)`);
  return `select pg_backend_pid()::text as pid, current_setting('server_version_num') as version, ${pinned.join(', ')}`;
}

/** A backend then ends by itself soon after its reader was killed, or has not read on for five minutes. */
const FREE_THE_SERVER = `select set_config(name, case name when 'tcp_user_timeout' then '300s' else '10s' end, false)
  from pg_settings where name in ('client_connection_check_interval', 'tcp_user_timeout')`;
