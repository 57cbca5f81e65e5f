import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { translateDatabaseError } from '../database-error.ts';

/** Brings the warehouse's audit schema up to this version. Safe to repeat, and from two processes at once. */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tickmark migrate',
    connectionTimeoutMillis: 15_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await runner({
      dbClient: client,
      dir: fileURLToPath(new URL('./migrations', import.meta.url)),
      direction: 'up',
      migrationsTable: 'migrations',
      migrationsSchema: 'audit',
      createMigrationsSchema: true,
      log: () => undefined,
      // Two workers may start together: the second waits for the first.
      advisoryLockMode: 'wait',
    });
  } catch (error) {
    throw translateDatabaseError(error, 'the warehouse could not be brought up to date', {
      failed: 'WAREHOUSE_FAILED',
      lost: 'WAREHOUSE_UNREACHABLE',
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
