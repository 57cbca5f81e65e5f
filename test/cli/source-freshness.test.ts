import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../../embedded/run-program.ts';
import { dbtVenv } from '../servers/dbt.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';
import { runCli, worldOf, writeProject } from './run-cli.ts';
import type { Told } from './run-cli.ts';

let world: TestWarehouse;

beforeAll(async () => {
  world = await createTestWarehouse();
  await world.warehouse.execute('create schema shop_raw');
  await world.warehouse.execute('create table shop_raw.orders (id integer, loaded_at timestamptz, kind text)');
  await world.warehouse.execute(
    `insert into shop_raw.orders values (1, '2026-03-10 10:00Z', 'real'), (2, '2026-03-10 11:59Z', 'test')`,
  );
  await world.warehouse.execute('create table shop_raw.stores (id integer, changed_on date)');
});

afterAll(() => world.stop());

const PROJECT = {
  'tickmark.yml': 'name: shop\nwarehouse: { url: "${env:DATABASE_URL}" }\nverticals: { shop: {} }\n',
  'sql/shop/stg_orders.sql': "select id from {{ source('raw', 'orders') }}\n",
  'sql/shop/sources.yml': `
version: 2
sources:
  - name: raw
    schema: shop_raw
    connection: warehouse
    loaded_at_field: loaded_at
    freshness:
      warn_after: { count: 1, period: hour }
      error_after: { count: 1, period: day }
    tables:
      - name: orders
        freshness:
          filter: kind = {{ literal('real') }}
          warn_after: { count: 1, period: hour }
      - name: stores
        loaded_at_field: changed_on
      - name: regions
      - name: countries
        freshness: null
      - name: asked
        loaded_at_query: select max(loaded_at) from shop_raw.orders
`,
};

async function freshness(args: readonly string[], files: Readonly<Record<string, string>> = PROJECT) {
  const root = await writeProject(files);
  const told: Told = await runCli(['source', 'freshness', '--project-dir', root, ...args], {
    cwd: root,
    openWorld: () => Promise.resolve(worldOf(root, world.url)),
  });
  return { root, ...told, stdout: told.stdout.replaceAll(/in \d+\.\d\ds/g, 'in 0.00s') };
}

test('every source with freshness is judged, in the lines of dbt', async () => {
  const { stdout, code } = await freshness(['--run-clock', '2026-03-10T12:00:00Z']);
  expect(stdout).toMatchInlineSnapshot(`
    "1 of 4 WARN freshness of raw.orders ............................................ [WARN in 0.00s]
    2 of 4 NO DATA freshness of raw.stores ......................................... [NO DATA in 0.00s]
    3 of 4 ERROR freshness of raw.regions .......................................... [ERROR in 0.00s]
    4 of 4 PASS freshness of raw.asked ............................................. [PASS in 0.00s]
    raw.orders: newest row of 2026-03-10T10:00:00.000000Z, judged at 2026-03-10T12:00:00.000000Z
    raw.stores: no row has a load time
    raw.regions: relation "shop_raw.regions" does not exist (SQLSTATE 42P01)
    Done.
    "
  `);
  expect(code).toBe(1);
});

test('a warning is no failure, and a selector chooses', async () => {
  const { stdout, code } = await freshness(['--run-clock', '2026-03-10T12:00:00Z', '-s', '+stg_orders']);
  expect(stdout).toMatchInlineSnapshot(`
    "1 of 1 WARN freshness of raw.orders ............................................ [WARN in 0.00s]
    raw.orders: newest row of 2026-03-10T10:00:00.000000Z, judged at 2026-03-10T12:00:00.000000Z
    Done.
    "
  `);
  expect(code).toBe(0);
});

