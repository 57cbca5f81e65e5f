import type { Connection } from '../contracts/config.ts';
import type { Connector } from './connector.ts';
import { readTable } from './postgres-read.ts';
import { openSnapshot } from './postgres-snapshot.ts';

type PostgresConnection = Extract<Connection, { type: 'postgres' }>;

/** Reads Postgres: rows, counts and control totals of all tables in one REPEATABLE READ READ ONLY snapshot, rows by COPY. */
export const postgres = {
  open: async (connection, { name, signal }) => {
    const { url, parallel, limits } = connection;
    const snapshot = await openSnapshot({ url, name, parallel, seconds: limits.seconds, signal });
    return {
      parallel: snapshot.parallel,
      read: (request) => readTable(request, snapshot, name),
      lost: snapshot.lost,
      close: snapshot.close,
    };
  },
} satisfies Connector<PostgresConnection>;
