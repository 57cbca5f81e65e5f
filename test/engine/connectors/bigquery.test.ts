import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBigquery } from '../../servers/bigquery.ts';
import type { OpenSource } from '../../../engine/connectors/connector.ts';
import type { BigqueryServer } from '../../servers/bigquery.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { connectionTo, declare, land, landOnce, openBigquery } from './bigquery-fixture.ts';
import { describeLive } from './bigquery-live.ts';

let folder: string;
let server: BigqueryServer;
let world: TestWarehouse;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickmark-bigquery-'));
  world = await createTestWarehouse();
  server = await startBigquery(folder);
}, 600_000);

afterAll(async () => {
  await server?.stop();
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

const connection = () => connectionTo(server.endpoint);
const sorted = (rows: readonly (readonly (string | null)[])[]) => rows.map((row) => row.join('|')).toSorted();

describe('a table', () => {
  test('lands whole, with its own count and totals', async () => {
    await server.createTable('ds', 'invoices', [
      { name: 'id', type: 'INT64' },
      { name: 'amount', type: 'NUMERIC' },
      { name: 'note', type: 'STRING' },
    ]);
    await server.insert('ds', 'invoices', [
      { id: '1', amount: '10.10', note: 'a' },
      { id: '2', amount: '-0.000000001', note: null },
      { id: '3', amount: null, note: 'Zoë 😀 "quoted" \\ and\nbroken' },
    ]);
    const table = declare({ name: 'invoices', key: ['id'], control_totals: ['amount', 'id'] });
    const { read, rows, figures } = await landOnce(connection(), table, world.source);
    expect(read.columns).toEqual([
      { name: 'id', type: 'bigint' },
      { name: 'amount', type: 'numeric(38,9)' },
      { name: 'note', type: 'text' },
    ]);
    expect(sorted(rows)).toEqual(['1|10.100000000|a', '2|-0.000000001|', '3||Zoë 😀 "quoted" \\ and\nbroken']);
    expect(figures).toEqual({
      rows: 3n,
      totals: [
        { column: 'amount', sum: '10.099999999' },
        { column: 'id', sum: expect.stringMatching(/^6(\.0+)?$/) },
      ],
      whole: null,
      cursor: null,
      drift: { added: [], missing: [], discarded: [] },
    });
    expect(read.system).toMatchObject({ type: 'bigquery', project: 'test', emulator: new URL(server.endpoint).host });
    expect(read.snapshotId).toBe(read.system['instant']);
    expect(read.query).toContain(`for system_time as of timestamp '${read.snapshotId}'`);
  });

  test('without rows lands none, and says so', async () => {
    await server.createTable('ds', 'empty', [{ name: 'id', type: 'INT64' }]);
    const { rows, figures } = await landOnce(
      connection(),
      declare({ name: 'empty', control_totals: ['id'] }),
      world.source,
    );
    expect([rows, figures.rows, figures.totals]).toEqual([[], 0n, [{ column: 'id', sum: null }]]);
  });

  test('of many pages lands each row once', async () => {
    await server.query(
      `create or replace table ds.many as select n, concat('row ', cast(n as string)) as name from unnest(generate_array(1, 25001)) as n`,
    );
    const { rows, figures } = await landOnce(
      connection(),
      declare({ name: 'many', control_totals: ['n'] }),
      world.source,
    );
    expect(rows).toHaveLength(25_001);
    expect(new Set(rows.map(([n]) => n)).size).toBe(25_001);
    expect(figures.rows).toBe(25_001n);
    expect(figures.totals[0]?.sum).toMatch(/^312537501(\.0+)?$/);
  });

  test('that is not there, and a column that is not, are named with their place', async () => {
    const missing = await catchError(() => landOnce(connection(), declare({ name: 'nowhere' }), world.source));
    expect(missing.message).toMatch(/^sql\/shop\/sources\.yml:7: .*ds\.nowhere.*\[EXTRACT_SOURCE_MISSING\]$/);
    const column = declare({ name: 'invoices', key: ['nr'] });
    const error = await catchError(() => landOnce(connection(), column, world.source));
    expect(error.message).toBe('sql/shop/sources.yml:7: ds.invoices has no column nr [EXTRACT_COLUMN_MISSING]');
    const dataset = { ...declare({ name: 'invoices' }), schema: undefined };
    expect(await catchError(() => landOnce(connection(), dataset, world.source))).toMatchObject({
      code: 'EXTRACT_SOURCE_MISSING',
    });
  });

  test('may have any column name the warehouse can have', async () => {
    await server.createTable('ds', 'names', [
      { name: 'select', type: 'INT64' },
      { name: 'Überschuß', type: 'INT64' },
      { name: 'order', type: 'STRING' },
    ]);
    await server.insert('ds', 'names', [{ select: '1', Überschuß: '2', order: 'x' }]);
    const table = declare({ name: 'names', key: ['select'], control_totals: ['Überschuß'] });
    const { read, rows } = await landOnce(connection(), table, world.source, { window: { column: 'order' } });
    expect([read.columns.map(({ name }) => name), rows]).toEqual([['select', 'Überschuß', 'order'], [['1', '2', 'x']]]);
  });

  test('has no total of a column that is no exact number', async () => {
    await server.createTable('ds', 'floats', [
      { name: 'f', type: 'FLOAT64' },
      { name: 's', type: 'STRING' },
    ]);
    for (const column of ['f', 's']) {
      const table = declare({ name: 'floats', control_totals: [column] });
      expect(await catchError(() => landOnce(connection(), table, world.source))).toMatchObject({
        code: 'EXTRACT_NOT_A_NUMBER',
      });
    }
  });
});

describe('the instant', () => {
  /** By a statement: of what DDL or the streaming API wrote the emulator keeps no history. */
  const createAccount = async (name: string, amount: string): Promise<void> => {
    await server.createTable('ds', name, [
      { name: 'id', type: 'INT64' },
      { name: 'amount', type: 'NUMERIC' },
    ]);
    await server.query(`insert into ds.${name} values (1, '${amount}')`);
  };

  test('is one for all tables: what is written after the source was opened is not read, by a source opened later it is', async () => {
    for (const name of ['debit', 'credit']) await createAccount(name, '100');
    const source = await openBigquery(connection());
    const before = await land(source, declare({ name: 'debit', control_totals: ['amount'] }), world.source);
    await server.query(`update ds.debit set amount = amount - 30 where true`);
    await server.query(`update ds.credit set amount = amount + 30 where true`);
    await server.query(`insert into ds.credit values (2, numeric '5')`);
    const after = await land(source, declare({ name: 'credit', control_totals: ['amount'] }), world.source);
    await source.close();
    expect([before, after].map(({ rows, figures }) => [rows.length, Number(figures.totals[0]?.sum)])).toEqual([
      [1, 100],
      [1, 100],
    ]);
    expect(after.read.snapshotId).toBe(before.read.snapshotId);

    const control = await landOnce(connection(), declare({ name: 'credit', control_totals: ['amount'] }), world.source);
    expect([control.rows.length, Number(control.figures.totals[0]?.sum)]).toEqual([2, 135]);
  });

  test(
    'holds while money moves between two tables: the sum is constant, and torn without it',
    { timeout: 300_000 },
    async () => {
      for (const name of ['left_side', 'right_side']) await createAccount(name, '1000');
      let stop = false;
      const writer = (async () => {
        while (!stop) {
          await server.query(`update ds.left_side set amount = amount - 1 where true`);
          await server.query(`update ds.right_side set amount = amount + 1 where true`);
        }
      })();
      const sumOf = async (source: OpenSource, name: string): Promise<number> => {
        const { figures } = await land(source, declare({ name, control_totals: ['amount'] }), world.source);
        return Number(figures.totals[0]?.sum);
      };
      const held: number[] = [];
      const naive: number[] = [];
      try {
        for (let pull = 0; pull < 8; pull += 1) {
          const source = await openBigquery(connection());
          held.push((await sumOf(source, 'left_side')) + (await sumOf(source, 'right_side')));
          const later = await openBigquery(connection());
          naive.push((await sumOf(source, 'left_side')) + (await sumOf(later, 'right_side')));
          await Promise.all([source.close(), later.close()]);
        }
      } finally {
        stop = true;
        await writer;
      }
      // Between its two statements the writer itself holds one unit in its hand.
      expect(held.filter((sum) => sum !== 2000 && sum !== 1999)).toEqual([]);
      expect(naive.some((sum) => sum > 2000 || sum < 1999)).toBe(true);
    },
  );

  test('of a view and of a query is that of their own statement, and is told so', async () => {
    await server.query(`create or replace table ds.base as select 1 as id`);
    await server.query(`create or replace view ds.seen as select id from ds.base`);
    const view = await landOnce(connection(), declare({ name: 'seen' }), world.source);
    const query = await landOnce(
      connection(),
      declare({ name: 'asked', query: 'select id from ds.base' }),
      world.source,
    );
    for (const { read, rows, figures } of [view, query]) {
      expect([rows, figures.rows]).toEqual([[['1']], 1n]);
      expect(read.system['instant']).toMatch(/^the statement's own, after \d{4}-/);
      expect(read.snapshotId).toMatch(/^after \d{4}-/);
    }
  });

  test('is bound as @instant for a query to read its tables by; the emulator takes it anywhere but there', async () => {
    const source = await openBigquery(connection());
    const query = 'select @instant as instant';
    const { rows, read } = await land(source, declare({ name: 'told', query }), world.source);
    await source.close();
    expect(rows).toEqual([[read.bindings['instant']]]);
    expect(read.system['instant']).toBe(`the statement's own, after ${read.bindings['instant']}`);
  });

  test('of a table that was made anew after it is lost, and the pull starts again', async () => {
    await server.query(`create or replace table ds.anew as select 1 as id`);
    const source = await openBigquery(connection());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.query(`drop table ds.anew`);
    await server.query(`create table ds.anew as select 2 as id`);
    const error = await catchError(() => land(source, declare({ name: 'anew' }), world.source));
    await source.close();
    expect(error).toMatchObject({ code: 'EXTRACT_SNAPSHOT_LOST', retryable: true });
  });
});

describe('a window', () => {
  const create = async (name: string, type: string, values: readonly (string | null)[]): Promise<void> => {
    await server.createTable('ds', name, [
      { name: 'at', type },
      { name: 'amount', type: 'NUMERIC' },
    ]);
    await server.insert(
      'ds',
      name,
      values.map((at, index) => ({ at, amount: String(index + 1) })),
    );
  };

  test('reads from its lower to its upper bound, both included, and the rows without a value; the whole is counted beside', async () => {
    await create('moments', 'TIMESTAMP', [
      '2024-01-01 00:00:00.000001+00',
      '2024-01-01 00:00:00.000002+00',
      '2024-06-01 12:00:00+00',
      '2024-06-01 12:00:00.5+00',
      null,
    ]);
    const table = declare({ name: 'moments', control_totals: ['amount'] });
    const { read, rows, figures } = await landOnce(connection(), table, world.source, {
      window: { column: 'at', from: '2024-01-01 00:00:00.000002+00' },
    });
    expect(sorted(rows)).toEqual([
      '2024-01-01 00:00:00.000002+00|2.000000000',
      '2024-06-01 12:00:00+00|3.000000000',
      '2024-06-01 12:00:00.5+00|4.000000000',
      '|5.000000000',
    ]);
    expect(figures).toMatchObject({
      rows: 4n,
      totals: [{ column: 'amount', sum: '14.000000000' }],
      whole: { rows: 5n, totals: [{ column: 'amount', sum: '15.000000000' }] },
      cursor: { upper: '2024-06-01 12:00:00.5+00', nullRows: 1n },
    });
    expect(read.bindings).toEqual({ from: '2024-01-01 00:00:00.000002+00', to: '2024-06-01 12:00:00.5+00' });
  });

  test('ends below the largest value by its lag', async () => {
    const { rows, figures } = await landOnce(connection(), declare({ name: 'moments' }), world.source, {
      window: { column: 'at', lag: '1 hour' },
    });
    expect(sorted(rows).map((row) => row.split('|')[1])).toEqual(['1.000000000', '2.000000000', '5.000000000']);
    expect(figures.cursor).toEqual({ upper: '2024-06-01 11:00:00.5+00', nullRows: 1n });
    expect(figures.whole?.rows).toBe(3n);
  });

  test('of a backfill leaves out its upper bound and the rows without a value, and has no whole', async () => {
    const { rows, figures } = await landOnce(connection(), declare({ name: 'moments' }), world.source, {
      window: { column: 'at', from: '2024-01-01', to: '2024-06-01 12:00:00+00', toIncluded: false },
    });
    expect(rows).toHaveLength(2);
    expect(figures).toMatchObject({ rows: 2n, whole: null, cursor: { nullRows: 0n } });
  });

  test('over no value at all reads the rows without one', async () => {
    await create('valueless', 'INT64', [null, null]);
    const { rows, figures } = await landOnce(connection(), declare({ name: 'valueless' }), world.source, {
      window: { column: 'at', lag: '10' },
    });
    expect([rows.length, figures.rows, figures.cursor]).toEqual([2, 2n, { upper: null, nullRows: 2n }]);
  });

  test.each([
    ['INT64', ['-9223372036854775808', '0', '9223372036854775807'], '0', '1000', '9223372036854774807'],
    ['NUMERIC', ['0.000000001', '0.000000002', '5'], '0.000000002', '0.5', '4.500000000'],
    ['DATE', ['0001-01-01', '2024-02-28', '2024-03-01'], '2024-02-28', '1 day', '2024-02-29'],
    [
      'DATETIME',
      ['2024-01-01T00:00:00', '2024-01-02T00:00:00', '2024-01-02T00:00:00.000001'],
      '2024-01-02 00:00:00',
      '1 day',
      '2024-01-01 00:00:00.000001',
    ],
    ['STRING', ['A', 'a', 'é'], 'a', null, 'é'],
  ] as const)('may go by a column of %s', async (type, values, from, lag, upper) => {
    const name = `by_${type.toLowerCase()}`;
    await create(name, type, values);
    const all = await landOnce(connection(), declare({ name }), world.source, { window: { column: 'at', from } });
    expect(all.figures.rows).toBe(2n);
    const lagged = await landOnce(connection(), declare({ name }), world.source, { window: { column: 'at', lag } });
    expect(lagged.figures.cursor?.upper).toBe(upper);
  });

  test('has no cursor of a type without one order, and no bound that is not a value of it', async () => {
    const byFloat = { window: { column: 'f' } };
    const error = await catchError(() => landOnce(connection(), declare({ name: 'floats' }), world.source, byFloat));
    expect(error.message).toContain('ds.floats: f is FLOAT64, which cannot be a cursor [EXTRACT_CURSOR_REFUSED]');
    const wrong = { window: { column: 'at', from: 'secret-value' } };
    const bound = await catchError(() => landOnce(connection(), declare({ name: 'moments' }), world.source, wrong));
    expect(bound).toMatchObject({ code: 'EXTRACT_CURSOR_REFUSED' });
    expect(bound.message).not.toContain('secret-value');
  });
});

describe('personal data', () => {
  test('that is to be dropped is not read, and what is to be masked lands as text', async () => {
    await server.createTable('ds', 'people', [
      { name: 'id', type: 'INT64' },
      { name: 'iban', type: 'STRING' },
      { name: 'born', type: 'TIMESTAMP' },
      { name: 'phone', type: 'INT64' },
      { name: 'secret', type: 'STRING' },
    ]);
    await server.insert('ds', 'people', [
      { id: '1', iban: 'DE02', born: '1990-01-02 03:04:05.678901+00', phone: '4912345', secret: 'x' },
    ]);
    const table = declare({
      name: 'people',
      columns: [
        { name: 'iban', pii: 'last4' },
        { name: 'born', pii: 'hash' },
        { name: 'phone', pii: 'hash' },
        { name: 'secret', pii: 'drop' },
      ],
    });
    const { read, rows } = await landOnce(connection(), table, world.source);
    expect(read.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id bigint',
      'iban text',
      'born text',
      'phone text',
    ]);
    expect(rows).toEqual([['1', 'DE02', '1990-01-02 03:04:05.678901+00', '4912345']]);
    expect(read.query).not.toContain('secret');
  });
});

describe('a changed table', () => {
  const standing = [
    { name: 'id', type: 'bigint' },
    { name: 'gone', type: 'text' },
  ];
  const reading = (policy: string) => () =>
    landOnce(connection(), declare({ name: 'changed', schema_drift: policy, control_totals: ['id'] }), world.source, {
      standing,
    });

  beforeAll(async () => {
    await server.createTable('ds', 'changed', [
      { name: 'id', type: 'INT64' },
      { name: 'fresh', type: 'STRING' },
      { name: 'tags', type: 'STRING', mode: 'REPEATED' },
    ]);
    await server.insert('ds', 'changed', [
      { id: '1', fresh: null, tags: [] },
      { id: '2', fresh: 'new', tags: [] },
      { id: '4', fresh: null, tags: ['x'] },
    ]);
  });

  test('is refused by name when it is frozen', async () => {
    const error = await catchError(reading('freeze'));
    expect(error.message).toContain('(new: fresh, tags; gone: gone) [LAND_SCHEMA_CHANGED]');
  });

  test('evolves: new columns come last, those that are gone are null', async () => {
    const { read, rows, figures } = await reading('evolve')();
    expect(read.columns.map(({ name }) => name)).toEqual(['id', 'gone', 'fresh', 'tags']);
    expect(sorted(rows)).toEqual(['1|||[]', '2||new|[]', '4|||["x"]']);
    expect(figures.drift).toEqual({ added: ['fresh', 'tags'], missing: ['gone'], discarded: [] });
  });

  test('discards values: new columns are left out', async () => {
    const { read, rows, figures } = await reading('discard_value')();
    expect([read.columns.map(({ name }) => name), sorted(rows)]).toEqual([
      ['id', 'gone'],
      ['1|', '2|', '4|'],
    ]);
    expect(figures.drift.discarded).toEqual(['fresh', 'tags']);
  });

  test('discards rows: those that hold a value in a new column are kept aside, counted and not in the totals', async () => {
    const { rows, figures, rejected } = await reading('discard_row')();
    expect(sorted(rows)).toEqual(['1|']);
    expect(figures.rows).toBe(3n);
    expect(Number(figures.totals[0]?.sum)).toBe(1);
    expect(rejected.map(({ reason, row }) => [reason, JSON.parse(row) as object])).toEqual([
      ['the row has a value in fresh or tags, new since the columns were agreed', { id: 2, fresh: 'new', tags: [] }],
      ['the row has a value in fresh or tags, new since the columns were agreed', { id: 4, fresh: null, tags: ['x'] }],
    ]);
    expect(rejected[0]?.at).toBe('ds.changed, rejected row 1');
  });

  test('is refused whatever the policy when a type changed', async () => {
    const table = declare({ name: 'changed', schema_drift: 'evolve' });
    const error = await catchError(() =>
      landOnce(connection(), table, world.source, { standing: [{ name: 'id', type: 'text' }] }),
    );
    expect(error.message).toContain('id was text and is bigint');
  });
});

describe('a query', () => {
  test('is one SELECT, read with its own count and totals', async () => {
    const table = declare({
      name: 'joined',
      query: `with x as (select id, amount from ds.invoices) select id, amount from x where id < 3 -- the first two`,
      control_totals: ['amount'],
    });
    const { rows, figures } = await landOnce(connection(), table, world.source, {
      window: { column: 'id', from: '2' },
    });
    expect(rows).toEqual([['2', '-0.000000001']]);
    expect([figures.rows, figures.whole?.rows, figures.cursor?.upper]).toEqual([1n, 2n, '2']);
  });

  test('that writes, or is more than one statement, is refused and changes nothing', async () => {
    await server.query(`create or replace table ds.kept as select 1 as id, 'a' as name`);
    const before = await server.query('select * from ds.kept');
    for (const query of [
      `insert into ds.kept values (2, 'b')`,
      `delete from ds.kept where true`,
      `update ds.kept set id = 3 where true`,
      `drop table ds.kept`,
      `truncate table ds.kept`,
      `create or replace table ds.kept as select 9 as id`,
      `merge ds.kept using (select 1 as id) as s on false when not matched then insert (id) values (7)`,
      `select 1 as id; drop table ds.kept`,
      `select 1 as id) select * from q; drop table ds.kept; --`,
      `begin select 1; end`,
      `export data options (uri = 'gs://x/*', format = 'csv') as select 1`,
      `call ds.anything()`,
      `/* select */`,
      ``,
    ]) {
      const error = await catchError(() => landOnce(connection(), declare({ name: 'bad', query }), world.source));
      expect([query, (error as { code?: string }).code]).toEqual([query, expect.stringMatching(/^EXTRACT_/)]);
    }
    expect(await server.query('select * from ds.kept')).toEqual(before);
  });

  test('that fails is told by its reason and place, and no value of a row, although the emulator reads rows to analyse it', async () => {
    await server.createTable('ds', 'texts', [{ name: 't', type: 'STRING' }]);
    await server.insert('ds', 'texts', [{ t: 'canary-5512' }]);
    const table = declare({ name: 'casting', query: 'select cast(t as int64) as n from ds.texts' });
    const error = await catchError(() => landOnce(connection(), table, world.source));
    expect(error.message).toMatch(
      /casting: invalidQuery at line 1, column 1 of the statement \[EXTRACT_QUERY_REFUSED\]$/,
    );
    expect(error.message).not.toContain('canary');
  });
});

describeLive(() => world);
