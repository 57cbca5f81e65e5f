import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOTHING_SAID } from '../../../engine/project/load-models.ts';
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
