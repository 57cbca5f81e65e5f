import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRef } from '../../engine/contracts/run.ts';
import type { SourceTable } from '../../engine/contracts/source.ts';
import { verifyLanded } from '../../engine/evidence/verify-landed.ts';
import { verify } from '../../engine/verify/verify.ts';
import { catchError } from '../setup/catch-error.ts';
import { declareTable, pullTables } from '../setup/pull-tables.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';
import type { ConformanceSubject, StartedSubject, SubjectColumn, SubjectRow, TortureCase } from './subject.ts';

const COLUMNS: readonly SubjectColumn[] = [
  { name: 'id', type: 'bigint' },
  { name: 'amount', type: 'numeric' },
  { name: 'note', type: 'text' },
  { name: 'changed_at', type: 'timestamp' },
];
const time = (second: number): string =>
  `2026-01-${String(1 + Math.floor(second / 86_400)).padStart(2, '0')} ${new Date((second % 86_400) * 1000).toISOString().slice(11, 19)}`;
const row = (id: number, second: number | null, note = `note ${id}`): SubjectRow => [
  String(id),
  `${id}.25`,
  note,
  second === null ? null : time(second),
];
const INCREMENTAL = { mode: 'incremental', cursor: { column: 'changed_at' } } as const;

/** What every kind of source must do: one body, for each of them. */
export function conform(subject: ConformanceSubject): void {
  describe(subject.kind, () => conformance(subject));
}

