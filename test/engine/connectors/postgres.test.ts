import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RejectedRow } from '../../../engine/connectors/connector.ts';
import { identifier } from '../../../engine/sql-text.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { landTable, openPostgres, withPostgres } from './read-postgres.ts';
import { readTable } from './read-table.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

const message = async (work: () => unknown): Promise<string> => (await catchError(work)).message;

test('a table comes with what the source says of it', async () => {
  await db.source.query(
    `create table public.invoices (id int, amount numeric(12,2), note text);
     insert into public.invoices values (1, 10.50, 'a'), (2, null, null), (3, -0.25, '')`,
  );
  const { read, rows, figures } = await landTable(db, { name: 'invoices', control_totals: ['amount', 'id'] });
  expect(read.columns).toEqual([
    { name: 'id', type: 'integer' },
    { name: 'amount', type: 'numeric(12,2)' },
    { name: 'note', type: 'text' },
  ]);
  expect(read.query).toBe('copy "public"."invoices" ("id", "amount", "note") to stdout (format binary)');
  expect(read.bindings).toEqual({});
  expect(read.snapshotId).toMatch(/^\d+:\d+:/);
  expect(read.system).toMatchObject({
    type: 'postgres',
    role: 'postgres',
    server: 'primary',
    cluster: expect.stringMatching(/^\d{15,}$/) as string,
    snapshot: 'imported by each session',
  });
  expect(rows).toEqual([
    ['1', '10.50', 'a'],
    ['2', null, null],
    ['3', '-0.25', ''],
  ]);
  expect(figures).toEqual({
    rows: 3n,
    totals: [
      { column: 'amount', sum: '10.25' },
      { column: 'id', sum: '6' },
    ],
    whole: null,
    cursor: null,
    drift: { added: [], missing: [], discarded: [] },
  });
});

test('an empty table lands as no rows, and a table without columns is refused', async () => {
  await db.source.query('create table public.empty (amount numeric); create table public.bare ()');
  const { rows, figures } = await landTable(db, { name: 'empty', control_totals: ['amount'] });
  expect(rows).toEqual([]);
  expect(figures).toMatchObject({ rows: 0n, totals: [{ column: 'amount', sum: null }] });
  expect(await message(() => landTable(db, { name: 'bare' }))).toBe(
    'sql/shop/sources.yml:3: public.bare has no columns [EXTRACT_TYPE_REFUSED]',
  );
});

test('whatever can be read is read: views, partitions, generated columns, inheritance, foreign tables', async () => {
  await db.source.query(
    `create table public.parted (id int, region text, twice int generated always as (id * 2) stored) partition by list (region);
     create table public.parted_n partition of public.parted for values in ('n');
     create table public.parted_s partition of public.parted for values in ('s');
     insert into public.parted values (1, 'n'), (2, 's');
     create view public.seen as select * from public.parted;
     create materialized view public.kept as select * from public.parted;
     create table public.parent (id int); create table public.child () inherits (public.parent);
     insert into public.parent values (1); insert into public.child values (2);
     create extension file_fdw; create server files foreign data wrapper file_fdw;
     create foreign table public.far (id int) server files options (program 'echo 7', format 'csv')`,
  );
  const both = [
    ['1', 'n', '2'],
    ['2', 's', '4'],
  ];
  for (const name of ['parted', 'seen', 'kept']) expect((await landTable(db, { name })).rows).toEqual(both);
  expect((await landTable(db, { name: 'parent' })).rows).toEqual([['1'], ['2']]);
  expect((await landTable(db, { name: 'far' })).rows).toEqual([['7']]);
  await db.source.query('create sequence public.numbers');
  expect(await message(() => landTable(db, { name: 'numbers' }))).toContain('no table public.numbers');
});

test('1,600 columns, the most that Postgres has, with names that need quotes, land', async () => {
  const names = Array.from({ length: 1_600 }, (_, at) => `Spalte "${at}" ü'; --`);
  await db.source.query(`create table public.wide (${names.map((name) => `${identifier(name)} boolean`).join(', ')})`);
  await db.source.query(`insert into public.wide (${identifier(names[1_599] as string)}) values (true)`);
  const { read, rows } = await landTable(db, { name: 'wide' });
  expect(read.columns.map(({ name }) => name)).toEqual(names);
  expect(rows).toEqual([[...Array<null>(1_599).fill(null), 'true']]);
});

