import { expect, test } from 'vitest';
import { runCli, writeProject } from './run-cli.ts';
import type { Told } from './run-cli.ts';

const FILES = {
  'tickmark.yml': `name: shop_audit
warehouse:
  url: \${env:DATABASE_URL}
connections:
  till:
    type: files
    directory: data
verticals:
  shop:
    description: One shop.
`,
  'sql/shop/sources.yml': `sources:
  - name: till
    tables:
      - name: sales
        description: What was sold.
        file: sales.csv
`,
  'sql/shop/staging/stg_sales.sql': "select * from {{ source('till', 'sales') }}",
  'sql/shop/sales.sql': "{{ config(tags=['nightly']) }} select * from {{ ref('stg_sales') }}",
  'checks/shop/checks.yml': `models:
  - name: sales
    columns:
      - name: id
        data_tests: [not_null]
`,
};

async function ls(...args: string[]): Promise<Told> {
  return runCli(['ls', ...args], { cwd: await writeProject(FILES) });
}

test('ls is a table for people, and dbt’s forms for tools', async () => {
  const [table, name, path, selector, json] = await Promise.all([
    ls(),
    ls('--output', 'name', '--resource-type', 'model', 'test'),
    ls('--output', 'path', '-s', 'stg_sales+'),
    ls('--output', 'selector', '--exclude', 'resource_type:vertical'),
    ls('--output', 'json', '--output-keys', 'name unique_id tags', '-s', '+sales', '--resource-type', 'model'),
  ]);
  expect(table.stdout).toMatchInlineSnapshot(`
    "vertical  shop                    tickmark.yml                    One shop.
    source    till.sales              sql/shop/sources.yml:4          What was sold.
    model     stg_sales               sql/shop/staging/stg_sales.sql
    model     sales                   sql/shop/sales.sql
    check     shop.not_null.sales.id  checks/shop/checks.yml:5
    "
  `);
  expect(name.stdout).toMatchInlineSnapshot(`
    "stg_sales
    sales
    not_null_sales_id
    "
  `);
  expect(path.stdout).toMatchInlineSnapshot(`
    "sql/shop/staging/stg_sales.sql
    sql/shop/sales.sql
    checks/shop/checks.yml
    "
  `);
  expect(selector.stdout).toMatchInlineSnapshot(`
    "source:shop_audit.till.sales
    shop_audit.shop.staging.stg_sales
    shop_audit.shop.sales
    shop_audit.shop.not_null_sales_id
    "
  `);
  expect(json.stdout).toMatchInlineSnapshot(`
    "{"name":"stg_sales","unique_id":"model.shop_audit.stg_sales","tags":[]}
    {"name":"sales","unique_id":"model.shop_audit.sales","tags":["nightly"]}
    "
  `);
});

test('--resource-type all leaves nothing out, and --exclude-resource-type does', async () => {
  const all = await ls('--output', 'name', '--resource-type', 'all');
  expect(all.stdout).toBe('shop\ntill.sales\nstg_sales\nsales\nnot_null_sales_id\n');
  const some = await ls('--output', 'name', '--exclude-resource-type', 'test', 'vertical', 'source');
  expect(some.stdout).toBe('stg_sales\nsales\n');
});

test('nothing selected is said, and exits 0', async () => {
  expect(await ls('-s', 'tag:weekly')).toEqual({
    code: 0,
    stdout: '',
    stderr: "warning: the selection 'tag:weekly' does not match anything\nNo nodes selected!\n",
  });
});

test.each([
  [
    ['ls', '--resource-type', 'modle'],
    "error: option '--resource-type <type...>' argument 'modle' is invalid. Allowed choices are vertical, source, seed, model, snapshot, check, test, waiver, unit_test, exposure, kri, control, all, default.\n(tickmark --help shows the commands)\n",
  ],
  [
    ['ls', '--exlude', 'x'],
    "error: unknown option '--exlude'\n(Did you mean --exclude?)\n(tickmark --help shows the commands)\n",
  ],
  [['lst'], "error: unknown command 'lst'\n(Did you mean one of list, ls?)\n(tickmark --help shows the commands)\n"],
])('%j is refused with what may be meant', async (args, stderr) => {
  expect(await runCli(args, { cwd: await writeProject(FILES) })).toEqual({ code: 1, stdout: '', stderr });
});

test('help names every command', async () => {
  const told = await runCli(['--help'], {});
  const names = [...told.stdout.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name);
  expect(names).toEqual(
    expect.arrayContaining(
      ['build', 'run', 'seed', 'snapshot', 'test', 'retry', 'parse', 'compile', 'ls', 'clean'].filter(
        (name) => name !== 'test',
      ),
    ),
  );
  expect((await runCli(['--version'], {})).stdout).toBe('0.0.0\n');
});
