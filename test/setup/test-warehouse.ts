import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { RunRef } from '../../engine/contracts/run.ts';
import { evidenceKeyFrom } from '../../engine/evidence/evidence-key.ts';
import type { EvidenceKey } from '../../engine/evidence/evidence-key.ts';
import { beginRun } from '../../engine/evidence/run-record.ts';
import { migrate } from '../../engine/warehouse/migrate.ts';
import { openWarehouse } from '../../engine/warehouse/warehouse.ts';
import type { Warehouse } from '../../engine/warehouse/warehouse.ts';

/** A migrated warehouse and an empty source database of a test file's own, on the server that all files share. */
export interface TestWarehouse {
  readonly url: string;
  readonly warehouse: Warehouse;
  readonly evidenceKey: EvidenceKey;
  /** The warehouse as a superuser, past triggers and grants. */
  readonly intruder: pg.Client;
  /** The source database as its owner: what a test changes there, the source system changed. Values come as text. */
  readonly source: pg.Client;
  readonly sourceUrl: string;
  /** Records that a run began. */
  readonly beginRun: (options?: { readonly vertical?: string; readonly fullRefresh?: boolean }) => Promise<RunRef>;
  /** Another session on the warehouse, as a superuser or as a role with its password. */
  readonly connect: (role?: { readonly user: string; readonly password: string }) => Promise<pg.Client>;
  readonly stop: () => Promise<void>;
}

const asText = { getTypeParser: () => (text: string) => text };

export async function createTestWarehouse(options: { readonly maxSessions?: number } = {}): Promise<TestWarehouse> {
  const { postgres, warehouseUrl } = inject('servers');
  const id = randomUUID().replaceAll('-', '').slice(0, 12);
  const opened: pg.Client[] = [];
  const connect = async (database: string, role: { user?: string; password?: string } = {}): Promise<pg.Client> => {
    const client = new pg.Client({ ...postgres, ...role, database, types: asText, options: '-c timezone=UTC' });
    client.on('error', () => undefined);
    await client.connect();
    opened.push(client);
    return client;
  };
  const admin = await connect('postgres');
  await admin.query(`create database warehouse_${id} owner tickmark`);
  await admin.query(`create database source_${id}`);
  const url = warehouseUrl.replace(/[^/]+$/, `warehouse_${id}`);
  await migrate(url);
  const warehouse = openWarehouse(url, { maxSessions: options.maxSessions ?? 4 });
  const { host, port, user, password } = postgres;
  return {
    url,
    warehouse,
    evidenceKey: evidenceKeyFrom({ TICKMARK_EVIDENCE_KEY: 'cd'.repeat(32) }),
    intruder: await connect(`warehouse_${id}`),
    source: await connect(`source_${id}`),
    sourceUrl: `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/source_${id}`,
    beginRun: ({ vertical = 'shop', fullRefresh = false } = {}) =>
      beginRun(
        {
          runId: randomUUID(),
          vertical,
          kind: 'refresh',
          project: 'test',
          projectHash: '0'.repeat(64),
          toolVersion: 'test',
          vars: {},
          fullRefresh,
        },
        warehouse,
      ),
    connect: (role) => connect(`warehouse_${id}`, role),
    stop: async () => {
      await warehouse.close();
      for (const client of opened) if (client !== admin) await client.end();
      for (const name of [`warehouse_${id}`, `source_${id}`]) await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
