import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Connection } from '../../../engine/contracts/config.ts';
import type { ClosedPeriod } from '../../../engine/contracts/config.ts';
import type { Backfill, RunRef } from '../../../engine/contracts/run.ts';
import { verifyLanded } from '../../../engine/evidence/verify-landed.ts';
import { dropBeside } from '../../../engine/warehouse/drop-beside.ts';
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

const entries = declareTable({ name: 'entries', key: ['id'], control_totals: ['amount'] });
const users = declareTable({ name: 'users' });

beforeEach(async () => {
  await db.warehouse.execute('drop schema if exists raw_erp cascade');
  await db.source.query(
    `drop table if exists entries, users cascade;
     create table entries (id int, amount numeric(12, 2), note text);
     insert into entries values (1, 10, 'a'), (2, 20.5, 'b'), (3, 30, null);
     create table users (name text); insert into users values ('ann'), ('ben')`,
  );
});

async function pull(
  options: {
    run?: RunRef;
    attempt?: number;
    tables?: readonly ReturnType<typeof declareTable>[];
    fullRefresh?: boolean;
    backfill?: Backfill;
  } = {},
) {
  const run = options.run ?? (await db.beginRun());
  const { tables = [entries], ...rest } = options;
  const connection = Connection.parse({ type: 'postgres', url: db.sourceUrl });
  return { run, landed: await pullTables({ ...rest, run, connection, tables }, db) };
}

async function refresh(options: Parameters<typeof pull>[0] & { closedPeriods?: readonly ClosedPeriod[] } = {}) {
  const { closedPeriods = [], ...rest } = options;
  const { run, landed } = await pull(rest);
  const fullRefresh = options.fullRefresh ?? false;
  return { run, landed, tieOuts: await verify({ run, source: 'erp', fullRefresh, closedPeriods }, db) };
}

const verifyRun = (run: RunRef) => verify({ run, source: 'erp', fullRefresh: false, closedPeriods: [] }, db);
const rows = (sql: string) => db.warehouse.query(sql).then((all) => all.map((row) => Object.values(row).join('|')));
const live = () => rows('select id, amount, note from raw_erp.entries order by id, note');
const tablesBeside = () => rows(`select relname from pg_class where relname ~ '__r[0-9]+_a[0-9]+$'`);

test('what landed ties out figure by figure and is put in place', async () => {
  const { run, tieOuts } = await refresh();
  expect(tieOuts).toEqual([
    {
      batchId: `r${run.runNo}/erp.entries`,
      source: 'erp',
      table: 'entries',
      tied: true,
      lines: [
        { figure: 'rows', source: '3', landed: '3', agrees: true },
        { figure: 'rows copied', source: '3', landed: '3', agrees: true },
        { figure: 'total of amount', source: '60.50', landed: '60.50', agrees: true },
        { figure: 'rows read back', source: '3', landed: '3', agrees: true },
        { figure: 'rows with their own hash', source: '3', landed: '3', agrees: true },
        { figure: 'total of amount read back', source: '60.50', landed: '60.50', agrees: true },
        { figure: 'content hash', source: expect.any(String), landed: expect.any(String), agrees: true },
        { figure: 'rows that stand', source: '3', landed: '3', agrees: true },
        { figure: 'content hash of what stands', source: expect.any(String), landed: expect.any(String), agrees: true },
      ],
      landedRows: '3',
      addedRows: '3',
      removedRows: '0',
      changedKeys: '0',
      state: {
        rows: '3',
        hash: expect.any(String),
        totals: [{ column: 'amount', sum: '60.50' }],
        cursor: null,
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'amount', type: 'numeric(12,2)' },
          { name: 'note', type: 'text' },
        ],
      },
      closedPeriods: [],
      signature: expect.any(String),
    },
  ]);
  expect(await live()).toEqual(['1|10.00|a', '2|20.50|b', '3|30.00|']);
  expect(await rows('select distinct _run_no from raw_erp.entries')).toEqual([run.runNo]);
  expect(await tablesBeside()).toEqual([]);
});

test('a second attempt of the same run lands its rows once', async () => {
  const { run } = await pull();
  // The first attempt was recorded; a late second one gets its pull back and its own rows are never looked at.
  await db.source.query(`insert into entries values (4, 40, 'late')`);
  const { landed } = await pull({ run, attempt: 2 });
  expect(landed.map(({ besideTable }) => besideTable)).toEqual([`entries__r${run.runNo}_a1`]);
  expect(await tablesBeside()).toContain(`entries__r${run.runNo}_a1`);
  expect(await verifyRun(run)).toMatchObject([{ addedRows: '3' }]);
  expect(await verifyRun(run)).toMatchObject([{ addedRows: '3' }]);
  expect(await live()).toHaveLength(3);
  expect(await tablesBeside()).toEqual([]);
});

