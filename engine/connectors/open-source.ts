import type { Connection } from '../contracts/config.ts';
import type { ConnectorContext, OpenSource } from './connector.ts';
import { csv } from './csv.ts';
import { postgres } from './postgres.ts';

/** Opens a source system with the connector of its type. A new type is a new case here and a file beside it. */
export async function openSource(connection: Connection, context: ConnectorContext): Promise<OpenSource> {
  switch (connection.type) {
    case 'postgres':
      return postgres.open(connection, context);
    case 'csv':
      return csv.open(connection, context);
    default:
      return connection satisfies never;
  }
}
