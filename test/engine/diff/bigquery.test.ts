import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBigquery } from '../../servers/bigquery.ts';
import type { BigqueryServer } from '../../servers/bigquery.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { connectionTo } from '../connectors/bigquery-fixture.ts';
import { postgresAt, runDiff, tableOf, tallyOf } from './run-diff.ts';

let folder: string;
let server: BigqueryServer;
let world: TestWarehouse;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickmark-diff-bigquery-'));
  world = await createTestWarehouse();
  server = await startBigquery(folder);
}, 600_000);

afterAll(async () => {
  await server?.stop();
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a table of BigQuery is compared with one of Postgres', async () => {
  await server.createTable('ds', 't', [
    { name: 'id', type: 'INT64' },
    { name: 'amount', type: 'NUMERIC' },
    { name: 'note', type: 'STRING' },
    { name: 'day', type: 'DATE' },
    { name: 'at', type: 'TIMESTAMP' },
    { name: 'is_paid', type: 'BOOL' },
  ]);
  const rows = Array.from({ length: 40 }, (_, at) => ({
    id: String(at),
    amount: `${at}.25`,
    note: at % 7 === 0 ? null : `row ${at}`,
    day: '2026-01-31',
    at: '2026-01-31T08:00:00.500Z',
    is_paid: String(at % 2 === 0),
  }));
  await server.insert('ds', 't', rows);
  await world.source.query(
    `create table t (id int primary key, amount numeric(12,2), note text, day date, at timestamptz, is_paid boolean);
     insert into t select i, i + 0.25, case when i % 7 <> 0 then 'row ' || i end, '2026-01-31', '2026-01-31 10:00:00.5+02', i % 2 = 0
     from generate_series(0, 39) i`,
  );
  const sides = [
    tableOf('pg', postgresAt(world.sourceUrl)),
    tableOf('lake', connectionTo(server.endpoint), { schema: 'ds' }),
  ] as const;
  const equal = await runDiff(...sides);
  expect(tallyOf(equal)).toBe('40 same, 0 changed, 0 only a, 0 only b');
  expect(equal.result.fetched).toBe(0n);
  await world.source.query('update t set amount = -amount where id = 5; delete from t where id = 6');
  const dirty = await runDiff(...sides, { bucketRows: 4 });
  expect(tallyOf(dirty)).toBe('38 same, 1 changed (amount 1), 0 only a, 1 only b');
});
