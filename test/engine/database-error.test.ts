import { afterAll, beforeAll, expect, test } from 'vitest';
import { catchError } from '../setup/catch-error.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.warehouse.execute(
    `create table public.t (id int primary key, name text not null, code varchar(3), n numeric(4, 1) check (n < 50),
       parent int references public.t, day date)`,
  );
  await db.warehouse.execute(`insert into public.t values (4711, 'canary', 'abc', 1, null, '2026-01-01')`);
  await db.warehouse.execute(
    `create function public.complains() returns int language plpgsql as $$ begin raise exception 'canary'; end $$`,
  );
});
afterAll(() => db.stop());

const at = (sql: string) => catchError(() => db.warehouse.execute(sql));

/** Each quotes `canary` or 4711 in the database's own words. */
test.each([
  ['22P02', 'select name::int from public.t'],
  ['22P02', 'select name::numeric from public.t'],
  ['22P02', `select ('{' || name || '}')::jsonb from public.t`],
  ['22007', 'select name::date from public.t'],
  ['22008', `select (id || '-02-31')::date from public.t`],
  ['23505', `insert into public.t values (4711, 'x')`],
  ['23502', 'update public.t set name = null'],
  ['23503', 'update public.t set parent = 4712'],
  ['23514', 'update public.t set n = 99'],
  ['P0001', 'select public.complains()'],
  ['42601', 'select to_tsquery(name || chr(32) || name) from public.t'],
  ['42P01', 'select name::regclass from public.t'],
  ['42704', 'select name::regtype from public.t'],
  ['42883', 'select name::regproc from public.t'],
])('a fault with SQLSTATE %s tells no row value: %s', async (sqlState, sql) => {
  // The control: the database itself tells.
  const own: Error & { code?: string; detail?: string } = await catchError(() => db.intruder.query(sql));
  expect(own.code).toBe(sqlState);
  expect(`${own.message} ${own.detail ?? ''}`).toMatch(/canary|471\d/);
  const error = await at(sql);
  expect(error.message).toContain(`SQLSTATE ${sqlState}`);
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(/canary|471\d/);
});

test('a fault in the SQL itself names what is wrong', async () => {
  expect((await at('select nme from public.t')).message).toBe(
    'the warehouse refused a statement: column "nme" does not exist (SQLSTATE 42703) [WAREHOUSE_FAILED]',
  );
  expect((await at('select * from public.absent')).message).toContain('relation "public.absent" does not exist');
  expect((await at('selct 1')).message).toContain('syntax error at or near "selct"');
  expect((await at('drop role postgres')).message).toContain('permission denied');
});

test('a lock that is not free in time may be tried again, a refused value may not', async () => {
  await db.intruder.query('begin; lock table public.t');
  const busy = await catchError(() =>
    db.warehouse.transaction(async (session) => {
      await session.execute(`set local lock_timeout = '50ms'`);
      await session.execute('select 1 from public.t');
    }),
  );
  await db.intruder.query('rollback');
  expect(busy).toMatchObject({ code: 'WAREHOUSE_BUSY', retryable: true });
  expect(await at('select name::int from public.t')).toMatchObject({ code: 'WAREHOUSE_FAILED', retryable: false });
});
