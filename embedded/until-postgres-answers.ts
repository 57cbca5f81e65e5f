import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Resolves once the server answers a query; rejects when it ends, or refuses the password, or takes two minutes. */
export async function untilPostgresAnswers(options: {
  port: number;
  password: string;
  isUp: () => boolean;
}): Promise<void> {
  // Crash recovery replays what the last checkpoint left: seconds as a rule, so two minutes is ample.
  const deadline = performance.now() + 120_000;
  for (;;) {
    const error = await askOnce(options);
    if (error === null) return;
    if (!options.isUp()) throw new Error('the server ended');
    if (isRefusal(error) || performance.now() > deadline) throw error;
    await sleep(40);
  }
}

async function askOnce(options: { port: number; password: string }): Promise<Error | null> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: options.port,
    user: 'postgres',
    password: options.password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 5_000,
    application_name: 'tickmark embedded',
  });
  // A connection that breaks after it was made reports so here, and would end the process unheard.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await client.end().catch(() => {});
  }
}

// SQLSTATE class 28, invalid authorization: waiting will not help.
function isRefusal(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('28');
}
