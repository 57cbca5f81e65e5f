import { afterAll, beforeAll, expect, test } from 'vitest';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { landTable } from './read-postgres.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.source.query(
    `create table public.events (id int, at timestamptz, amount numeric);
     insert into public.events
     select n, case n % 10 when 0 then null else '2026-01-01 00:00+00'::timestamptz + n * interval '1 hour' end, n
     from generate_series(1, 100) as n`,
  );
});
afterAll(() => db.stop());

const table = { name: 'events', key: ['id'], control_totals: ['amount'] };
const ids = (rows: readonly (readonly (string | null)[])[]): number[] =>
  rows.map(([id]) => Number(id)).sort((a, b) => a - b);
const from = (first: number, last: number, keep: (n: number) => boolean): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at).filter(keep);

test('an incremental window has the rows above its bound, those without a value, and figures of the whole table', async () => {
  const window = { column: 'at', from: '2026-01-04 12:00:00+00' };
  const { read, rows, figures } = await landTable(db, table, { window });
  // 84 hours after the start.
  expect(ids(rows)).toEqual(from(1, 100, (n) => n >= 84 || n % 10 === 0));
  expect(read.query).toBe(
    `copy (select "id", "at", "amount" from "public"."events" where (("at" >= '2026-01-04 12:00:00+00'::timestamp with time zone ` +
      `and "at" <= '2026-01-05 03:00:00+00'::timestamp with time zone) or "at" is null ` +
      `or "at" in ('-infinity'::timestamp with time zone, 'infinity'::timestamp with time zone))) to stdout (format binary)`,
  );
  expect(read.bindings).toEqual({ from: '2026-01-04 12:00:00+00', to: '2026-01-05 03:00:00+00' });
  expect(figures).toMatchObject({
    rows: BigInt(rows.length),
    whole: { rows: 100n, totals: [{ column: 'amount', sum: '5050' }] },
    cursor: { upper: '2026-01-05 03:00:00+00', nullRows: 10n },
  });
  expect(figures.totals[0]?.sum).toBe(String(ids(rows).reduce((sum, id) => sum + id, 0)));
});

test('lag leaves the newest rows for the next pull, and the whole ends at the bound too', async () => {
  const window = { column: 'at', from: '2026-01-04 12:00:00+00', lag: '5 hours' };
  const { rows, figures } = await landTable(db, table, { window });
  expect(ids(rows)).toEqual(from(1, 100, (n) => (n >= 84 && n <= 94) || n % 10 === 0));
  expect(figures.cursor).toEqual({ upper: '2026-01-04 22:00:00+00', nullRows: 10n });
  expect(figures.whole?.rows).toBe(95n);
});

test('a range to pull again has no rows without a value, not its end, and no whole', async () => {
  const window = { column: 'at', from: '2026-01-01 05:00:00+00', to: '2026-01-01 12:00:00+00', toIncluded: false };
  const { rows, figures } = await landTable(db, table, { window });
  expect(ids(rows)).toEqual([5, 6, 7, 8, 9, 11]);
  expect(figures).toMatchObject({
    rows: 6n,
    totals: [{ column: 'amount', sum: '46' }],
    whole: null,
    cursor: { upper: '2026-01-01 12:00:00+00', nullRows: 0n },
  });
});

test.each([
  ['integer', ['-5', '3', '10'], '3', ['3', '10']],
  ['smallint', ['-32768', '32767'], '-32769', ['-32768', '32767']],
  ['numeric', ['1.5', '1.50001', '-7'], '1.50001', ['1.50001']],
  ['numeric(10,1)', ['1.5', '1.6'], '1.55', ['1.6']],
  ['date', ['2026-01-31', '2026-02-01', '0044-03-15 BC'], '2026-02-01', ['2026-02-01']],
  ['timestamp(0)', ['2026-01-01 00:00:01', '2026-01-01 00:00:02'], '2026-01-01 00:00:01.4', ['2026-01-01 00:00:02']],
  [
    'timestamp',
    ['2026-01-01 00:00:00.000001', '2026-01-01 00:00:00.000002'],
    '2026-01-01 00:00:00.000002',
    ['2026-01-01 00:00:00.000002'],
  ],
  // In the order of bytes, whatever the database's collation says.
  ['text', ['Z', 'a', 'ä', 'B'], 'Z', ['Z', 'a', 'ä']],
  ['varchar(3)', ['abc', 'abd'], 'abcd', ['abd']],
])('a cursor of type %s', async (type, values, bound, expected) => {
  await db.source.query(`drop table if exists public.typed; create table public.typed (c ${type})`);
  for (const value of values) await db.source.query('insert into public.typed values ($1)', [value]);
  const { rows } = await landTable(db, { name: 'typed' }, { window: { column: 'c', from: bound } });
  expect(new Set(rows.map(([value]) => value))).toEqual(new Set(expected));
});

