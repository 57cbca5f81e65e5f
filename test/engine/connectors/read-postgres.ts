import type { OpenSource, SourceFigures, TableRead } from '../../../engine/connectors/connector.ts';
import { postgres } from '../../../engine/connectors/postgres.ts';
import { landRead } from '../../setup/land-read.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { readTable } from './read-table.ts';
import type { Declared, ReadOptions } from './read-table.ts';

export interface PostgresOptions {
  readonly url?: string;
  readonly parallel?: number;
  readonly seconds?: number;
  readonly signal?: AbortSignal;
}

export function openPostgres(db: TestWarehouse, options: PostgresOptions = {}): Promise<OpenSource> {
  const { url = db.sourceUrl, parallel = 2, seconds = 60, signal = new AbortController().signal } = options;
  const limits = { rows: 1e9, bytes: 1e12, seconds };
  return postgres.open({ type: 'postgres', url, parallel, limits }, { name: 'erp', root: '.', signal });
}

export async function withPostgres<T>(
  db: TestWarehouse,
  work: (open: OpenSource) => Promise<T>,
  options: PostgresOptions = {},
): Promise<T> {
  const open = await openPostgres(db, options);
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

/** Opens the source, reads one table, lands it, and gives everything that came of it. */
export function landTable(
  db: TestWarehouse,
  table: Declared,
  options: ReadOptions & PostgresOptions = {},
): Promise<{
  readonly read: TableRead;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly figures: SourceFigures;
}> {
  return withPostgres(
    db,
    async (open) => {
      const read = await readTable(open, table, options);
      return { read, ...(await landRead(read, db.intruder)) };
    },
    options,
  );
}
