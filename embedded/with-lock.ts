import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs the work while no other process or call holds the same lock file.
 *
 * The lock is SQLite's on an empty file: the kernel drops it when its holder dies, so no lock is ever stale.
 */
export async function withLock<T>(file: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const database = new DatabaseSync(file);
  try {
    await acquire(database, onWait);
    return await work();
  } finally {
    database.close();
  }
}

async function acquire(database: DatabaseSync, onWait: () => void): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      database.exec('begin exclusive');
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      // Two seconds: longer than starting from a warm state takes, so only a real wait is announced.
      if (attempt === 40) onWait();
      await sleep(50);
    }
  }
}

function isBusy(error: unknown): boolean {
  const sqliteBusy = 5;
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}