test.each([
  ['timestamp', ["'infinity'", "'-infinity'"], "'2026-01-02'", '2026-01-02 00:00:00'],
  ['date', ["'infinity'", "'-infinity'"], "'2026-01-02'", '2026-01-02'],
  ['numeric', ["'NaN'", "'Infinity'", "'-Infinity'"], '7', '7'],
])(
  'values of %s that have no place are read every time, and no bound is made of them',
  async (type, odd, value, upper) => {
    await db.source.query(`drop table if exists public.odd; create table public.odd (c ${type})`);
    await db.source.query(
      `insert into public.odd values ${[...odd, value, 'null'].map((each) => `(${each})`).join(', ')}`,
    );
    const first = await landTable(db, { name: 'odd' }, { window: { column: 'c' } });
    expect(first.rows).toHaveLength(odd.length + 2);
    expect(first.figures).toMatchObject({
      rows: BigInt(odd.length + 2),
      whole: { rows: BigInt(odd.length + 2) },
      cursor: { upper, nullRows: BigInt(odd.length + 1) },
    });
    // A row above the bound is found although infinity is there before it.
    await db.source.query(
      type === 'numeric' ? 'insert into public.odd values (8)' : `insert into public.odd values ('2026-01-03')`,
    );
    const next = await landTable(db, { name: 'odd' }, { window: { column: 'c', from: upper } });
    expect(next.rows).toHaveLength(odd.length + 3);
    const range = { column: 'c', from: type === 'numeric' ? '0' : '2020-01-01', to: upper, toIncluded: false };
    expect((await landTable(db, { name: 'odd' }, { window: range })).rows).toEqual([]);
  },
);

test('a table without any placed value gives its unplaced rows and no bound', async () => {
  await db.source.query('create table public.unplaced as select null::int as c, n from generate_series(1, 3) as n');
  const { rows, figures } = await landTable(db, { name: 'unplaced' }, { window: { column: 'c', from: '5', lag: '1' } });
  expect(rows).toHaveLength(3);
  expect(figures).toMatchObject({ rows: 3n, whole: { rows: 3n }, cursor: { upper: null, nullRows: 3n } });
});

test('rows that are kept aside are counted with the window, and are not in its whole', async () => {
  await db.source.query(
    'create table public.mixed as select n as id, n as amount, nullif(n % 2, 0) as fresh from generate_series(1, 10) as n',
  );
  const standing = ['id', 'amount'].map((name) => ({ name, type: 'integer' }));
  const { rows, figures } = await landTable(
    db,
    { name: 'mixed', control_totals: ['amount'], schema_drift: 'discard_row' },
    { window: { column: 'id', from: '6' }, standing },
  );
  expect(ids(rows)).toEqual([6, 8, 10]);
  expect(figures).toMatchObject({
    rows: 5n,
    totals: [{ sum: '24' }],
    whole: { rows: 5n, totals: [{ sum: '30' }] },
  });
});

test.each(['boolean', 'double precision', 'interval', 'char(3)', 'jsonb', 'uuid', 'timetz'])(
  'a cursor of type %s is refused',
  async (type) => {
    await db.source.query(`drop table if exists public.typed; create table public.typed (c ${type})`);
    const { message } = await catchError(() => landTable(db, { name: 'typed' }, { window: { column: 'c' } }));
    expect(message).toMatch(/^a cursor over c, which is .* \[EXTRACT_CURSOR_REFUSED\]$/);
  },
);

test.each(['canary', 'infinity', "1'; drop table public.events; --"])('the bound %j is refused', async (bound) => {
  const { message } = await catchError(() => landTable(db, table, { window: { column: 'at', from: bound } }));
  expect(message).toMatch(/\[EXTRACT_CURSOR_REFUSED\]$/);
  expect(message).not.toContain('canary');
});

test('a bound of text cannot become SQL', async () => {
  await db.source.query(`create table public.texts as select 'x' || n as c from generate_series(1, 3) as n`);
  const bound = `' or true; drop table public.texts; -- \\`;
  const { rows, read } = await landTable(db, { name: 'texts' }, { window: { column: 'c', from: bound, to: 'x2' } });
  expect(rows).toEqual([['x1'], ['x2']]);
  expect(read.bindings).toEqual({ from: bound, to: 'x2' });
});
