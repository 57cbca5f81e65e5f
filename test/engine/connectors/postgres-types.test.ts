import { afterAll, beforeAll, expect, test } from 'vitest';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { landTable } from './read-postgres.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

/** Values at the edge of every type; `as` is what the column lands as when not as itself. */
const CASES: readonly { readonly type: string; readonly as?: string; readonly values: readonly string[] }[] = [
  {
    type: 'numeric',
    values: [
      "'NaN'",
      "'Infinity'",
      "'-Infinity'",
      '1.10',
      '1.100',
      '-0.00',
      `-${'9'.repeat(60)}.${'9'.repeat(30)}`,
      '1e-40',
      '1e1000',
      "'0.00000000000000000000'",
    ],
  },
  { type: 'numeric(60,20)', values: ["'NaN'", '123456789012345678901234567890.12345678901234567890'] },
  { type: 'numeric(5,-2)', values: ['12345'] },
  { type: 'numeric(3,5)', values: ['0.00123'] },
  { type: 'smallint', values: ['-32768', '32767'] },
  { type: 'integer', values: ['-2147483648', '2147483647'] },
  { type: 'bigint', values: ['9223372036854775807', '-9223372036854775808', '9007199254740993'] },
  { type: 'real', values: ['16777217', "'NaN'", "'-0'", '1e-45', '3.4028235e38', "'-Infinity'", '0.1'] },
  {
    type: 'double precision',
    values: ['0.1', "'Infinity'", "'-0'", '5e-324', '1.7976931348623157e308', '123456789.123456789', "'NaN'"],
  },
  { type: 'boolean', values: ['true', 'false'] },
  { type: 'date', values: ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'5874897-12-31'", "'4713-01-01 BC'"] },
  {
    type: 'timestamp without time zone',
    values: [
      "'2026-01-02 03:04:05.678901'",
      "'294276-12-31 23:59:59.999999'",
      "'infinity'",
      "'-infinity'",
      "'0001-01-01 BC'",
      "'4713-01-01 00:00:00.000001 BC'",
    ],
  },
  { type: 'timestamp(3) without time zone', values: ["'2026-01-02 03:04:05.678'"] },
  {
    type: 'timestamp with time zone',
    values: ["'2026-03-29 01:30:00.000001+02'", "'294276-12-31 23:59:59.999999+00'", "'-infinity'", "'infinity'"],
  },
  { type: 'time without time zone', values: ["'24:00:00'", "'23:59:59.999999'", "'00:00'"] },
  { type: 'time(2) without time zone', values: ["'01:02:03.45'"] },
  { type: 'time with time zone', values: ["'03:04:05.123456-15:59:59'", "'24:00:00+15:59'"] },
  {
    type: 'interval',
    values: [
      "'1 year 2 mons -3 days 04:05:06.789'",
      "'-178000000 years'",
      "'1 us'",
      "'-1 mon +1 day -00:00:00.000001'",
      "'2147483647 days'",
      "'infinity'",
      "'-infinity'",
    ],
  },
  { type: 'interval day to second(3)', as: 'text', values: ["'3 days 04:05:06.789'"] },
  {
    type: 'bytea',
    values: [`'\\x${Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('hex')}'`, "''"],
  },
  { type: 'uuid', values: ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"] },
  { type: 'json', values: [`'{"a" : 1,  "a": 12345678901234567890.123, "b":1e400, "n":"\\u0000"}'`] },
  { type: 'jsonb', values: [`'{"n": 12345678901234567890.1230, "t": "\\u00e9\\t", "e": 1e400}'`, "'null'", "'[]'"] },
  {
    type: 'text',
    values: [
      "E'tab\\t nl\\n cr\\r bs\\\\'",
      "'\\N'",
      "'\\.'",
      "''",
      "'  blanks '",
      "'é😀👨‍👩‍👧'",
      "E'a\\u0301'",
      "'NULL'",
      "E'\\u0001\\u007f\\uffff'",
      "repeat('x', 300000)",
    ],
  },
  { type: 'character(6)', values: ["'ab'", "''", "'abcdef'", "'é😀'"] },
  { type: 'bpchar', values: ["'ab  '", "'  '"] },
  { type: 'character varying(5)', values: ["'ab  '", "'😀😀😀😀😀'"] },
  { type: 'character varying', values: ["'any'"] },
  { type: '"char"', as: 'text', values: ["'x'"] },
  { type: 'name', as: 'text', values: ["'a name'"] },
  {
    type: 'integer[]',
    values: ["'{}'", "'{1,NULL,3}'", "'[2:3]={1,2}'", "'{{1,2},{3,4}}'", "'[0:1][-1:0]={{1,2},{3,4}}'"],
  },
  { type: 'text[]', values: [`'{"a,b","NULL",NULL,"\\"q\\"",""," \\\\ "}'`, `'{{"{","}"},{"\\n",NULL}}'`] },
  { type: 'numeric(5,2)[]', values: ["'{1.10,NaN}'"] },
  { type: 'timestamp with time zone[]', values: ["'{infinity,2026-01-01 00:00:00.000001+00}'"] },
  { type: 'bytea[]', values: [`'{"\\\\x00ff",NULL}'`] },
  { type: 'character(3)[]', values: ["'{a,NULL}'"] },
  { type: 'public.mood', as: 'text', values: ["'glad'", `'so "so", \\'`] },
  { type: 'public.mood[]', as: 'text', values: ["'{glad,NULL}'"] },
  { type: 'public.cents', as: 'text', values: ['1.5'] },
  { type: 'public.code', as: 'text', values: ["'ab'", "''"] },
  { type: 'public.pair', as: 'text', values: [`'(1,"a,b")'`, "'(,)'"] },
  { type: 'public.pairs', as: 'text', values: [`'(1,"a,b")'`, "'(,)'"] },
  { type: 'money', as: 'text', values: ["'$1,234.50'", "'-92233720368547758.08'"] },
  { type: 'inet', values: ["'192.168.0.1/24'", "'::1'", "'2001:db8::ff00:42:8329/64'"] },
  { type: 'cidr', values: ["'10.0.0.0/8'", "'2001:db8::/32'"] },
  { type: 'macaddr', values: ["'08:00:2b:01:02:03'"] },
  { type: 'macaddr8', as: 'text', values: ["'08:00:2b:01:02:03:04:05'"] },
  { type: 'bit(3)', values: ["B'101'"] },
  { type: 'bit varying(9)', values: ["B'10101'", "B''"] },
  { type: 'bit varying', values: [`B'${'10'.repeat(100)}1'`] },
  { type: 'xml', as: 'text', values: ['\'<a b="1">x</a>\''] },
  { type: 'point', as: 'text', values: ["'(1.5,-0)'"] },
  { type: 'polygon', as: 'text', values: ["'((0,0),(1e-300,1),(1,0))'"] },
  { type: 'int4range', as: 'text', values: ["'[1,10)'", "'empty'"] },
  { type: 'nummultirange', as: 'text', values: ["'{[1.10,2),(5,)}'"] },
  { type: 'tsvector', as: 'text', values: ["'a:1A b'"] },
  { type: 'tsquery', as: 'text', values: ["'a & !b'"] },
  { type: 'oid', as: 'text', values: ['4294967295'] },
  { type: 'regclass', as: 'text', values: ["'pg_catalog.pg_class'"] },
  { type: 'pg_lsn', as: 'text', values: ["'16/B374D848'"] },
  { type: 'jsonpath', as: 'text', values: ["'$.a[*] ? (@ > 1)'"] },
  { type: 'hstore', as: 'text', values: [`'a=>1, b=>NULL'`] },
  { type: 'citext', as: 'text', values: ["'Grüße'"] },
];

test('every value of every type lands as the text that the source prints', async () => {
  await db.source.query(
    `create type public.mood as enum ('glad', 'so "so", \\'); create domain public.cents as numeric(12, 2);
     create type public.pair as (a int, b text); create domain public.code as char(6);
     create domain public.pairs as public.pair; create extension hstore; create extension citext`,
  );
  const columns = CASES.map(({ type }, at) => `c${at} ${type}`);
  await db.source.query(`create table public.torture (row_no int, ${columns.join(', ')})`);
  const deepest = Math.max(...CASES.map(({ values }) => values.length));
  // The last row is null throughout.
  for (let row = 0; row <= deepest; row += 1) {
    const values = CASES.map(({ values: written }) => written[row] ?? 'null');
    await db.source.query(`insert into public.torture values (${row}, ${values.join(', ')})`);
  }
  const { read, rows, figures } = await landTable(db, { name: 'torture' });
  expect(figures.rows).toBe(BigInt(deepest + 1));
  expect(read.columns.slice(1).map(({ type }) => type)).toEqual(CASES.map(({ type, as }) => as ?? type));

  const printed = CASES.map((_, at) => `c${at}::text`);
  // A cast takes the blanks off; the landed column's was taken off as well, so that both are printed without a cast too.
  const asIs = CASES.map((_, at) => `format('%s', c${at})`);
  const given = await db.source.query({
    text: `select row_no::text, ${printed.join(', ')} from public.torture as t order by t.row_no`,
    rowMode: 'array',
  });
  const whole = (
    await db.source.query({
      text: `select ${asIs.join(', ')} from public.torture as t order by t.row_no`,
      rowMode: 'array',
    })
  ).rows as string[][];
  const landed = (
    await db.intruder.query({ text: `select ${asIs.join(', ')} from landed_read order by row_no`, rowMode: 'array' })
  ).rows as string[][];
  let compared = 0;
  for (const [row, values] of (given.rows as string[][]).entries()) {
    for (const [at, { type, as }] of CASES.entries()) {
      const isDomain = type === 'public.code';
      if (!isDomain) expect([type, rows[row]?.[at + 1]]).toEqual([type, values[at + 1]]);
      if (as === undefined || isDomain) expect([type, landed[row]?.[at]]).toEqual([type, whole[row]?.[at]]);
      if (values[at + 1] !== null) compared += 1;
    }
  }
  expect(compared).toBe(CASES.reduce((sum, { values }) => sum + values.length, 0));
  expect(compared).toBeGreaterThan(140);
});

test('the control: a changed value is seen', async () => {
  await db.source.query(`create table public.changed as select 1.10::numeric as n`);
  const { rows } = await landTable(db, { name: 'changed' });
  await db.source.query('update public.changed set n = 1.1');
  expect(rows).not.toEqual(
    (await db.source.query({ text: 'select n::text from public.changed', rowMode: 'array' })).rows,
  );
});

test('a source with another encoding lands as the same characters', async () => {
  const { rows: names } = await db.source.query<{ name: string }>(`select current_database() as name`);
  const latin = `${names[0]?.name}_latin`;
  await db.source.query(`create database ${latin} encoding 'LATIN1' locale 'C' template template0`);
  const url = db.sourceUrl.replace(/[^/]+$/, latin);
  const other = new (await import('pg')).default.Client({ connectionString: url });
  await other.connect();
  await other.query(`create table public.words as select 'Grüße' as word`);
  await other.end();
  try {
    expect((await landTable(db, { name: 'words' }, { url })).rows).toEqual([['Grüße']]);
  } finally {
    await db.source.query(`drop database ${latin} with (force)`);
  }
});

test('bytes that are no text in any encoding are refused, and the value is not told', async () => {
  const { rows: names } = await db.source.query<{ name: string }>(`select current_database() as name`);
  const ascii = `${names[0]?.name}_ascii`;
  await db.source.query(`create database ${ascii} encoding 'SQL_ASCII' locale 'C' template template0`);
  const url = db.sourceUrl.replace(/[^/]+$/, ascii);
  const other = new (await import('pg')).default.Client({
    connectionString: url,
    options: '-c client_encoding=SQL_ASCII',
  });
  await other.connect();
  await other.query(`create table public.words as select convert_from('\\xff63616e617279', 'SQL_ASCII') as word`);
  await other.end();
  try {
    const { message } = await catchError(() => landTable(db, { name: 'words' }, { url }));
    expect(message).not.toContain('canary');
    expect(message).toMatch(/encoding "UTF8"|not valid UTF-8/);
  } finally {
    await db.source.query(`drop database ${ascii} with (force)`);
  }
});