test('an attempt that lands again over its own rubble starts from nothing', async () => {
  const run = await db.beginRun();
  await db.warehouse.execute('create schema raw_erp');
  await db.warehouse.execute(`create table raw_erp.entries__r${run.runNo}_a1 (rubble int)`);
  await pull({ run });
  expect(await verifyRun(run)).toMatchObject([{ tied: true, landedRows: '3' }]);
});

test.each([
  ['changed', `update %s set note = 'x' where id = 1`, ['content hash', 'rows with their own hash']],
  [
    'changed in its amount',
    'update %s set amount = amount + 0.01 where id = 1',
    ['total of amount read back', 'content hash'],
  ],
  ['deleted', 'delete from %s where id = 1', ['rows read back: source 3, landed 2', 'content hash']],
  ['doubled', 'insert into %s select * from %s where id = 1', ['rows read back: source 3, landed 4', 'content hash']],
  [
    'given the hash of another',
    `update %s set _row_hash = (select _row_hash from %s where id = 2) where id = 1`,
    ['rows with their own hash: source 3, landed 2'],
  ],
])('a landed row that is %s before it is verified keeps everything of its source out', async (_, change, figures) => {
  const tables = [entries, users];
  await refresh({ tables });
  await db.source.query(`update entries set amount = 11 where id = 2; insert into users values ('cat')`);
  const before = [await live(), await rows('select name from raw_erp.users order by 1')];
  const { run } = await pull({ tables });
  await db.warehouse.execute(change.replaceAll('%s', `raw_erp.entries__r${run.runNo}_a1`));
  const error = await catchError(() => verifyRun(run));
  expect(error.code).toBe('VERIFY_TIE_OUT');
  for (const figure of figures) expect(error.message).toContain(`erp.entries ${figure}`);
  expect(error.message).not.toContain('erp.users');
  expect([await live(), await rows('select name from raw_erp.users order by 1')]).toEqual(before);
  expect(await rows(`select table_name, tied from audit.tie_outs where run_id = '${run.runId}' order by 1`)).toEqual([
    'entries|f',
    'users|f',
  ]);
  // Asked again it says the same; and the next pull, left alone, is put in place.
  expect((await catchError(() => verifyRun(run))).message).toBe(error.message);
  expect((await refresh({ tables })).tieOuts).toMatchObject([
    { addedRows: '1', removedRows: '1', changedKeys: '1' },
    { addedRows: '1', removedRows: '0' },
  ]);
});

test('a run without a pull is told so', async () => {
  const run = await db.beginRun();
  expect((await catchError(() => verifyRun(run))).message).toBe(
    `run ${run.runNo} has no pull of erp [VERIFY_PULL_MISSING]`,
  );
});

test('each refresh stores the difference only, and every earlier one can be read as of its run', async () => {
  const note = (id: number, n: number): string =>
    `insert into entries select ${id}, 1, 'same' from generate_series(1, ${n})`;
  const steps: readonly [sql: string, added: string, removed: string, changed: string][] = [
    ['select 1', '3', '0', '0'],
    ['select 1', '0', '0', '0'],
    [`insert into entries values (4, 40, 'd')`, '1', '0', '0'],
    ['delete from entries where id = 1', '0', '1', '0'],
    ['update entries set amount = -20.5 where id = 2', '1', '1', '1'],
    ["update entries set note = '' where note is null", '1', '1', '1'],
    [note(9, 3), '3', '0', '0'],
    ['delete from entries where ctid = (select min(ctid) from entries where id = 9)', '0', '1', '0'],
    [note(9, 2), '2', '0', '0'],
    [`delete from entries; insert into entries values (1, 10, 'a')`, '1', '7', '0'],
    ['delete from entries', '0', '1', '0'],
    [note(9, 4), '4', '0', '0'],
  ];
  const seen: { readonly run: RunRef; readonly rows: string[] }[] = [];
  for (const [sql, added, removed, changed] of steps) {
    await db.source.query(sql);
    const { run, tieOuts } = await refresh();
    expect([sql, tieOuts[0]?.addedRows, tieOuts[0]?.removedRows, tieOuts[0]?.changedKeys]).toEqual([
      sql,
      added,
      removed,
      changed,
    ]);
    const given = await db.source.query('select id, amount, note from entries order by id, note');
    seen.push({ run, rows: given.rows.map((row: object) => Object.values(row).join('|')) });
    expect(await live()).toEqual(seen.at(-1)?.rows);
  }
  for (const { run, rows: then } of seen) {
    const asOf = `_from_run <= ${run.runNo} and (_to_run is null or _to_run > ${run.runNo})`;
    expect(await rows(`select id, amount, note from raw_erp.entries__history where ${asOf} order by id, note`)).toEqual(
      then,
    );
    expect(await verifyLanded({ ...run, source: 'erp', table: 'entries' }, db)).toMatchObject({
      intact: true,
      rows: String(then.length),
    });
  }
  expect(seen.map(({ rows: then }) => then.length)).toEqual([3, 3, 4, 3, 3, 3, 6, 5, 7, 1, 0, 4]);
});

