import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { translateDatabaseError } from '../database-error.ts';

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

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
    if (await isUpToDate(client)) return;
    // Loading it takes longer than most commands take to run.
    const { runner } = await import('node-pg-migrate');
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
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

/** Whether just the files that there are have been run, in their order; anything else is for the runner to judge. */
async function isUpToDate(client: pg.Client): Promise<boolean> {
  const { rows: there } = await client.query<{ is_there: boolean }>(
    "select to_regclass('audit.migrations') is not null as is_there",
  );
  if (there[0]?.is_there !== true) return false;
  const { rows: run } = await client.query<{ name: string }>('select name from audit.migrations order by run_on, id');
  const files = readdirSync(MIGRATIONS).toSorted();
  return run.length === files.length && run.every(({ name }, at) => files[at] === `${name}.sql`);
}
