import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { landTable } from './read-postgres.ts';

/** What a query would leave that may start programs. */
const TOUCHED = join(tmpdir(), 'tickmark-was-here');

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.source.query(
    `create table public.victims as select n as id, 'row ' || n as note from generate_series(1, 5) as n;
     create sequence public.counter;
     create function public.writes() returns int language plpgsql volatile as
       $$ begin insert into public.victims values (99, 'written'); return 1; end $$;
     create function public.unlocks() returns int language plpgsql volatile as
       $$ begin perform set_config('transaction_read_only', 'off', true); insert into public.victims values (99); return 1; end $$;
     create view public.writing as select public.writes() as n;
     create view public.unlocking as select public.unlocks() as n;
     create view public.counting as select nextval('public.counter') as n`,
  );
});
afterAll(() => db.stop());

/** Everything that a read could have changed, as text. */
async function everything(): Promise<string> {
  const { rows } = await db.source.query<{ all: string }>(
    `select (select string_agg(v::text || v.xmin::text || v.ctid::text, ';' order by v.ctid) from public.victims as v)
         || (select string_agg(c.relname || c.relfilenode::text, ';' order by c.oid) from pg_class as c where c.relnamespace = 'public'::regnamespace)
         || (select last_value::text || is_called::text from public.counter) as all`,
  );
  return rows[0]?.all ?? '';
}

/** As a superuser: nothing but the connector itself keeps it from writing. */
const query = (text: string) => landTable(db, { name: 'asked', query: text }, { seconds: 2 });

test('a query is read like a table, with the types of its columns', async () => {
  const { read, rows, figures } = await landTable(db, {
    name: 'asked',
    query: `select id, note, id * 1.5 as "Höhe", (id, note)::text::varchar(9) as pair, now() > '2020-01-01' as late
            from public.victims where note <> ')' -- the last ;`,
    control_totals: ['Höhe'],
  });
  expect(read.columns).toEqual([
    { name: 'id', type: 'integer' },
    { name: 'note', type: 'text' },
    { name: 'Höhe', type: 'numeric' },
    { name: 'pair', type: 'character varying(9)' },
    { name: 'late', type: 'boolean' },
  ]);
  expect(rows).toHaveLength(5);
  expect(rows[1]).toEqual(['2', 'row 2', '3.0', '(2,"row 2', 'true']);
  expect(figures).toMatchObject({ rows: 5n, totals: [{ column: 'Höhe', sum: '22.5' }] });
});

test.each([
  'select id from public.victims;',
  'table public.victims',
  'values (1), (2)',
  'with v as (select * from public.victims) select id from v order by id',
  'select 1 as a union all select 2',
  '/* why */ select $$;$$ as a -- and where',
])('one SELECT may be written in many ways: %s', async (text) => {
  expect((await query(text)).rows.length).toBeGreaterThan(0);
});

test('a window and a query go together', async () => {
  const options = { window: { column: 'id', from: '4' } };
  const { rows } = await landTable(db, { name: 'asked', query: 'select id, note from public.victims' }, options);
  expect(rows.map(([id]) => id)).toEqual(['4', '5']);
});

test.each([
  ['select 1; drop table public.victims', '42601'],
  ['select 1) as q; drop table public.victims; --', '42601'],
  ['select 1) as q; commit; delete from public.victims; select * from (select 1', '42601'],
  [`select 1) to program 'touch ${TOUCHED}' --`, '42601'],
  [`select 1) as q) to program 'touch ${TOUCHED}'; copy (select * from (select 1`, '42601'],
  ['select 1 /* unended', '42601'],
  ['select 1 as a where $x$ = $x', '42601'],
  ['delete from public.victims', '42601'],
  ['delete from public.victims returning id', '42601'],
  ['with gone as (delete from public.victims returning id) select * from gone', '0A000'],
  [`with put as (insert into public.victims values (7, 'x') returning id) select * from put`, '0A000'],
  ['select * into public.copied from public.victims', '42601'],
  ['select id from public.victims for update', '25006'],
  [`copy public.victims to program 'cat'`, '42601'],
  [`do $$ begin delete from public.victims; end $$`, '42601'],
  ['truncate public.victims', '42601'],
  ['commit', '42601'],
  ['set transaction read write', '42601'],
  [`explain analyze delete from public.victims`, '42601'],
  ['call public.writes()', '42601'],
  [`select nextval('public.counter') as n`, '25006'],
  [`select setval('public.counter', 99) as n`, '25006'],
  ['select public.writes() as n', '25006'],
  ['select n from public.writing', '25006'],
  ['select public.unlocks() as n', '25001'],
  [`select set_config('transaction_read_only', 'off', false) as s`, '25001'],
  [`select lo_create(4711) as n`, '25006'],
  [`select query_to_xml('delete from public.victims returning 1', true, false, '')::text as x`, '0A000'],
  ['select $1::text as a', '08P01'],
  ['', '42601'],
  ['select from public.victims', 'columns'],
  ['select 1 as a, 2 as a', 'same name'],
  ['select id from public.absent', '42P01'],
])('refused, and nothing is changed: %s', async (text, why) => {
  const before = await everything();
  const { message } = await catchError(() => query(text));
  expect(message).toContain(why);
  expect(message).toMatch(
    /^sql\/shop\/sources.yml:3: [^]*\[(EXTRACT_QUERY_REFUSED|EXTRACT_TYPE_REFUSED)\]$|\[EXTRACT_FAILED\]$/,
  );
  expect(await everything()).toBe(before);
  expect(existsSync(TOUCHED)).toBe(false);
});

test.each([
  ['writing', '25006'],
  ['unlocking', '25001'],
  ['counting', '25006'],
])('a view is only read, whatever it tries: %s', async (name, state) => {
  const before = await everything();
  const { message } = await catchError(() => landTable(db, { name }));
  expect(message).toMatch(new RegExp(`^connection erp: .*SQLSTATE ${state}.* \\[EXTRACT_FAILED\\]$`));
  expect(await everything()).toBe(before);
});

test('the control: the same view writes for a session that may', async () => {
  const before = await everything();
  await db.source.query('select * from public.unlocking');
  expect(await everything()).not.toBe(before);
});

test('a query that sleeps past its time limit ends', async () => {
  const { message } = await catchError(() => query('select pg_sleep(60)::text as s'));
  expect(message).toContain('SQLSTATE 57014');
});

test('what a query says of a row is not told', async () => {
  const { message } = await catchError(() => query(`select ('canary' || id)::int as n from public.victims`));
  expect(message).toBe("connection erp: a value is not of its column's type (SQLSTATE 22P02) [EXTRACT_FAILED]");
});
