import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { runCli, worldOf, writeProject } from '../run-cli.ts';

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await createTestWarehouse();
  await warehouse.warehouse.execute('create schema shop');
  await warehouse.warehouse.execute('create table shop.rates (code text, rate numeric(10,4))');
  await warehouse.warehouse.execute('create table shop.prices as select code, rate from shop.rates');
});
afterAll(() => warehouse.stop());

const FILES = {
  'tickmark.yml': `name: shop_audit
warehouse:
  url: \${env:DATABASE_URL}
verticals:
  shop: {}
`,
  'sql/shop/seeds/rates.csv': 'code,rate\nEUR,1\n',
  'sql/shop/prices.sql': "select * from {{ ref('rates') }}",
};

test('docs generate writes manifest, catalog and a site, with the types that stand in the warehouse', async () => {
  const root = await writeProject(FILES);
  const openWorld = () => Promise.resolve(worldOf(root, warehouse.url));
  const told = await runCli(['docs', 'generate'], { cwd: root, openWorld });
  expect(told).toMatchObject({ code: 0, stdout: `${join(root, 'target/index.html')}\n` });
  expect(told.stderr).toBe('Column lineage of 4 columns; all resolved\n');
  const catalog = JSON.parse(readFileSync(join(root, 'target/catalog.json'), 'utf8')) as {
    nodes: Record<string, { columns: Record<string, { type: string }> }>;
  };
  expect(catalog.nodes['model.shop_audit.prices']?.columns['rate']).toMatchObject({ type: 'numeric(10,4)', index: 2 });
  expect(existsSync(join(root, 'target/manifest.json'))).toBe(true);
  const page = readFileSync(join(root, 'target/docs/model/prices.html'), 'utf8');
  expect(page).toContain('numeric(10,4)');
  expect(page).toContain('../../docs/seed/rates.html#column-rate');
});

test('docs generate --no-catalog asks no warehouse, and says what it cannot know', async () => {
  const root = await writeProject(FILES);
  const told = await runCli(['docs', 'generate', '--no-catalog', '-o', 'site'], { cwd: root });
  expect(told.code).toBe(0);
  expect(told.stderr).toBe('Column lineage of 0 columns; 1 not resolved, named on their pages\n');
  expect(existsSync(join(root, 'site/catalog.json'))).toBe(false);
  expect(existsSync(join(root, 'site/index.html'))).toBe(true);
});

test('docs serve needs a site', async () => {
  const root = await writeProject(FILES);
  const told = await runCli(['docs', 'serve'], { cwd: root });
  expect(told.code).toBe(1);
  expect(told.stderr).toBe(`error: there is no index.html in ${join(root, 'target')} [DOCS_MISSING]\n`);
});

test('docs serve answers until it is interrupted', async () => {
  const root = await writeProject(FILES);
  await runCli(['docs', 'generate', '--no-catalog'], { cwd: root });
  let interrupt = (): void => undefined;
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  let answer = 0;
  const say = (line: string): void => {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    void fetch(url ?? '').then((response) => {
      answer = response.status;
      interrupt();
    });
  };
  const told = await runCli(['docs', 'serve', '--port', '0'], { cwd: root, interrupted, say });
  expect(told.code).toBe(0);
  expect(answer).toBe(200);
});

test('lineage tells where a column comes from', async () => {
  const root = await writeProject(FILES);
  const openWorld = () => Promise.resolve(worldOf(root, warehouse.url));
  const one = await runCli(['lineage', 'prices.rate'], { cwd: root, openWorld });
  expect(one.stdout).toMatch(/^prices\.rate +direct +rates\.rate\n$/);
  const whole = await runCli(['lineage', 'prices', '--no-catalog'], { cwd: root });
  expect(whole.stdout).toMatch(/^prices\.\* +unresolved +the columns of "shop"\."rates" are not known\n$/);
  const json = await runCli(['lineage', 'prices', '--json'], { cwd: root, openWorld });
  expect(JSON.parse(json.stdout)).toMatchObject([{ model: 'prices', unresolved: [] }]);
});

test.each([
  [['lineage', 'pirces'], "error: no model 'pirces'; did you mean 'prices'? [COMPILE_UNKNOWN_REF]\n"],
  [
    ['lineage', 'prices.rat'],
    "error: the model 'prices' has no column 'rat'; did you mean 'rate'? [COMPILE_UNKNOWN_REF]\n",
  ],
])('%j is refused', async (args, message) => {
  const root = await writeProject(FILES);
  const openWorld = () => Promise.resolve(worldOf(root, warehouse.url));
  const told = await runCli(args, { cwd: root, openWorld });
  expect(told).toEqual({ stdout: '', stderr: message, code: 1 });
});