test('changed columns are refused by name and leave the table as it was', async () => {
  await refresh();
  await db.source.query('alter table entries drop column note, add currency char(3), alter amount type numeric(14, 2)');
  expect((await catchError(() => refresh())).message).toBe(
    'sql/shop/sources.yml:3: the columns of public.entries changed (new: currency; gone: note; amount was numeric(12,2) and is numeric(14,2)) [LAND_SCHEMA_CHANGED]',
  );
  expect(await live()).toEqual(['1|10.00|a', '2|20.50|b', '3|30.00|']);
});

test('a full refresh takes new columns, keeps the old rows, and breaks no model that reads them', async () => {
  await refresh();
  await db.warehouse.execute('create view public.model as select id, note from raw_erp.entries');
  await db.source.query(`alter table entries drop column note; delete from entries where id = 1`);
  const { run, tieOuts } = await refresh({ fullRefresh: true });
  expect(tieOuts).toMatchObject([{ addedRows: '2', removedRows: '0' }]);
  expect(await rows('select id, amount from raw_erp.entries order by 1')).toEqual(['2|20.50', '3|30.00']);
  expect(await rows(`select id, note from raw_erp.entries__until_r${run.runNo} order by 1`)).toEqual([
    '1|a',
    '2|b',
    '3|',
  ]);
  expect(await rows('select id, note from public.model order by 1')).toEqual(['1|a', '2|b', '3|']);
  expect((await refresh()).tieOuts).toMatchObject([{ addedRows: '0', removedRows: '0' }]);
  await db.warehouse.execute('drop view public.model');
});

test('a pull that waited while a newer one was put in place is refused', async () => {
  const { run: older } = await pull();
  await db.source.query(`insert into entries values (4, 40, 'd')`);
  const { run: newer } = await refresh();
  expect((await catchError(() => verifyRun(older))).message).toBe(
    `run ${newer.runNo} already put a newer pull of erp in place [VERIFY_SUPERSEDED]`,
  );
  expect(await live()).toHaveLength(4);
});

test('one table whose columns changed keeps the other table of its source out too', async () => {
  const tables = [entries, users];
  await refresh({ tables });
  await db.source.query(`insert into entries values (4, 40, 'd'); alter table users add id int`);
  expect((await catchError(() => refresh({ tables }))).code).toBe('LAND_SCHEMA_CHANGED');
  expect(await live()).toHaveLength(3);
});

test('a fault in the middle of landing leaves no table', async () => {
  await db.source.query(`insert into entries select n, 1, 'x' from generate_series(10, 20000) as n;
    create view failing as select id, case when id = 19999 then 1 / (id - 19999) end as n, note from entries`);
  const run = await db.beginRun();
  const error = await catchError(() => pull({ run, tables: [declareTable({ name: 'failing' })] }));
  expect(error.message).toBe('connection erp: division by zero (SQLSTATE 22012) [EXTRACT_FAILED]');
  expect(await tablesBeside()).toEqual([]);
  expect(await rows(`select 1 from audit.pulls where run_id = '${run.runId}'`)).toEqual([]);
});

test('a table whose name leaves no room for its history is refused, not cut', async () => {
  const name = 'n'.repeat(55);
  await db.source.query(`drop table if exists ${name}; create table ${name} (a int)`);
  expect((await catchError(() => pull({ tables: [declareTable({ name })] }))).message).toBe(
    `the name ${name} is too long for a landed table [LAND_FAILED]`,
  );
});

test('what a run left beside is dropped and what others left is not', async () => {
  const { run: first } = await pull();
  const { run: second } = await pull();
  await dropBeside({ runNo: first.runNo }, db.warehouse);
  expect(await tablesBeside()).toEqual([`entries__r${second.runNo}_a1`]);
});

