import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { publishSales } from './mutate-world.ts';

let db: TestWarehouse;
let runId: string;

beforeAll(async () => {
  db = await createTestWarehouse();
  runId = await publishSales(db);
});
afterAll(() => db.stop());

const count = async (sql: string): Promise<number> => Number((await db.intruder.query(sql)).rows[0].count);
const sessions = `select count(*) from pg_stat_activity where application_name = 'tickmark' and datname = current_database() and xact_start is not null`;

test('a process that is killed while faults stand leaves nothing behind', async () => {
  const before = await count('select count(*) from pg_class');
  const program = fileURLToPath(new URL('mutate-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, [program, db.url, runId], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(await count(sessions)).toBe(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  for (let tries = 0; tries < 300 && (await count(sessions)) > 0; tries += 1) await wait(100);
  expect(await count(sessions)).toBe(0);
  expect(await count('select count(*) from pg_class')).toBe(before);
  expect(await count(`select count(*) from pg_namespace where nspname like 'tickmark_mutate%'`)).toBe(0);
});
