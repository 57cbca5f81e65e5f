import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSource } from '../../../engine/connectors/open-source.ts';
import type { OpenSource } from '../../../engine/connectors/connector.ts';
import { copyRows } from '../../../engine/evidence/copy-rows.ts';
import { verify } from '../../../engine/verify/verify.ts';
import { catchError } from '../../setup/catch-error.ts';
import { declareTable, pullTables } from '../../setup/pull-tables.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

/** As a superuser: nothing but the connector itself keeps it from writing. */
async function withSource<T>(work: (open: OpenSource) => Promise<T>): Promise<T> {
  const open = await openSource({ type: 'postgres', url: db.sourceUrl }, { name: 'erp', root: '.' });
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

async function rowsOf(chunks: AsyncIterable<Buffer>): Promise<string[]> {
  const rows: string[] = [];
  for await (const batch of copyRows(chunks)) rows.push(...batch.map((row) => row.toString()));
  return rows;
}

const message = async (work: () => unknown): Promise<string> => (await catchError(work)).message;

test('count, totals and rows of all tables are of one moment while others write', async () => {
  await db.source.query(
    `create table public.accounts as select n as id, 100.00::numeric as amount from generate_series(1, 2000) as n;
     create table public.mirror as select * from public.accounts`,
  );
  const tables = ['accounts', 'mirror'].map((name) => declareTable({ name, control_totals: ['amount'] }));
  let writing = true;
  let writes = 0;
  const writer = (async () => {
    // Moves money from table to table and from row to row, and adds pairs of rows that cancel out.
    while (writing) {
      writes += 1;
      await db.source.query(
        `begin; update public.accounts set amount = amount - 7 where id > 0 and id % 50 = ${writes % 50};
         update public.mirror set amount = amount + 7 where id % 50 = ${writes % 50};
         insert into public.accounts values (-${writes}, 3), (-${writes}, -3); commit`,
      );
    }
  })();
  let moved = 0;
  try {
    for (let pull = 0; pull < 5; pull += 1) {
      await withSource(async (open) => {
        let sum = 0;
        for (const table of tables) {
          const read = await open.read(table);
          const before = writes;
          await wait(20);
          const rows = await rowsOf(read.rows);
          moved += writes - before;
          const total = rows.reduce((all, row) => all + Number(row.split('\t')[1]), 0);
          expect(BigInt(rows.length)).toBe(read.sourceRows);
          expect(total).toBe(Number(read.sourceTotals[0]?.sum));
          sum += total;
        }
        expect(sum).toBe(400_000);
      });
    }
  } finally {
    writing = false;
    await writer;
  }
  // The control: a writer that did nothing between count and rows would prove nothing.
  expect(moved).toBeGreaterThan(10);
});

test('a source is only ever read, whatever its views try', async () => {
  await db.source.query(
    `create table public.touched (n int);
     create sequence public.counter;
     create function public.writes() returns int language plpgsql volatile as
       $$ begin insert into public.touched values (1); return 1; end $$;
     create function public.unlocks() returns int language plpgsql volatile as
       $$ begin perform set_config('transaction_read_only', 'off', true); insert into public.touched values (1); return 1; end $$;
     create view public.writing as select public.writes() as n;
     create view public.unlocking as select public.unlocks() as n;
     create view public.counting as select nextval('public.counter') as n`,
  );
  for (const [name, state] of [
    ['writing', '25006'],
    ['unlocking', '25001'],
    ['counting', '25006'],
  ] as const) {
    const text = await message(() =>
      withSource(async (open) => rowsOf((await open.read(declareTable({ name }))).rows)),
    );
    expect(text).toMatch(new RegExp(`^connection erp: .*SQLSTATE ${state}.* \\[EXTRACT_FAILED\\]$`));
  }
  expect((await db.source.query('select * from public.touched')).rows).toEqual([]);
  // The control: the same view writes for a session that may.
  await db.source.query('select * from public.unlocking');
  expect((await db.source.query('select * from public.touched')).rows).toEqual([{ n: '1' }]);
});

test('a table or a column that is missing is named where it is declared', async () => {
  await withSource(async (open) => {
    expect(await message(() => open.read(declareTable({ name: 'absent' })))).toBe(
      'sql/shop/sources.yml:3: connection erp has no table public.absent [EXTRACT_SOURCE_MISSING]',
    );
    const table = declareTable({ name: 'accounts', key: ['id', 'nr'], control_totals: ['total'] });
    expect(await message(() => open.read(table))).toBe(
      'sql/shop/sources.yml:3: public.accounts has no column nr, total [EXTRACT_COLUMN_MISSING]',
    );
  });
});

test('a source that is down, or that refuses the password, is unreachable, and its URL is not told', async () => {
  const at = (url: string) => message(() => openSource({ type: 'postgres', url }, { name: 'erp', root: '.' }));
  expect(await at('postgres://u:canary@127.0.0.1:1/x')).toBe('connection erp: ECONNREFUSED [SOURCE_UNREACHABLE]');
  const wrong = db.url.replace(/:\/\/([^:]+):[^@]+@/, '://$1:canary@');
  expect(await at(wrong)).toMatch(/^connection erp: the password was refused \(SQLSTATE 28P01\) \[\w+\]$/);
});

test('a control total is the same whatever the order of the rows, also over floats', async () => {
  await db.source.query(
    `create table public.floats as
     select n, case n % 3 when 0 then 0.1 when 1 then 1e15 else -1e15 end::double precision as amount
     from generate_series(1, 3000) as n`,
  );
  const run = await db.beginRun();
  const tables = [declareTable({ name: 'floats', control_totals: ['amount'] })];
  await withSource((open) => pullTables({ run, open, tables }, db.warehouse));
  const [tieOut] = await verify({ run, source: 'erp', fullRefresh: false }, db);
  expect(tieOut?.lines.find(({ figure }) => figure === 'total of amount')).toMatchObject({
    source: '100.0',
    landed: '100.0',
  });
});

test.each([
  ['text', "'canary'"],
  ['money', "'$1.00'"],
  ['date', "'2026-01-01'"],
])('a control total over %s is refused where it is declared, without a value', async (type, value) => {
  await db.source.query(`create table public.no_number_${type} as select ${value}::${type} as amount`);
  const table = declareTable({ name: `no_number_${type}`, control_totals: ['amount'] });
  expect(await message(() => withSource((open) => open.read(table)))).toBe(
    `sql/shop/sources.yml:3: public.no_number_${type}: not every value of amount is a number [EXTRACT_NOT_A_NUMBER]`,
  );
});

test('values of every type land as the text that the source prints', async () => {
  await db.source.query(`create type public.mood as enum ('glad', 'sad'); create domain public.cents as numeric(12, 2);
    create type public.pair as (a int, b text); create domain public.code as char(6);
    create domain public.pairs as public.pair`);
  const cases: readonly (readonly [type: string, ...values: string[]])[] = [
    ['numeric', "'NaN'", "'Infinity'", "'-Infinity'", '1.10', '1.100', `-${'9'.repeat(60)}.${'9'.repeat(30)}`, '1e-40'],
    ['numeric(60,20)', "'NaN'", '123456789012345678901234567890.12345678901234567890'],
    ['numeric(5,-2)', '12345'],
    ['bigint', '9223372036854775807', '-9223372036854775808', '9007199254740993'],
    ['smallint', '-32768'],
    ['real', '16777217', "'NaN'", "'-0'", '1e-45', '3.4028235e38'],
    ['double precision', '0.1', "'Infinity'", "'-0'", '5e-324', '123456789.123456789'],
    ['boolean', 'true', 'false'],
    ['date', "'infinity'", "'-infinity'", "'0044-03-15 BC'", "'5874897-12-31'", "'4713-01-01 BC'"],
    ['timestamp', "'2026-01-02 03:04:05.678901'", "'294276-12-31 23:59:59.999999'", "'infinity'", "'0001-01-01 BC'"],
    ['timestamp(3)', "'2026-01-02 03:04:05.678'"],
    ['timestamptz', "'2026-03-29 01:30:00.000001+02'", "'294276-12-31 23:59:59.999999+00'", "'-infinity'"],
    ['time', "'24:00:00'", "'23:59:59.999999'"],
    ['timetz', "'03:04:05.123456-15:59:59'"],
    ['interval', "'1 year 2 mons -3 days 04:05:06.789'", "'-178000000 years'", "'1 us'"],
    ['interval day to second(3)', "'3 days 04:05:06.789'"],
    ['bytea', "'\\x00ff5c0a09'", "''"],
    ['uuid', "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
    ['json', `'{"a" : 1,  "a": 12345678901234567890.123, "b":1e400}'`],
    ['jsonb', `'{"n": 12345678901234567890.1230, "t": "\\u00e9\\t"}'`, "'null'"],
    ['text', "E'tab\\t nl\\n cr\\r bs\\\\'", "'\\N'", "'\\.'", "''", "'  blanks '", "'é😀'", "E'a\\u0301'", "'NULL'"],
    ['char(6)', "'ab'", "''", "'abcdef'"],
    ['bpchar', "'ab  '", "'  '"],
    ['varchar(5)', "'ab  '"],
    ['"char"', "'x'"],
    ['name', "'a name'"],
    ['int[]', "'{}'", "'{1,NULL,3}'", "'[2:3]={1,2}'", "'{{1,2},{3,4}}'"],
    ['text[]', `'{"a,b","NULL",NULL,"\\"q\\"",""," \\\\ "}'`],
    ['numeric(5,2)[]', "'{1.10,NaN}'"],
    ['public.mood', "'glad'", "'sad'"],
    ['public.mood[]', "'{glad,NULL}'"],
    ['public.cents', '1.5'],
    ['public.code', "'ab'", "''"],
    ['public.pairs', `'(1,"a,b")'`, "'(,)'"],
    ['public.pair', `'(1,"a,b")'`, "'(,)'"],
    ['money', "'$1,234.50'"],
    ['inet', "'192.168.0.1/24'", "'::1'"],
    ['cidr', "'10.0.0.0/8'"],
    ['macaddr', "'08:00:2b:01:02:03'"],
    ['bit(3)', "B'101'"],
    ['varbit(9)', "B'10101'"],
    ['xml', '\'<a b="1">x</a>\''],
    ['point', "'(1.5,-0)'"],
    ['int4range', "'[1,10)'"],
    ['tsvector', "'a:1A b'"],
    ['oid', '4294967295'],
    ['pg_lsn', "'16/B374D848'"],
  ];
  const columns = cases.map(([type], at) => `c${at} ${type}`);
  await db.source.query(`create table public.torture (row_no int, ${columns.join(', ')})`);
  const deepest = Math.max(...cases.map(([, ...values]) => values.length));
  // The last row is null throughout.
  for (let row = 0; row <= deepest; row += 1) {
    const values = cases.map(([, ...written]) => written[row] ?? 'null');
    await db.source.query(`insert into public.torture values (${row}, ${values.join(', ')})`);
  }
  const run = await db.beginRun();
  const table = declareTable({ name: 'torture', key: ['row_no'] });
  await withSource((open) => pullTables({ run, open, tables: [table] }, db.warehouse));
  const [tieOut] = await verify({ run, source: 'erp', fullRefresh: false }, db);
  expect(tieOut).toMatchObject({ tied: true, landedRows: String(deepest + 1) });

  const given = (await db.source.query('select * from public.torture order by row_no')).rows as Record<
    string,
    string
  >[];
  const landed = (await db.intruder.query('select * from raw_erp.torture order by row_no')).rows as typeof given;
  let compared = 0;
  for (const [row, written] of given.entries()) {
    for (const [at, [type]] of cases.entries()) {
      expect([type, landed[row]?.[`c${at}`]]).toEqual([type, written[`c${at}`]]);
      if (written[`c${at}`] !== null) compared += 1;
    }
  }
  expect(compared).toBe(cases.reduce((sum, [, ...values]) => sum + values.length, 0));
  expect(compared).toBeGreaterThan(90);
});

test("names that need quotes, and names that begin like the engine's own, land and land again", async () => {
  await db.source
    .query(`create schema "Odd ""Schema"""; create table "Odd ""Schema"""."Sel;ect" ("Grüße" int, "a""b" text, _id int);
    insert into "Odd ""Schema"""."Sel;ect" values (1, 'x', 7)`);
  const table = declareTable({ name: 'odd', schema: 'Odd "Schema"', identifier: 'Sel;ect', key: ['a"b'] });
  for (const added of ['1', '0']) {
    const run = await db.beginRun();
    await withSource((open) => pullTables({ run, open, tables: [table] }, db.warehouse));
    expect(await verify({ run, source: 'erp', fullRefresh: false }, db)).toMatchObject([{ addedRows: added }]);
  }
  expect(await db.warehouse.query('select "Grüße", "a""b", _id from raw_erp.odd')).toEqual([
    { Grüße: '1', 'a"b': 'x', _id: '7' },
  ]);
});