const dated = declareTable({ name: 'dated', key: ['id'], control_totals: ['amount'], period: 'booked' });
const closedPeriods: readonly ClosedPeriod[] = [
  { name: '2026-01', from: '2026-01-01', to: '2026-01-31' },
  { name: '2026-02', from: '2026-02-01', to: '2026-02-28' },
];

test.each([
  ['date', ['2026-01-31', '2026-02-01', '2026-03-01']],
  ['timestamp', ['2026-01-31 23:59:59.999999', '2026-02-01 00:00:00', '2026-03-01 00:00:00']],
  ['int', ['20260131', '20260201', '20260301']],
  ['text', ['2026-01-31', '20260201', '2026-03-01T00:00:00']],
])(
  'a closed period that changes is told with its figures before and after: %s',
  async (type, [january, february, march]) => {
    await db.source.query(
      `drop table if exists dated; create table dated (id int, amount numeric, booked ${type});
     insert into dated values (1, 10, '${january}'), (2, 20, '${february}'), (3, 30, '${march}')`,
    );
    const options = { tables: [dated], closedPeriods };
    expect((await refresh(options)).tieOuts[0]?.closedPeriods, 'the first pull changes nothing').toEqual([]);
    await db.source.query(`update dated set amount = 35 where id = 3`);
    expect((await refresh(options)).tieOuts[0]?.closedPeriods, 'March is open').toEqual([]);
    await db.source.query(`update dated set amount = 11 where id = 1; delete from dated where id = 2`);
    const { tieOuts } = await refresh(options);
    const figures = (rows: string, sum: string | null) => ({ rows, totals: [{ column: 'amount', sum }] });
    expect(tieOuts[0]?.closedPeriods).toEqual([
      { period: '2026-01', before: figures('1', '10'), after: figures('1', '11'), addedRows: '1', removedRows: '1' },
      { period: '2026-02', before: figures('1', '20'), after: figures('0', null), addedRows: '0', removedRows: '1' },
    ]);
  },
);

test('without a read-back the stream, the count and the totals are tied out, and the rows can be read again later', async () => {
  const table = declareTable({ name: 'entries', key: ['id'], control_totals: ['amount'], read_back: false });
  const { run, tieOuts } = await refresh({ tables: [table] });
  expect(tieOuts[0]?.lines.map(({ figure }) => figure)).toEqual([
    'rows',
    'rows copied',
    'total of amount',
    'rows that stand',
    'content hash of what stands',
  ]);
  const batch = { ...run, source: 'erp', table: 'entries' };
  expect(await verifyLanded(batch, db)).toMatchObject({ intact: true });
  await db.warehouse.execute(`update raw_erp.entries__history set note = 'B' where id = 2`);
  expect((await verifyLanded(batch, db)).faults).toEqual([
    `the row id 2 of batch r${run.runNo}/erp.entries was changed after it landed`,
  ]);
});

test('an incremental pull that would leave a hole reads every row after all, and says why', async () => {
  const table = declareTable({ name: 'log', mode: 'incremental', cursor: { column: 'n' }, control_totals: ['amount'] });
  await db.source.query(
    `drop table if exists log; create table log (n bigint, amount numeric);
     insert into log select n, 1 from generate_series(1, 100) as n where n <> 50`,
  );
  await refresh({ tables: [table] });
  await db.source.query('insert into log values (101, 1)');
  expect((await refresh({ tables: [table] })).landed[0]?.manifest).toMatchObject({ widened: null, streamedRows: '2' });
  await db.source.query('insert into log values (50, 1), (102, 1)');
  const late = await refresh({ tables: [table] });
  expect(late.landed[0]?.manifest).toMatchObject({
    widened: 'the source has 102 rows, the table would have 101',
    streamedRows: '102',
  });
  expect(late.tieOuts).toMatchObject([{ addedRows: '2', removedRows: '0' }]);
  // A change below the bound that keeps the count moves the total.
  await db.source.query('update log set amount = 2 where n = 7');
  const restated = await refresh({ tables: [table] });
  expect(restated.landed[0]?.manifest.widened).toBe("the source's total of amount is not the table's");
  expect(restated.tieOuts).toMatchObject([{ addedRows: '1', removedRows: '1' }]);
});

test('a landed table that somebody dropped is pulled whole again, not from the bound where it had come to', async () => {
  const table = declareTable({ name: 'log', mode: 'incremental', cursor: { column: 'n' } });
  await refresh({ tables: [table] });
  await db.warehouse.execute('drop table raw_erp.log__history cascade');
  expect((await refresh({ tables: [table] })).tieOuts).toMatchObject([{ addedRows: '102', state: { rows: '102' } }]);
});