function conformance(subject: ConformanceSubject): void {
  let db: TestWarehouse;
  let source: StartedSubject;
  let folder: string;
  let tables = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickmark-conformance-'));
    [db, source] = await Promise.all([createTestWarehouse(), subject.start(folder)]);
  }, 300_000);
  afterAll(async () => {
    await source.stop();
    await db.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A table of its own for each test, filled. */
  async function given(
    rows: readonly SubjectRow[],
    declared: Partial<SourceTable> = {},
    columns: readonly SubjectColumn[] = COLUMNS,
  ) {
    const name = `t${(tables += 1)}`;
    const placed = await source.create({ name, columns });
    await source.setRows(name, rows);
    return declare({ ...placed, key: ['id'], control_totals: ['amount'], ...declared, name }, columns);
  }

  function declare(table: Partial<SourceTable> & { readonly name: string }, columns: readonly SubjectColumn[]) {
    const types = source.can.typed ? [] : columns.map(({ name, type }) => ({ name, type, decimal: '.' as const }));
    const tagged = new Map(table.columns?.map((column) => [column.name, column]));
    const merged = types.map((column) => ({ ...column, ...tagged.get(column.name) }));
    const rest = [...tagged.values()].filter(({ name }) => !types.some((column) => column.name === name));
    return declareTable({ ...table, columns: [...merged, ...rest] });
  }

  async function refresh(
    table: ReturnType<typeof declareTable>,
    options: { readonly fullRefresh?: boolean; readonly backfill?: { table: string; from: string; to: string } } = {},
  ) {
    const run = await db.beginRun();
    const landed = await pullTables(
      { run, connection: source.connection, tables: [table], root: folder, piiKey: 'k', ...options },
      db,
    );
    const fullRefresh = options.fullRefresh ?? false;
    const [tieOut] = await verify({ run, source: 'erp', fullRefresh, closedPeriods: [] }, db);
    return { run, manifest: landed[0]?.manifest, tieOut };
  }

  const query = async (sql: string): Promise<string[]> =>
    (await db.warehouse.query(sql)).map((each) =>
      Object.values(each)
        .map((value) => value ?? '~')
        .join('|'),
    );
  const live = (name: string, columns = 'id, trim_scale(amount) as amount, note, changed_at'): Promise<string[]> =>
    query(`select ${columns} from raw_erp.${name} order by id::numeric, 1`);
  const texts = (rows: readonly SubjectRow[]): string[] =>
    rows.map((values) => values.map((value) => value ?? '~').join('|'));
  const intact = async (name: string, run: RunRef): Promise<void> =>
    expect(await verifyLanded({ ...run, source: 'erp', table: name }, db)).toMatchObject({ intact: true, faults: [] });

  test('a full pull lands every row with its types, ties out, and changes nothing when it is repeated', async () => {
    const rows = [row(1, 1), row(2, 2, 'ünïcode 🧾, "quoted"'), row(3, null, 'two\nlines'), ['4', null, null, null]];
    const table = await given(rows);
    const first = await refresh(table);
    expect(first.tieOut).toMatchObject({ tied: true, addedRows: '4', removedRows: '0' });
    expect(first.manifest).toMatchObject({ streamedRows: '4', copiedRows: '4', mode: 'full', widened: null });
    expect(first.manifest?.columns.map(({ name }) => name)).toEqual(COLUMNS.map(({ name }) => name));
    expect(await live(table.name)).toEqual(texts(rows));
    const again = await refresh(table);
    expect(again.tieOut).toMatchObject({ addedRows: '0', removedRows: '0' });
    expect(again.manifest?.contentHash).toBe(first.manifest?.contentHash);
    await intact(table.name, again.run);
  });

  test('rows that were deleted, changed and added are found by difference, and every past pull can be read as of its run', async () => {
    const table = await given([row(1, 1), row(2, 2), row(3, 3)]);
    const { run: before } = await refresh(table);
    await source.setRows(table.name, [row(1, 1), row(2, 2, 'changed'), row(4, 4)]);
    const { tieOut, run } = await refresh(table);
    expect(tieOut).toMatchObject({ addedRows: '2', removedRows: '2', changedKeys: '1' });
    expect(await live(table.name, 'id, note')).toEqual(['1|note 1', '2|changed', '4|note 4']);
    expect(await query(`select id, note from raw_erp.${table.name}__as_of(${before.runNo}) order by 1`)).toEqual([
      '1|note 1',
      '2|note 2',
      '3|note 3',
    ]);
    await intact(table.name, before);
    await intact(table.name, run);
  });

  test('snapshot mode tells what each pull inserted, updated and deleted', async () => {
    const table = await given([row(1, 1), row(2, 2), row(3, 3)], { mode: 'snapshot' });
    await refresh(table);
    await source.setRows(table.name, [row(1, 1), row(2, 2, 'changed'), row(4, 4)]);
    const { run } = await refresh(table);
    expect(
      await query(
        `select _change, id, note from raw_erp.${table.name}__changes where _run_no = ${run.runNo} order by 2, 1`,
      ),
    ).toEqual(['update_after|2|changed', 'update_before|2|note 2', 'delete|3|note 3', 'insert|4|note 4']);
  });

  test('an incremental pull reads what is above its bound, loses no equal cursor, and loads rows without one', async () => {
    const table = await given([row(1, 10), row(2, 20), row(3, null)], INCREMENTAL);
    const first = await refresh(table);
    expect(first.manifest?.window).toMatchObject({ from: null, upper: time(20), nullRows: '1' });
    await source.insert(table.name, [row(4, 20), row(5, 20), row(6, 30), row(7, null)]);
    const second = await refresh(table);
    expect(second.manifest).toMatchObject({ mode: 'incremental', widened: null });
    expect(second.manifest?.window).toMatchObject({ from: time(20), upper: time(30), nullRows: '2' });
    expect(second.tieOut).toMatchObject({ tied: true, addedRows: '4', removedRows: '0' });
    expect(await live(table.name, 'id')).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    const third = await refresh(table);
    expect(third.tieOut).toMatchObject({ addedRows: '0', removedRows: '0' });
    await intact(table.name, third.run);
  });

  test('an incremental pull merges by key: the newer row takes the place of the older', async () => {
    const table = await given([row(1, 10), row(2, 20)], INCREMENTAL);
    await refresh(table);
    await source.setRows(table.name, [row(1, 40, 'restated'), row(2, 20), row(3, 30)]);
    const { tieOut, manifest, run } = await refresh(table);
    expect(manifest?.widened).toBeNull();
    expect(tieOut).toMatchObject({ tied: true, addedRows: '2', removedRows: '1', changedKeys: '1' });
    expect(await live(table.name, 'id, note')).toEqual(['1|restated', '2|note 2', '3|note 3']);
    await intact(table.name, run);
  });

  test('1,000 rows that commit late with an earlier time are all found by the next refresh', async () => {
    const early = Array.from({ length: 500 }, (_, at) => row(at + 1, at));
    const late = Array.from({ length: 1_000 }, (_, at) => row(at + 1_001, at % 500));
    const cursor = source.can.countsWhole ? { column: 'changed_at' } : { column: 'changed_at', overlap: '1 hour' };
    const table = await given(early, { mode: 'incremental', cursor });
    // The rows are written before the pull and committed after it: no bound of its own can tell.
    const open = await source.insertUncommitted?.(table.name, late);
    await refresh(table);
    await (open === undefined ? source.insert(table.name, late) : open.commit());
    const { tieOut, manifest } = await refresh(table);
    expect(tieOut).toMatchObject({ tied: true, addedRows: '1000', removedRows: '0' });
    expect(await query(`select count(*), count(distinct id) as ids from raw_erp.${table.name}`)).toEqual(['1500|1500']);
    if (source.can.countsWhole) expect(manifest?.widened).toContain('the source has 1500 rows');
  }, 60_000);

  test('a row that was deleted below the bound is found and reported', async () => {
    const table = await given([row(1, 10), row(2, 20), row(3, 30)], {
      mode: 'incremental',
      cursor: { column: 'changed_at', ...(source.can.countsWhole ? {} : { overlap: '1 day' }) },
    });
    await refresh(table);
    await source.setRows(table.name, [row(2, 20), row(3, 30)]);
    const { tieOut } = await refresh(table);
    expect(tieOut).toMatchObject({ tied: true, addedRows: '0', removedRows: '1' });
    expect(await live(table.name, 'id')).toEqual(['2', '3']);
  });

  test('lag leaves the newest rows for the next pull', async () => {
    const table = await given([row(1, 10), row(2, 20), row(3, 100)], {
      mode: 'incremental',
      cursor: { column: 'changed_at', lag: '60 seconds' },
    });
    expect((await refresh(table)).tieOut).toMatchObject({ tied: true, addedRows: '2' });
    await source.insert(table.name, [row(4, 400)]);
    expect((await refresh(table)).tieOut).toMatchObject({ tied: true, addedRows: '1' });
    expect(await live(table.name, 'id')).toEqual(['1', '2', '3']);
  });

  test('a backfill pulls its range again and nothing else', async () => {
    const table = await given([row(1, 10), row(2, 20), row(3, 30)], INCREMENTAL);
    await refresh(table);
    await source.setRows(table.name, [row(1, 10, 'outside'), row(2, 20, 'inside'), row(5, 25), row(3, 30, 'outside')]);
    const range = { table: `erp.${table.name}`, from: time(20), to: time(30) };
    const { tieOut, manifest, run } = await refresh(table, { backfill: range });
    expect(manifest).toMatchObject({ mode: 'backfill', streamedRows: '2' });
    expect(tieOut).toMatchObject({ tied: true, addedRows: '2', removedRows: '1' });
    expect(await live(table.name, 'id, note')).toEqual(['1|note 1', '2|inside', '3|note 3', '5|note 5']);
    await intact(table.name, run);
  });

  const extra: SubjectColumn = { name: 'region', type: 'text' };

  test('drift: freeze refuses a new column and a missing one by name', async () => {
    const table = await given([row(1, 1)]);
    await refresh(table);
    await source.addColumn(table.name, extra);
    await source.insert(table.name, [[...row(2, 2), 'north']]);
    const error = await catchError(() => refresh(table));
    expect(error.code).toBe('LAND_SCHEMA_CHANGED');
    expect(error.message).toContain('region');
    expect(await live(table.name, 'id')).toEqual(['1']);
  });

  test('drift: evolve takes a new column, and a missing one comes as null', async () => {
    const table = await given([row(1, 1), row(2, 2)], { schema_drift: 'evolve' });
    const { run: first } = await refresh(table);
    await source.addColumn(table.name, extra);
    await source.insert(table.name, [[...row(3, 3), 'north']]);
    const { tieOut, manifest } = await refresh(table);
    expect(tieOut).toMatchObject({ tied: true, addedRows: '1', removedRows: '0' });
    expect(manifest?.drift.added).toEqual(['region']);
    expect(await live(table.name, 'id, region')).toEqual(['1|~', '2|~', '3|north']);
    await source.dropColumn(table.name, 'note');
    const { run } = await refresh(table);
    expect(await live(table.name, 'id, note, region')).toEqual(['1|~|~', '2|~|~', '3|~|north']);
    await intact(table.name, first);
    await intact(table.name, run);
  });

  test('drift: discard_value leaves a new column out, discard_row keeps its rows aside and counts them', async () => {
    for (const policy of ['discard_value', 'discard_row'] as const) {
      const table = await given([row(1, 1)], { schema_drift: policy });
      await refresh(table);
      await source.addColumn(table.name, extra);
      await source.insert(table.name, [
        [...row(2, 2), 'north'],
        [...row(3, 3), null],
      ]);
      const { manifest, tieOut } = await refresh(table);
      expect(manifest?.drift).toMatchObject({ added: ['region'], discarded: ['region'] });
      expect(tieOut?.tied).toBe(true);
      const isRow = policy === 'discard_row';
      expect(manifest?.rejectedRows).toBe(isRow ? '1' : '0');
      expect(await live(table.name, 'id')).toEqual(isRow ? ['1', '3'] : ['1', '2', '3']);
      if (isRow) expect(await query(`select count(*) from raw_erp.${table.name}__rejected`)).toEqual(['1']);
    }
  });

  test('personal data never lands in clear: dropped, hashed under a key, or cut to its last four characters', async () => {
    const columns: readonly SubjectColumn[] = [
      { name: 'id', type: 'bigint' },
      { name: 'amount', type: 'numeric' },
      { name: 'iban', type: 'text' },
      { name: 'email', type: 'text' },
      { name: 'phone', type: 'text' },
    ];
    const secret = ['DE02120300000000202051', 'ann@example.org', '+4915112345678'];
    const pii = (['last4', 'hash', 'drop'] as const).map((rule, at) => ({
      name: ['iban', 'email', 'phone'][at] ?? '',
      pii: rule,
      decimal: '.' as const,
    }));
    const table = await given([['1', '1', ...secret]], { columns: pii }, columns);
    const { run } = await refresh(table);
    expect(await query(`select iban, length(email) from raw_erp.${table.name}`)).toEqual(['****2051|64']);
    const [everything] = await query(`select string_agg(h::text, ' ') from raw_erp.${table.name}__history h`);
    for (const value of secret) expect(everything).not.toContain(value);
    expect(
      (await db.warehouse.query('select body from audit.ledger')).some((entry) =>
        secret.some((value) => entry['body']?.includes(value)),
      ),
    ).toBe(false);
    await intact(table.name, run);
  });

  test('a table without rows is pulled as what it is', async () => {
    if (!source.can.emptyTables) return expect(source.can.emptyTables).toBe(false);
    const table = await given([]);
    expect((await refresh(table)).tieOut).toMatchObject({ tied: true, landedRows: '0' });
    await source.insert(table.name, [row(1, 1)]);
    expect((await refresh(table)).tieOut).toMatchObject({ tied: true, addedRows: '1' });
    await source.setRows(table.name, []);
    expect((await refresh(table)).tieOut).toMatchObject({ tied: true, removedRows: '1' });
  });

  test('2,000 columns whose names need quoting land under their own names', async () => {
    const names = [
      'select',
      'a b',
      'a.b',
      "it's",
      '"quoted"',
      'Ünï',
      'UPPER',
      '%',
      '$1',
      '-- x',
      'a\\b',
      '表',
      "a'b--",
    ];
    const awkward = names.filter((name) => source.can.columnName?.(name) ?? true);
    const wide = Math.min(source.can.maxColumns - 2, 1_000);
    for (let left = 2_000, part = 0; left > 0; left -= wide, part += 1) {
      const columns: SubjectColumn[] = [{ name: 'id', type: 'bigint' }];
      const count = Math.min(wide, left);
      for (let at = 0; at < count; at += 1) {
        columns.push({ name: `${awkward[at % awkward.length]} ${part} ${at}`.slice(0, 60), type: 'text' });
      }
      const values = columns.map((_column, at) => (at === 0 ? '1' : `v${at}`));
      const table = await given([values], { control_totals: [] }, columns);
      const { manifest, tieOut } = await refresh(table);
      expect(tieOut?.tied).toBe(true);
      expect(manifest?.columns.map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
    }
  }, 120_000);

  test('a pull that is cancelled ends at once and leaves nothing, and the next attempt is whole', async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => row(at + 1, at % 1_000));
    const table = await given(rows);
    const run = await db.beginRun();
    const stop = new AbortController();
    const pulling = pullTables(
      { run, connection: source.connection, tables: [table], root: folder, cancelled: stop.signal },
      db,
    );
    const outcome = pulling.then(
      () => 'finished',
      () => 'ended',
    );
    let aborted = Infinity;
    setTimeout(() => {
      aborted = performance.now();
      stop.abort();
    }, 30);
    await outcome;
    expect(performance.now() - aborted, 'milliseconds after it was cancelled').toBeLessThan(5_000);
    const left = await query(`select count(*) from pg_class where relname = '${table.name}'`);
    expect(left).toEqual(['0']);
    await pullTables({ run, connection: source.connection, tables: [table], root: folder, attempt: 2 }, db);
    await verify({ run, source: 'erp', fullRefresh: false, closedPeriods: [] }, db);
    expect(await query(`select count(*), trim_scale(sum(amount)) as total from raw_erp.${table.name}`)).toEqual([
      `20000|${200_010_000 + 5_000}`,
    ]);
  }, 60_000);

  test('every value at the edge of its type lands exactly or is refused by name', async () => {
    const wrong: string[] = [];
    for (const [at, edge] of source.torture.entries()) {
      const outcome = await tortured(edge, `edge${at}`);
      const expected = typeof edge.landed === 'object' && edge.landed !== null ? 'refused' : edge.landed;
      if (outcome !== expected) wrong.push(`${edge.type} ${edge.given}: expected ${expected}, got ${outcome}`);
    }
    expect(wrong).toEqual([]);
    expect(source.torture.length).toBeGreaterThan(10);
  }, 300_000);

  async function tortured(edge: TortureCase, name: string): Promise<string | null> {
    const placed = await source.createTorture(name, edge);
    try {
      await refresh(declareTable({ ...placed, name }));
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      return message.includes('value') || message.includes(name) ? 'refused' : `an unclear error: ${message}`;
    }
    const [found] = await db.warehouse.query(`select value::text as value from raw_erp.${name}`);
    return found?.['value'] ?? null;
  }
}
