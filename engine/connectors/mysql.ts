import type { Connection } from '../contracts/config.ts';
import { EngineError } from '../errors.ts';
import type { Connector, OpenSource } from './connector.ts';
import { parseMysqlAddress } from './mysql-address.ts';
import { readMysqlTable } from './mysql-read.ts';
import { openMysqlSession } from './mysql-session.ts';
import { takeMysqlSnapshot } from './mysql-snapshot.ts';

type MysqlConnection = Extract<Connection, { type: 'mysql' }>;

/** Reads MySQL and MariaDB: rows, count and control totals in one consistent snapshot of one session, which can only read. */
export const mysql = {
  open: async (connection, context): Promise<OpenSource> => {
    const { seconds, bytes } = connection.limits;
    const address = await parseMysqlAddress(connection.url, context);
    const what = `connection ${context.name}`;
    const session = await openMysqlSession(address, { what, seconds, bytes, signal: context.signal });
    try {
      const snapshot = await takeMysqlSnapshot(session, seconds);
      const source = { session, snapshot, database: address.database, connection: context.name };
      return {
        parallel: 1,
        lost: session.lost,
        read: async (request) => {
          const onAbort = (): void =>
            session.fail(new EngineError('EXTRACT_CANCELLED', `${what}: the pull was cancelled`));
          if (request.signal.aborted) onAbort();
          request.signal.addEventListener('abort', onAbort, { once: true });
          return readMysqlTable(request, source);
        },
        close: session.close,
      };
    } catch (error) {
      await session.close();
      throw error;
    }
  },
} satisfies Connector<MysqlConnection>;
