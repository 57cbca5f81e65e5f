import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { spawnWorker } from '../../bin/spawn-worker.ts';
import { nextRuns } from '../../cli/schedules.ts';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

const COMMERCE = fileURLToPath(new URL('../projects/commerce', import.meta.url));
const FOLDERS = ['sql', 'checks', 'data'];

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
  await world.refresh('finance');
});
afterAll(() => world.stop());

test('the second vertical is files of SQL, YAML and data, and nothing else', async () => {
  const names = await readdir(COMMERCE, { recursive: true });
  const kinds = new Set(names.map((name) => extname(name)).filter((kind) => kind !== ''));
  expect([...kinds].sort()).toEqual(['.csv', '.sql', '.yml']);
  expect(names.filter((name) => name.endsWith('.sql'))).toHaveLength(3);
});

test('before its files are there the vertical is unknown', async () => {
  const { code, stderr } = await world.tickmark('refresh', '--vertical', 'commerce', '--json');
  expect(code).toBe(1);
  expect(stderr).toContain('no vertical commerce [PROJECT_UNKNOWN_VERTICAL]');
});

test('a folder of SQL and YAML makes a vertical that is published beside the first', async () => {
  const before = await publishedTables();
  const kris = await readKris('finance');
  const lines = await world.warehouse.query('select * from published.ledger_totals');
  expect(kris.length).toBeGreaterThanOrEqual(4);

  await addCommerce();
  const { report, failure } = await world.refresh('commerce');
  expect(failure).toBeNull();
  expect({ status: report.status, reason: report.reason }).toEqual({ status: 'succeeded', reason: null });
  expect(report.pulls).toMatchObject([
    { source: 'web_shop', table: 'orders', rows: '5', tied: true, totals: [{ sum: '530.00' }, { sum: '417.00' }] },
  ]);
  expect(report.checks.filter(({ status }) => status !== 'pass')).toMatchObject([
    { id: 'commerce.unapproved_discount', status: 'warn', population: '3', failures: '1' },
  ]);
  expect(report.kris).toMatchObject([{ id: 'COM-KRI-DISCOUNT', numerator: '2', denominator: '5', colour: 'amber' }]);
  expect(report.controls).toMatchObject([{ id: 'COM-DISC-01', population: '2', exceptions: '1' }]);
  expect(
    world.alerts().filter((text) => text.startsWith('commerce: check commerce.unapproved_discount is warn')),
  ).toHaveLength(1);

  expect(
    await world.warehouse.query('select order_id, discount, is_large from published.discounts order by 1'),
  ).toEqual([
    { order_id: '1002', discount: '8.00', is_large: 'f' },
    { order_id: '1003', discount: '75.00', is_large: 't' },
    { order_id: '1004', discount: '30.00', is_large: 't' },
  ]);
  expect(await publishedTables()).toEqual([...before, 'discounts'].sort());
  expect(await readKris('finance')).toEqual(kris);
  expect(await world.warehouse.query('select * from published.ledger_totals')).toEqual(lines);
  const verticals = await world.warehouse.query('select vertical, state from published.refreshes order by 1');
  expect(verticals).toEqual([
    { vertical: 'commerce', state: 'fresh' },
    { vertical: 'finance', state: 'fresh' },
  ]);
});

test('the first vertical refreshes on, and leaves the second as it is', async () => {
  const discounts = await world.warehouse.query('select * from published.discounts order by order_id');
  const { report } = await world.refresh('finance');
  expect(report.status).toBe('succeeded');
  expect(await world.warehouse.query('select * from published.discounts order by order_id')).toEqual(discounts);
  expect(await readKris('commerce')).toHaveLength(1);
  expect((await world.tickmark('ledger', 'verify')).code).toBe(0);
});

test('a worker that starts gives the vertical its nightly schedule', async () => {
  const temporal = world.world.temporal;
  if (temporal === null) throw new Error('a test world has a Temporal server');
  expect((await nextRuns(temporal)).map(({ vertical }) => vertical)).toEqual(['finance']);
  const worker = await spawnWorker(world.world, () => undefined);
  await worker.stop();
  await expect
    .poll(async () => (await nextRuns(temporal)).map(({ vertical }) => vertical).sort(), { timeout: 10_000 })
    .toEqual(['commerce', 'finance']);
});

/** Copies the folders into the project and merges its lines into tickmark.yml; nothing else of the project changes. */
async function addCommerce(): Promise<void> {
  for (const folder of FOLDERS) await cp(join(COMMERCE, folder), join(world.root, folder), { recursive: true });
  const file = join(world.root, 'tickmark.yml');
  const project = parseDocument(await readFile(file, 'utf8'));
  const added = parseDocument(await readFile(join(COMMERCE, 'lines-for-tickmark.yml'), 'utf8')).toJS() as Record<
    string,
    Record<string, unknown>
  >;
  for (const [section, entries] of Object.entries(added))
    for (const [name, value] of Object.entries(entries)) project.setIn([section, name], value);
  await writeFile(file, project.toString());
}

async function publishedTables(): Promise<string[]> {
  const rows = await world.warehouse.query(
    `select table_name as name from information_schema.tables where table_schema = 'published'`,
  );
  return rows.map(({ name }) => name as string).sort();
}

function readKris(vertical: string) {
  return world.warehouse.query(
    'select kri_id, value, numerator, denominator, colour, run_no from published.kri_latest where vertical = $1 order by 1',
    [vertical],
  );
}
