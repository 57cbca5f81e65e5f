import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2';
import type { Connection } from 'mysql2';
import type { MysqlAddress } from './mysql-address.ts';
import { mysqlErrorNumber } from './mysql-error.ts';

/** Fields as the server printed them: nothing is converted on the way. */
export type WireRow = readonly (Buffer | null)[];

/** A connection that was begun. */
export interface Dialled {
  readonly driver: Connection;
  /** Destroying it ends everything, encrypted or not. */
  readonly socket: Socket;
  /** Resolves once logged in. */
  readonly connected: Promise<void>;
}

export function dialMysql(address: MysqlAddress, timeoutMs: number): Dialled {
  const { host, port, user, password, database, tls } = address;
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
  const driver = createConnection({
    stream: socket,
    host,
    port,
    user,
    password,
    ...(database === null ? {} : { database }),
    ...(tls === null ? {} : { ssl: tls }),
    connectTimeout: timeoutMs,
    charset: 'utf8mb4',
    rowsAsArray: true,
    typeCast: false,
    // A server may ask for a file of ours; without this flag the driver does not offer it.
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: 'tickmark extract' },
  });
  // Without a listener it would end the process.
  driver.on('error', () => undefined);
  const connected = new Promise<void>((resolve, reject) => {
    driver.connect((error) => (error ? reject(error) : resolve()));
  });
  connected.catch(() => undefined);
  return { driver, socket, connected };
}

/** What the rows come through: the socket, or what decrypts it. */
export function incoming(driver: Connection): Duplex {
  return (driver as unknown as { readonly stream: Duplex }).stream;
}

const ASIDE_MS = 5_000;

/** Ends another session, and what it does. */
export async function killMysqlSession(address: MysqlAddress, id: number): Promise<void> {
  await askAside(address, `kill ${id}`).catch(() => undefined);
}

/** Whether the server still works on what a session asked. It does not when it waits for us to take what it sends. */
export async function isMysqlWorking(address: MysqlAddress, id: number): Promise<boolean> {
  try {
    for (const [thread, , , , command, , state] of await askAside(address, 'show processlist')) {
      if (thread?.toString() !== String(id)) continue;
      return command?.toString() !== 'Sleep' && !/writing to net|sending to client/i.test(state?.toString() ?? '');
    }
    return false;
  } catch (error) {
    // A server that refuses a second session is there; that one has its own time limit.
    return mysqlErrorNumber(error) !== undefined;
  }
}

async function askAside(address: MysqlAddress, sql: string): Promise<readonly WireRow[]> {
  const { driver, socket, connected } = dialMysql(address, ASIDE_MS);
  const done = new AbortController();
  try {
    return await Promise.race([
      connected.then(
        () =>
          new Promise<readonly WireRow[]>((resolve, reject) => {
            driver.query(sql, (error, rows) => (error ? reject(error) : resolve(rows as unknown as WireRow[])));
          }),
      ),
      sleep(ASIDE_MS, undefined, { signal: done.signal }).then(() => {
        throw new Error('no answer in time');
      }),
    ]);
  } finally {
    done.abort();
    socket.destroy();
  }
}