test('names that need quotes are quoted', async () => {
  await db.source.query(
    `create schema "Odd ""Schema"""; create table "Odd ""Schema"""."Sel;ect" ("Grüße" int, "a""b" text, "  " int);
     insert into "Odd ""Schema"""."Sel;ect" values (1, 'x', 7)`,
  );
  const table = { name: 'odd', schema: 'Odd "Schema"', identifier: 'Sel;ect', key: ['a"b'], control_totals: ['Grüße'] };
  const { rows, figures } = await landTable(db, table);
  expect(rows).toEqual([['1', 'x', '7']]);
  expect(figures.totals).toEqual([{ column: 'Grüße', sum: '1' }]);
});

test('a table or a column that is missing is named where it is declared', async () => {
  await withPostgres(db, async (open) => {
    expect(await message(() => readTable(open, { name: 'absent' }))).toBe(
      'sql/shop/sources.yml:3: connection erp has no table public.absent [EXTRACT_SOURCE_MISSING]',
    );
    const table = { name: 'invoices', key: ['id', 'nr'], control_totals: ['total'] };
    expect(await message(() => readTable(open, table))).toBe(
      'sql/shop/sources.yml:3: public.invoices has no column nr, total [EXTRACT_COLUMN_MISSING]',
    );
    // What failed for one table is not the end of the others.
    expect((await readTable(open, { name: 'invoices' })).columns).toHaveLength(3);
  });
});

test('a source that is down, or that refuses the password, is told of without its URL', async () => {
  const at = (url: string) => message(() => openPostgres(db, { url }));
  expect(await at('postgres://u:canary@127.0.0.1:1/x')).toBe('connection erp: ECONNREFUSED [SOURCE_UNREACHABLE]');
  const wrong = db.sourceUrl.replace(/:\/\/([^:]+):[^@]+@/, '://$1:canary@');
  expect(await at(wrong)).toMatch(/^connection erp: the password was refused \(SQLSTATE 28P01\) \[\w+\]$/);
});

test('what a URL sets does not change how values are printed', async () => {
  await db.source.query(
    `create type public.dated as (at timestamptz); create table public.printed (at timestamptz, dated public.dated);
     insert into public.printed values ('2026-03-01 12:00+00', row('2026-03-01 12:00+00'))`,
  );
  const url = `${db.sourceUrl}?options=${encodeURIComponent('-c timezone=Asia/Tokyo -c datestyle=SQL -c extra_float_digits=-5')}`;
  const { rows } = await landTable(db, { name: 'printed' }, { url });
  // The second is a text that the source printed.
  expect(rows).toEqual([['2026-03-01 12:00:00+00', '("2026-03-01 12:00:00+00")']]);
});

test('a control total is the same whatever the order of the rows, also over floats', async () => {
  await db.source.query(
    `create table public.floats as
     select n, case n % 3 when 0 then 0.1 when 1 then 1e15 else -1e15 end::double precision as amount
     from generate_series(1, 3000) as n`,
  );
  const { figures } = await landTable(db, { name: 'floats', control_totals: ['amount'] });
  expect(figures.totals).toEqual([{ column: 'amount', sum: '100.0' }]);
});

test('a control total is exact beyond any machine number', async () => {
  await db.source.query(
    `create table public.sums as select 9223372036854775807::bigint as large, 'NaN'::numeric as odd, '1e-20'::numeric as small
     from generate_series(1, 3)`,
  );
  const { figures } = await landTable(db, { name: 'sums', control_totals: ['large', 'odd', 'small'] });
  expect(figures.totals.map(({ sum }) => sum)).toEqual(['27670116110564327421', 'NaN', '0.00000000000000000003']);
});

test.each([
  ['text', "'canary'"],
  ['money', "'$1.00'"],
  ['date', "'2026-01-01'"],
  ['numeric[]', "'{1}'"],
])('a control total over %s is refused where it is declared, without a value', async (type, value) => {
  const name = `no_number_${type.slice(0, 4)}`;
  await db.source.query(`create table public.${name} as select ${value}::${type} as amount from generate_series(1, 5)`);
  expect(await message(() => landTable(db, { name, control_totals: ['amount'] }))).toBe(
    `sql/shop/sources.yml:3: public.${name}: not every value of amount is a number [EXTRACT_NOT_A_NUMBER]`,
  );
});

