import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RejectedRow } from '../../../engine/connectors/connector.ts';
import type { LandedColumn } from '../../../engine/contracts/pull.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createMysqlWorld, landTable } from './read-mysql.ts';
import type { MysqlWorld } from './read-mysql.ts';

let world: MysqlWorld;
beforeAll(async () => {
  world = await createMysqlWorld();
}, 120_000);
afterAll(() => world.stop());

const column = (name: string, type: string): LandedColumn => ({ name, type });

test('rows, count and totals come of one table, with who answered and when', async () => {
  await world.run(`
    create table orders (id int primary key, amount decimal(12,2), note varchar(20));
    insert into orders values (1, 10.10, 'a'), (2, null, null), (3, -0.20, 'c')`);
  const { read, rows, figures } = await landTable(world, {
    name: 'orders',
    key: ['id'],
    control_totals: ['amount', 'id'],
  });
  expect(rows).toEqual([
    ['1', '10.10', 'a'],
    ['2', null, null],
    ['3', '-0.20', 'c'],
  ]);
  expect(read.columns).toEqual([column('id', 'integer'), column('amount', 'numeric(12,2)'), column('note', 'text')]);
  expect(figures).toEqual({
    rows: 3n,
    totals: [
      { column: 'amount', sum: '9.90' },
      { column: 'id', sum: '6' },
    ],
    whole: null,
    cursor: null,
    drift: { added: [], missing: [], discarded: [] },
  });
  expect(read.query).toBe('select `id`, `amount`, `note` from `source`.`orders`');
  expect(read.bindings).toEqual({});
  expect(read.system).toMatchObject({ type: 'mysql', product: 'MariaDB', database: 'source', role: 'reader@%' });
  expect(read.snapshotId).toMatch(/^\S+:\d+\/1 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} binlog\.\d+:\d+$/);
});

test('a table without rows has no total', async () => {
  await world.run('create table nothing (id int primary key, amount decimal(12,2))');
  const { rows, figures } = await landTable(world, { name: 'nothing', control_totals: ['amount'] });
  expect(rows).toEqual([]);
  expect(figures).toMatchObject({ rows: 0n, totals: [{ column: 'amount', sum: null }] });
});

test('views, generated and invisible columns are read; identifier and schema name the table', async () => {
  await world.run(`
    create table parts (id int primary key, net int, gross int as (net * 2) virtual, kept int as (net * 3) stored, hidden int invisible);
    insert into parts (id, net, hidden) values (1, 5, 7);
    create view part_view as select id, gross + 1 as more from parts`);
  const { rows } = await landTable(world, { name: 'p', schema: 'source', identifier: 'parts' });
  expect(rows).toEqual([['1', '5', '10', '15', '7']]);
  expect((await landTable(world, { name: 'part_view' })).rows).toEqual([['1', '11']]);
});