test('what is found goes to sources.json and with --json to stdout, no_data as loaded at the beginning of time', async () => {
  const { root, stdout } = await freshness(['--run-clock', '2026-03-10T12:00:00Z', '--json', '-o', 'out/found.json']);
  const artifact = JSON.parse(stdout) as { metadata: unknown; results: Record<string, unknown>[] };
  expect(JSON.parse(await readFile(join(root, 'out/found.json'), 'utf8'))).toMatchObject({
    metadata: artifact.metadata,
  });
  expect(artifact.results.map((result) => ({ ...result, execution_time: 0 }))).toMatchInlineSnapshot(`
    [
      {
        "adapter_response": {},
        "criteria": {
          "error_after": {
            "count": 1,
            "period": "day",
          },
          "filter": "kind = {{ literal('real') }}",
          "warn_after": {
            "count": 1,
            "period": "hour",
          },
        },
        "execution_time": 0,
        "max_loaded_at": "2026-03-10T10:00:00.000000Z",
        "max_loaded_at_time_ago_in_s": 7200,
        "snapshotted_at": "2026-03-10T12:00:00.000000Z",
        "status": "warn",
        "thread_id": "main",
        "timing": [],
        "unique_id": "source.shop.raw.orders",
      },
      {
        "adapter_response": {},
        "criteria": {
          "error_after": {
            "count": 1,
            "period": "day",
          },
          "filter": null,
          "warn_after": {
            "count": 1,
            "period": "hour",
          },
        },
        "execution_time": 0,
        "max_loaded_at": "0001-01-01T00:00:00Z",
        "max_loaded_at_time_ago_in_s": 63908740800,
        "snapshotted_at": "2026-03-10T12:00:00.000000Z",
        "status": "error",
        "thread_id": "main",
        "timing": [],
        "unique_id": "source.shop.raw.stores",
      },
      {
        "error": "relation "shop_raw.regions" does not exist (SQLSTATE 42P01)",
        "execution_time": 0,
        "status": "runtime error",
        "unique_id": "source.shop.raw.regions",
      },
      {
        "adapter_response": {},
        "criteria": {
          "error_after": {
            "count": 1,
            "period": "day",
          },
          "filter": null,
          "warn_after": {
            "count": 1,
            "period": "hour",
          },
        },
        "execution_time": 0,
        "max_loaded_at": "2026-03-10T11:59:00.000000Z",
        "max_loaded_at_time_ago_in_s": 60,
        "snapshotted_at": "2026-03-10T12:00:00.000000Z",
        "status": "pass",
        "thread_id": "main",
        "timing": [],
        "unique_id": "source.shop.raw.asked",
      },
    ]
  `);
});

test('dbt reads the sources.json that is written, and refuses one with a status of another name', async () => {
  const { root } = await freshness(['--run-clock', '2026-03-10T12:00:00Z']);
  const python = join(await dbtVenv(), '../python');
  const read = async (file: string): Promise<string> => {
    const { output } = await runProgram({ command: python, args: ['-c', READ, file], cwd: root, env: process.env });
    return output.trim();
  };
  const written = join(root, 'target/sources.json');
  expect(await read(written)).toBe("['warn', 'error', 'runtime error', 'pass']");
  const other = join(root, 'target/other.json');
  await writeFile(other, (await readFile(written, 'utf8')).replaceAll('"warn"', '"stale"'));
  expect(await read(other)).toBe('ValidationError');
}, 300_000);

const READ = `
import json, sys
from dbt.artifacts.schemas.freshness import FreshnessExecutionResultArtifact as Artifact
found = json.load(open(sys.argv[1]))
try:
    Artifact.validate(found)
    print([str(result.status) for result in Artifact.from_dict(found).results])
except Exception as error:
    print(type(error).__name__)`;

test('where no source says how fresh it should be, there is nothing to do', async () => {
  const files = {
    ...PROJECT,
    'sql/shop/sources.yml': PROJECT['sql/shop/sources.yml'].replaceAll(/_after: .*/g, '_after: null'),
  };
  const { stdout, stderr, code } = await freshness([], files);
  expect([stdout, stderr, code]).toMatchInlineSnapshot(`
    [
      "Done.
    ",
      "warning: nothing to do: no source that is selected has freshness with warn_after or error_after
    ",
      0,
    ]
  `);
});
