import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BuildRequest } from '../../../engine/contracts/build.ts';
import { NOTHING_SAID } from '../../../engine/project/load-models.ts';
import { declareTable } from '../../setup/pull-tables.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { buildTestRun, rowsOf } from './build-test-run.ts';
import type { TestBuild } from './build-test-run.ts';

let db: TestWarehouse;
let root: string;
beforeAll(async () => {
  db = await createTestWarehouse();
  root = await mkdtemp(join(tmpdir(), 'tickmark-seed-'));
});
afterAll(async () => {
  await db.stop();
  await rm(root, { recursive: true, force: true });
});

async function seed(name: string, csv: string, options: Readonly<Record<string, unknown>> = {}): Promise<TestBuild> {
  const file = `${name}.csv`;
  await writeFile(join(root, file), csv);
  const properties = { ...NOTHING_SAID, options: [options] };
  const model = { name, resource: 'seed' as const, file, template: csv, properties };
  const built = await buildTestRun(db, [model], { root });
  const error = built.builds[name]?.error ?? null;
  if (error !== null) throw new Error(error.message);
  return built;
}

describe('a seed', () => {
  test('has the type that all its values have, exactly', async () => {
    const csv = `id,big,price,day,at,flag,name,zip,mixed,nothing
1,12345678901,10.50,2026-01-31,2026-01-31 08:00:00,true,"a, ""b""",00123,1,
-2,,0.1,,2026-01-31T09:00:00,FALSE,"line
break",x,y,
`;
    await seed('typed', csv);
    const types = await rowsOf(
      db,
      "select column_name, data_type from information_schema.columns where table_schema = 'shop' and table_name = 'typed' order by ordinal_position",
    );
    expect(Object.fromEntries(types)).toEqual({
      id: 'integer',
      big: 'bigint',
      price: 'numeric',
      day: 'date',
      at: 'timestamp without time zone',
      flag: 'boolean',
      name: 'text',
      zip: 'text',
      mixed: 'text',
      nothing: 'text',
    });
    expect(await rowsOf(db, 'select * from shop.typed order by id desc')).toEqual([
      ['1', '12345678901', '10.50', '2026-01-31', '2026-01-31 08:00:00', 't', 'a, "b"', '00123', '1', null],
      ['-2', null, '0.1', null, '2026-01-31 09:00:00', 'f', 'line\nbreak', 'x', 'y', null],
    ]);
  });

  test('takes the types and the delimiter that it is told', async () => {
    await seed('told', 'id;code\n1;007\n', { delimiter: ';', column_types: { id: 'bigint', code: 'varchar(10)' } });
    expect(await rowsOf(db, 'select id, code, pg_typeof(id)::text, pg_typeof(code)::text from shop.told')).toEqual([
      ['1', '007', 'bigint', 'character varying'],
    ]);
  });

  test('is loaded again only when its bytes changed', async () => {
    await seed('again', 'id\n1\n');
    expect((await seed('again', 'id\n1\n')).builds['again']?.status).toBe('no-op');
    expect((await seed('again', 'id\n1\n2\n')).builds['again']?.reason).toBe('its definition changed');
  });

  test('that a source reads where it stands stays when it is turned off; one that nothing reads goes', async () => {
    const seeds = ['raw_orders', 'raw_spare'].map((name) => ({
      name,
      resource: 'seed' as const,
      file: `${name}.csv`,
      template: 'id\n1\n',
      properties: NOTHING_SAID,
    }));
    for (const { file, template } of seeds) await writeFile(join(root, file), template);
    await buildTestRun(db, seeds, { root });

    const external = { schema: 'shop', identifier: 'raw_orders' };
    const sources = [{ ...declareTable({ name: 'orders' }), source: 'ecom', external }];
    const reads = { name: 'orders', template: "select id from {{ source('ecom', 'orders') }}" };
    const first = await buildTestRun(db, [reads], { root, sources });
    expect(first.builds['raw_orders']).toMatchObject({
      status: 'carried',
      reason: 'a source reads it where it stands',
    });
    expect(
      await rowsOf(db, "select to_regclass('shop.raw_orders') is null, to_regclass('shop.raw_spare') is null"),
    ).toEqual([['f', 't']]);
    const second = await buildTestRun(db, [reads], { root, sources });
    expect(second.builds['orders']?.error).toBeNull();
    expect(await rowsOf(db, 'select id from shop.orders union all select id from shop.raw_orders')).toEqual([
      ['1'],
      ['1'],
    ]);
  });

  test.each([
    ['ragged', 'id,name\n1,a\n2\n', {}],
    ['empty', '', {}],
    ['twice', 'id,id\n1,2\n', {}],
    ['nameless', 'id,\n1,2\n', {}],
    ['unfit', 'id\nabc\n', { column_types: { id: 'integer' } }],
    ['unknown', 'id\n1\n', { column_types: { nope: 'integer' } }],
    ['quote', 'id\n"1\n', {}],
  ])('that is wrong is told by file and line, without its values: %s', async (name, csv, options) => {
    await expect(seed(`wrong_${name}`, csv, options)).rejects.toThrowErrorMatchingSnapshot();
  });
});

test('a source that is a seed of the project is read where the run builds it: new rows show at once, and nothing changed is a NO-OP', async () => {
  const raw = {
    ...declareTable({ name: 'raw_orders' }),
    source: 'raw',
    external: { schema: 'shop', identifier: 'raw_orders' },
  };
  const view = {
    name: 'stg_orders',
    layer: 'staging' as const,
    template: "select * from {{ source('raw', 'raw_orders') }}",
  };
  const mart = { name: 'totals', template: "select count(*) as n from {{ ref('stg_orders') }}" };
  const build = async (csv: string, request: Partial<BuildRequest> = {}): Promise<TestBuild> => {
    await writeFile(join(root, 'raw_orders.csv'), csv);
    const orders = { name: 'raw_orders', resource: 'seed' as const, file: 'raw_orders.csv', template: csv };
    // The seed stands last: what reads it does not refer to it.
    return buildTestRun(db, [view, mart, orders], { root, sources: [raw], request });
  };
  expect((await build('id\n1\n')).decision).toBe('published');
  expect((await build('id\n1\n')).plan.isNothing).toBe(true);
  await build('id\n1\n2\n');
  expect(await rowsOf(db, 'select n from shop.totals')).toEqual([['2']]);
  expect(await rowsOf(db, 'select count(*) from shop_staging.stg_orders')).toEqual([['2']]);
  await build('id\n1\n2\n3\n', { models: ['raw_orders'] });
  expect(await rowsOf(db, 'select count(*) from shop_staging.stg_orders')).toEqual([['3']]);
  expect(await rowsOf(db, 'select n from shop.totals')).toEqual([['2']]);
});