test('names that need quoting are names and nothing else', async () => {
  const names = ['a`b', 'a.b', "it's", '"q"', 'select', 'Ünï 表', '; drop table orders; -- x', 'a\\b', '?'];
  const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
  await world.source.query(
    `create table ${quoted('we`ird.ta"ble')} (${names.map((name) => `${quoted(name)} int`).join(', ')})`,
  );
  await world.source.query(`insert into ${quoted('we`ird.ta"ble')} values (1, 2, 3, 4, 5, 6, 7, 8, 9)`);
  const { read, rows, figures } = await landTable(world, {
    name: 'weird',
    identifier: 'we`ird.ta"ble',
    key: ['a`b'],
    control_totals: names,
  });
  expect(read.columns.map(({ name }) => name)).toEqual(names);
  expect(rows).toEqual([['1', '2', '3', '4', '5', '6', '7', '8', '9']]);
  expect(figures.totals.map(({ sum }) => sum)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
});

test('what is not there is named with the place that asks for it', async () => {
  const table = await catchError(() => landTable(world, { name: 'absent' }));
  expect(table).toMatchObject({
    code: 'EXTRACT_SOURCE_MISSING',
    message: 'sql/shop/sources.yml:3: connection erp has no table source.absent [EXTRACT_SOURCE_MISSING]',
  });
  const columns = await catchError(() => landTable(world, { name: 'orders', key: ['no'], control_totals: ['nor'] }));
  expect(columns).toMatchObject({
    code: 'EXTRACT_COLUMN_MISSING',
    message: 'sql/shop/sources.yml:3: source.orders has no column no, nor [EXTRACT_COLUMN_MISSING]',
  });
  const cursor = await catchError(() => landTable(world, { name: 'orders' }, { window: { column: 'changed' } }));
  expect(cursor.code).toBe('EXTRACT_COLUMN_MISSING');
});

test('a total is exact where a double would not be, and refused where no sum is exact', async () => {
  await world.run(`
    create table sums (d decimal(65,30), b bigint unsigned, f double, t varchar(10));
    insert into sums values (12345678901234567890123456789012.000000000000000000000000000001, 18446744073709551615, 0.1, '1'),
                            (0.000000000000000000000000000002, 18446744073709551615, 0.2, '2')`);
  const { figures } = await landTable(world, { name: 'sums', control_totals: ['d', 'b'] });
  expect(figures.totals.map(({ sum }) => sum)).toEqual([
    '12345678901234567890123456789012.000000000000000000000000000003',
    '36893488147419103230',
  ]);
  for (const name of ['f', 't']) {
    const error = await catchError(() => landTable(world, { name: 'sums', control_totals: [name] }));
    expect(error.code).toBe('EXTRACT_NOT_A_NUMBER');
  }
});

describe('a window', () => {
  const cases: readonly (readonly [type: string, values: readonly string[], lag: string | null, lagged: string])[] = [
    ['int', ['10', '20', '30', '40'], '5', '35'],
    ['bigint unsigned', ['10', '20', '30', '18446744073709551615'], '5', '18446744073709551610'],
    ['decimal(20,4)', ['1.0001', '1.0002', '1.0003', '1.0004'], '0.00005', '1.00035'],
    ['date', ['2024-01-01', '2024-01-31', '2024-02-28', '2024-02-29'], '1 day', '2024-02-28'],
    [
      'datetime(6)',
      ['2024-01-01 00:00:00', '2024-01-01 00:00:00.000001', '2024-01-01 00:00:00.000002', '2024-01-01 00:00:01'],
      '1 second',
      '2024-01-01 00:00:00',
    ],
    [
      'timestamp(6) null',
      ['2024-01-01 00:00:00', '2024-01-01 00:00:00.000001', '2024-03-31 02:30:00', '2024-03-31 03:30:00.5'],
      '1 hour',
      '2024-03-31 02:30:00.5+00',
    ],
  ];
  test.each(cases)(
    'over %s reads from one bound to the other, both included, and what has no value',
    async (...each) => {
      const [type, values, lag, lagged] = each;
      const name = `w_${type.replaceAll(/\W+/g, '_')}`;
      const zone = type.startsWith('timestamp') ? '+00' : '';
      await world.run(`set time_zone = '+00:00'; create table ${name} (id int primary key, c ${type});
      insert into ${name} values ${[...values.map((value) => `'${value}'`), 'null'].map((value, at) => `(${at + 1}, ${value})`).join(', ')}`);
      const read = async (window: Parameters<typeof landTable>[2]) => {
        const { rows, figures } = await landTable(world, { name, control_totals: ['id'] }, window);
        expect(figures.rows).toBe(BigInt(rows.length));
        return { ids: rows.map(([id]) => id).join(''), ...figures };
      };
      const open = await read({ window: { column: 'c' } });
      expect(open).toMatchObject({ ids: '12345', whole: { rows: 5n }, cursor: { nullRows: 1n } });
      expect(open.cursor?.upper).toBe(`${values[3]}${zone}`);
      const second = `${values[1]}${zone}`;
      const third = `${values[2]}${zone}`;
      const between = await read({ window: { column: 'c', from: second, to: third } });
      expect(between).toMatchObject({ ids: '235', whole: { rows: 4n, totals: [{ column: 'id', sum: '11' }] } });
      expect(between.totals).toEqual([{ column: 'id', sum: '10' }]);
      const backfill = await read({ window: { column: 'c', from: second, to: third, toIncluded: false } });
      expect(backfill).toMatchObject({ ids: '2', whole: null, cursor: { upper: third, nullRows: 0n } });
      const late = await read({ window: { column: 'c', from: second, lag } });
      expect(late.cursor?.upper).toBe(lagged);
      const above = await read({ window: { column: 'c', from: open.cursor?.upper ?? '' } });
      expect(above.ids).toBe('45');
    },
  );

  test('over text goes by the bytes of UTF-8 and not by the collation', async () => {
    await world.run(`create table w_text (id int, c varchar(10) collate utf8mb4_unicode_ci);
      insert into w_text values (1, 'B'), (2, 'a'), (3, 'b'), (4, 'é'), (5, 'b '), (6, '🧾'), (7, '～'), (8, null)`);
    const read = async (from: string, to: string | null) => {
      const { rows, figures } = await landTable(world, { name: 'w_text' }, { window: { column: 'c', from, to } });
      return [rows.map(([id]) => id).join(''), figures.cursor?.upper, figures.whole?.rows];
    };
    expect(await read('a', 'b')).toEqual(['238', 'b', 4n]);
    expect(await read('b', null)).toEqual(['345678', '🧾', 8n]);
    expect(await read("é' or '1'='1", null)).toEqual(['678', '🧾', 8n]);
    const error = await catchError(() => landTable(world, { name: 'w_text' }, { window: { column: 'c', lag: '1' } }));
    expect(error.code).toBe('EXTRACT_CURSOR_REFUSED');
  });

  test('of a timestamp takes bounds of any zone, and one that is no value is refused without being told', async () => {
    await world.run(`set time_zone = '+00:00'; create table w_zone (id int, c timestamp(6) null);
      insert into w_zone values (1, '2024-01-01 10:00:00.000001'), (2, '2024-01-01 12:00:00')`);
    const { rows, read } = await landTable(
      world,
      { name: 'w_zone' },
      { window: { column: 'c', from: '2024-01-01 11:30:00.000001+01:30', to: '2024-01-01T12:00:00Z' } },
    );
    expect(rows).toHaveLength(2);
    expect(read.query).toContain("`c` >= timestamp '2024-01-01 10:00:00.000001'");
    expect(read.bindings).toEqual({ from: '2024-01-01 11:30:00.000001+01:30', to: '2024-01-01T12:00:00Z' });
    for (const from of ["' or 1=1 -- ", '2024-02-30', 'infinity', '99999-01-01', '-1']) {
      const error = await catchError(() => landTable(world, { name: 'w_zone' }, { window: { column: 'c', from } }));
      expect(error.code).toBe('EXTRACT_CURSOR_REFUSED');
      expect(error.message).not.toContain(from);
    }
  });

  test('over a column without an order is refused, and one over no rows has no upper bound', async () => {
    await world.run('create table w_none (id int, f double, c int)');
    const error = await catchError(() => landTable(world, { name: 'w_none' }, { window: { column: 'f' } }));
    expect(error.code).toBe('EXTRACT_CURSOR_REFUSED');
    const { figures } = await landTable(world, { name: 'w_none' }, { window: { column: 'c' } });
    expect(figures).toMatchObject({ rows: 0n, cursor: { upper: null, nullRows: 0n }, whole: { rows: 0n } });
  });
});

describe('drift', () => {
  const standing = [column('gone', 'text'), column('id', 'integer')];
  beforeAll(() =>
    world.run(`create table drifted (id int primary key, fresh varchar(10), amount int, secret varchar(10));
      insert into drifted values (1, null, 10, 'x'), (2, 'new', 20, 'y'), (3, null, 30, 'z')`),
  );

  test('a changed type is always refused', async () => {
    const error = await catchError(() =>
      landTable(world, { name: 'drifted', schema_drift: 'evolve' }, { standing: [column('id', 'bigint')] }),
    );
    expect(error.code).toBe('LAND_SCHEMA_CHANGED');
    expect(error.message).toContain('id was bigint and is integer');
  });

  test('freeze refuses, evolve adds at the end, and a missing column is null', async () => {
    const error = await catchError(() => landTable(world, { name: 'drifted' }, { standing }));
    expect(error.code).toBe('LAND_SCHEMA_CHANGED');
    const { read, rows } = await landTable(world, { name: 'drifted', schema_drift: 'evolve' }, { standing });
    expect(read.columns.map(({ name }) => name)).toEqual(['gone', 'id', 'fresh', 'amount', 'secret']);
    expect(rows[1]).toEqual([null, '2', 'new', '20', 'y']);
  });

  test('discard_value leaves new columns out', async () => {
    const { rows, figures } = await landTable(world, { name: 'drifted', schema_drift: 'discard_value' }, { standing });
    expect(rows).toEqual([
      [null, '1'],
      [null, '2'],
      [null, '3'],
    ]);
    expect(figures.drift).toEqual({
      added: ['fresh', 'amount', 'secret'],
      missing: ['gone'],
      discarded: ['fresh', 'amount', 'secret'],
    });
  });

  test('discard_row keeps rows with a value in a new column aside, counts them, and adds only the others', async () => {
    const rejected: RejectedRow[] = [];
    const { rows, figures } = await landTable(
      world,
      {
        name: 'drifted',
        schema_drift: 'discard_row',
        control_totals: ['amount'],
        columns: [{ name: 'secret', pii: 'hash', decimal: '.' }],
      },
      {
        standing: [column('id', 'integer'), column('amount', 'integer'), column('secret', 'text')],
        rejected,
        window: { column: 'id' },
      },
    );
    expect(rows.map(([id]) => id)).toEqual(['1', '3']);
    expect(figures).toMatchObject({
      rows: 3n,
      totals: [{ column: 'amount', sum: '40' }],
      whole: { rows: 2n, totals: [{ column: 'amount', sum: '40' }] },
    });
    expect(rejected).toEqual([
      {
        at: 'source.drifted, row 1 of those kept aside',
        reason: 'a value in the new column fresh',
        row: '{"id":"2","fresh":"new","amount":"20"}',
      },
    ]);
  });

  test('20,000 rows are kept aside one after another, however slow that is', async () => {
    await world.run(`create table many (id int, fresh varchar(200));
      insert into many select seq, if(seq % 2, repeat('x', 100), null) from seq_1_to_40000`);
    const rejected: RejectedRow[] = [];
    const { rows, figures } = await landTable(
      world,
      { name: 'many', schema_drift: 'discard_row' },
      { standing: [column('id', 'integer')], rejected },
    );
    expect([rows.length, rejected.length, figures.rows]).toEqual([20_000, 20_000, 40_000n]);
    expect(new Set(rejected.map(({ row }) => row)).size).toBe(20_000);
  });
});

test('personal data: a dropped column is not read, a tagged one lands as text', async () => {
  await world.run(`
    create table people (id int, iban varchar(30), born date, photo varbinary(4), seen timestamp null, flags bit(3), place point, salary decimal(9,2));
    insert into people values (1, 'DE02', '1980-02-29', x'00ff', '2024-01-01 00:00:00', b'101', point(1, 2), 10.50)`);
  const pii = (name: string, rule: 'drop' | 'hash' | 'last4') => ({ name, pii: rule, decimal: '.' as const });
  const { read, rows } = await landTable(world, {
    name: 'people',
    columns: [
      pii('iban', 'drop'),
      pii('place', 'drop'),
      ...['born', 'photo', 'seen', 'flags', 'salary'].map((name) => pii(name, 'hash')),
    ],
  });
  expect(read.query).not.toContain('iban');
  expect(read.columns.map(({ type }) => type)).toEqual(['integer', 'text', 'text', 'text', 'text', 'text']);
  expect(rows).toEqual([['1', '1980-02-29', '\\x00ff', '2024-01-01 00:00:00+00', '101', '10.50']]);
});

test("a server's own settings decide nothing: not the number of rows, nor the length of a text, nor a zone", async () => {
  await world.run(`set time_zone = '+00:00'; create table pinned (id int, t timestamp null);
    insert into pinned select seq, '2024-06-01 12:00:00' from seq_1_to_2000;
    set global sql_select_limit = 3; set global group_concat_max_len = 10; set global time_zone = '+05:30';
    set global sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_ZERO_DATE,NO_ZERO_IN_DATE'; set global max_statement_time = 0`);
  try {
    const plain = await world.server.connect();
    expect((await plain.query('select * from pinned'))[0]).toHaveLength(3);
    const { rows } = await landTable(world, { name: 'pinned' });
    expect(rows).toHaveLength(2_000);
    expect(rows[0]?.[1]).toBe('2024-06-01 12:00:00+00');
    const joined = await landTable(world, { name: 'q', query: `select group_concat(id) as ids, "a" as a from pinned` });
    expect(joined.rows[0]?.[0]?.split(',')).toHaveLength(2_000);
    expect(joined.rows[0]?.[1]).toBe('a');
  } finally {
    await world.run(`set global sql_select_limit = default; set global group_concat_max_len = default;
      set global time_zone = 'SYSTEM'; set global sql_mode = default`);
  }
});
