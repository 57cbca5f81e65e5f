import type { Connection } from '../contracts/config.ts';
import type { ConnectorContext, OpenSource } from './connector.ts';

/**
 * Opens a source system with the connector of its type. A new type is a new case here and a file beside it. A connector is
 * loaded when it is first used: cloud clients are large.
 */
export async function openSource(connection: Connection, context: ConnectorContext): Promise<OpenSource> {
  switch (connection.type) {
    case 'postgres':
      return (await import('./postgres.ts')).postgres.open(connection, context);
    case 'mysql':
      return (await import('./mysql.ts')).mysql.open(connection, context);
    case 'files':
      return (await import('./files.ts')).files.open(connection, context);
    case 'http':
      return (await import('./http.ts')).http.open(connection, context);
    case 'bigquery':
      return (await import('./bigquery.ts')).bigquery.open(connection, context);
    default:
      return connection satisfies never;
  }
}