test('row level security that hides rows is told in the evidence', async () => {
  await db.source.query(
    `create table public.guarded as select n as id from generate_series(1, 4) as n;
     alter table public.guarded enable row level security;
     create policy odd on public.guarded using (id % 2 = 1);
     create role "reader_${process.pid}" login password 'x'; grant select on public.guarded to "reader_${process.pid}"`,
  );
  try {
    const url = db.sourceUrl.replace(/:\/\/[^@]+@/, `://reader_${process.pid}:x@`);
    const { read, rows, figures } = await landTable(db, { name: 'guarded' }, { url });
    expect(rows).toEqual([['1'], ['3']]);
    expect(figures.rows).toBe(2n);
    expect(read.system['row_security']).toBe('on: only rows that this role may see');
    // The control: its owner sees all, and nothing is told.
    const owned = await landTable(db, { name: 'guarded' });
    expect(owned.rows).toHaveLength(4);
    expect(owned.read.system).not.toHaveProperty('row_security');
  } finally {
    await db.source.query(`drop owned by "reader_${process.pid}"; drop role "reader_${process.pid}"`);
  }
});

test('what changed in the source since the last pull is read as the policy says', async () => {
  await db.source.query(
    `create table public.drifting (note text, fresh jsonb, id int);
     insert into public.drifting values ('a', null, 1), ('b', '{"n": 1.10}', 2), ('c', null, 3)`,
  );
  const standing = [
    { name: 'id', type: 'integer' },
    { name: 'gone', type: 'numeric(5,2)' },
    { name: 'note', type: 'text' },
  ];
  const table = { name: 'drifting', control_totals: ['id'] };
  expect(await message(() => landTable(db, table, { standing }))).toContain(
    '(new: fresh; gone: gone) [LAND_SCHEMA_CHANGED]',
  );
  const evolved = await landTable(db, { ...table, schema_drift: 'evolve' }, { standing });
  expect(evolved.read.columns).toEqual([...standing, { name: 'fresh', type: 'jsonb' }]);
  expect(evolved.rows[1]).toEqual(['2', null, 'b', '{"n": 1.10}']);
  expect(evolved.figures.drift).toEqual({ added: ['fresh'], missing: ['gone'], discarded: [] });

  const without = await landTable(db, { ...table, schema_drift: 'discard_value' }, { standing });
  expect(without.rows).toEqual([
    ['1', null, 'a'],
    ['2', null, 'b'],
    ['3', null, 'c'],
  ]);

  const rejected: RejectedRow[] = [];
  const fewer = await landTable(db, { ...table, schema_drift: 'discard_row' }, { standing, rejected });
  expect(fewer.rows.map(([id]) => id)).toEqual(['1', '3']);
  expect(fewer.figures).toMatchObject({
    rows: 3n,
    totals: [{ column: 'id', sum: '4' }],
    drift: { added: ['fresh'], missing: ['gone'], discarded: ['fresh'] },
  });
  expect(rejected).toEqual([
    {
      at: 'public.drifting, row 1 of those kept aside',
      reason: 'a value in the new column fresh',
      row: '{"note":"b","fresh":{"n": 1.10},"id":2}',
    },
  ]);
});

test('a composite value of nulls is a value, and keeps its row aside', async () => {
  await db.source.query(
    `create type public.two as (a int, b int); create table public.pairs (id int, pair public.two, more int);
     insert into public.pairs values (1, row(null, null), null), (2, null, null)`,
  );
  const rejected: RejectedRow[] = [];
  const standing = [{ name: 'id', type: 'integer' }];
  const { rows, figures } = await landTable(db, { name: 'pairs', schema_drift: 'discard_row' }, { standing, rejected });
  expect(rows).toEqual([['2']]);
  expect(figures.rows).toBe(2n);
  expect(rejected).toMatchObject([{ reason: 'a value in the new column pair' }]);
});

test('personal data is not read when it is dropped, lands as text when it is masked, and is not kept aside', async () => {
  await db.source.query(
    `create table public.people (id int, ssn text, birth date, extra int);
     insert into public.people values (1, 'canary', '1970-01-02', 5)`,
  );
  const columns = [
    { name: 'ssn', pii: 'drop' as const, decimal: '.' as const },
    { name: 'birth', pii: 'hash' as const, decimal: '.' as const },
  ];
  const { read, rows } = await landTable(db, { name: 'people', columns });
  expect(read.query).toBe(
    'copy (select "id", "birth"::text, "extra" from "public"."people") to stdout (format binary)',
  );
  expect(read.columns).toEqual([
    { name: 'id', type: 'integer' },
    { name: 'birth', type: 'text' },
    { name: 'extra', type: 'integer' },
  ]);
  expect(rows).toEqual([['1', '1970-01-02', '5']]);
  const rejected: RejectedRow[] = [];
  const standing = read.columns.slice(0, 2);
  await landTable(db, { name: 'people', columns, schema_drift: 'discard_row' }, { standing, rejected });
  expect(rejected.map(({ row }) => row)).toEqual(['{"id":1,"extra":5}']);
});
