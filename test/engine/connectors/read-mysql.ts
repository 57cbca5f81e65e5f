import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection as MysqlClient } from 'mysql2/promise';
import type { OpenSource, SourceFigures, TableRead } from '../../../engine/connectors/connector.ts';
import { mysql } from '../../../engine/connectors/mysql.ts';
import { startMariadb } from '../../servers/mariadb.ts';
import type { TestMariadb } from '../../servers/mariadb.ts';
import { landRead } from '../../setup/land-read.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { readTable } from './read-table.ts';
import type { Declared, ReadOptions } from './read-table.ts';

/** A MariaDB and a warehouse of a test file's own. */
export interface MysqlWorld {
  readonly server: TestMariadb;
  /** The source as its owner. */
  readonly source: MysqlClient;
  readonly db: TestWarehouse;
  readonly run: (sql: string) => Promise<string[][]>;
  readonly stop: () => Promise<void>;
}

export interface OpenOptions {
  readonly url?: string;
  readonly seconds?: number;
  readonly bytes?: number;
  readonly signal?: AbortSignal;
}

export async function createMysqlWorld(options: { readonly arguments?: readonly string[] } = {}): Promise<MysqlWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'tickmark-mysql-'));
  await chmod(folder, 0o755);
  const [server, db] = await Promise.all([startMariadb(folder, options), createTestWarehouse()]);
  const source = await server.connect();
  return {
    server,
    source,
    db,
    run: async (sql) => (await source.query(sql))[0] as unknown as string[][],
    stop: async () => {
      await server.stop();
      await db.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function openMysql(world: MysqlWorld, options: OpenOptions = {}): Promise<OpenSource> {
  const { url = world.server.url, seconds = 60, bytes = 1e12, signal = new AbortController().signal } = options;
  return mysql.open({ type: 'mysql', url, limits: { rows: 1e9, bytes, seconds } }, { name: 'erp', root: '.', signal });
}

export async function withMysql<T>(
  world: MysqlWorld,
  work: (open: OpenSource) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  const open = await openMysql(world, options);
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

/** Opens the source, reads one table, lands it, and gives everything that came of it. */
export function landTable(
  world: MysqlWorld,
  table: Declared,
  options: ReadOptions & OpenOptions = {},
): Promise<{
  readonly read: TableRead;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly figures: SourceFigures;
}> {
  return withMysql(
    world,
    async (open) => {
      const read = await readTable(open, table, options);
      return { read, ...(await landRead(read, world.db.intruder)) };
    },
    options,
  );
}
