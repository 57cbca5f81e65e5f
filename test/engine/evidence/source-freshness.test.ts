import { afterAll, beforeAll, expect, test } from 'vitest';
import { sourceFreshness } from '../../../engine/evidence/source-freshness.ts';
import type { FreshnessInput } from '../../../engine/evidence/source-freshness.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let world: TestWarehouse;
const CLOCK = '2026-03-10T12:00:00Z';

beforeAll(async () => {
  world = await createTestWarehouse();
  await world.warehouse.execute('create schema erp');
  await world.warehouse.execute(
    'create table erp.orders (id integer, loaded_at timestamp, is_test boolean default false)',
  );
  await world.warehouse.execute(
    `insert into erp.orders values (1, '2026-03-10 10:00:00.5', false), (2, '2026-03-09', false), (3, '2026-03-10 11:30', true)`,
  );
});

afterAll(() => world.stop());

const judge = async (changes: Partial<FreshnessInput> = {}, clock: string | null = CLOCK) => {
  const { durationMs, ...result } = await sourceFreshness(
    {
      source: 'erp',
      table: 'orders',
      relation: '"erp"."orders"',
      loadedAt: { field: 'loaded_at -- in UTC' },
      filter: 'not is_test -- real ones',
      freshness: { warn_after: { count: 2, period: 'hour' }, error_after: { count: 1, period: 'day' } },
      ...changes,
    },
    clock,
    world.warehouse,
  );
  expect(durationMs).toBeGreaterThanOrEqual(0);
  return result;
};

test('a table whose newest row is young enough passes, to the microsecond', async () => {
  expect(await judge()).toEqual({
    source: 'erp',
    table: 'orders',
    status: 'pass',
    maxLoadedAt: '2026-03-10T10:00:00.500000Z',
    snapshottedAt: '2026-03-10T12:00:00.000000Z',
    ageSeconds: '7199.500000',
    message: null,
  });
  expect((await judge({}, '2026-03-10T12:00:00.5Z')).status).toBe('pass');
});

test('past a threshold it warns, and past the other it is an error', async () => {
  expect((await judge({}, '2026-03-10T12:00:00.500001Z')).status).toBe('warn');
  expect((await judge({}, '2026-03-11T10:00:00.5Z')).status).toBe('warn');
  expect((await judge({}, '2026-03-11T10:00:00.6Z')).status).toBe('error');
  const onlyWarn = { warn_after: { count: 90, period: 'minute' }, error_after: undefined } as const;
  expect((await judge({ freshness: onlyWarn }, '2027-01-01T00:00:00Z')).status).toBe('warn');
});

test('the filter decides which rows are looked at', async () => {
  expect((await judge({ filter: null })).maxLoadedAt).toBe('2026-03-10T11:30:00.000000Z');
});

test('a query says the time of the last load', async () => {
  const loadedAt = { query: "select timestamptz '2026-03-10 13:00:00+02'; " };
  expect(await judge({ loadedAt })).toMatchObject({ status: 'pass', ageSeconds: '3600.000000' });
});

test('without a moment of its own the clock of the warehouse judges', async () => {
  expect(await judge({ loadedAt: { field: "now() - interval '3 hours'" }, filter: null }, null)).toMatchObject({
    status: 'warn',
    ageSeconds: '10800.000000',
  });
});

test('a table without a row, or whose rows have no time, is no_data and no pass', async () => {
  expect(await judge({ filter: 'false' })).toMatchObject({
    status: 'no_data',
    maxLoadedAt: null,
    message: 'no row has a load time',
  });
  expect(await judge({ loadedAt: { field: 'null::timestamp' } })).toMatchObject({ status: 'no_data' });
});

test('a landed table is as fresh as its last pull that tied out', async () => {
  expect(await judge({ loadedAt: 'pull' })).toMatchObject({ status: 'no_data', message: 'it was never pulled' });
  const run = await world.beginRun();
  const pulled = (table: string, tied: boolean, at: string) =>
    world.warehouse.execute(
      `insert into audit.tie_outs (run_id, run_no, source, table_name, tied, lines, landed_rows, added_rows, removed_rows, changed_keys, content_hash, verified_at)
       values ($1, $2, 'erp', $3, $4, '[]', 0, 0, 0, 0, '', $5)`,
      [run.runId, run.runNo, table, String(tied), at],
    );
  await pulled('untied', false, '2026-03-10T11:00:00Z');
  await pulled('orders', true, '2026-03-10T09:00:00Z');
  expect(await judge({ loadedAt: 'pull' })).toMatchObject({ status: 'warn', ageSeconds: '10800.000000' });
  expect((await judge({ loadedAt: 'pull', table: 'untied' })).status).toBe('no_data');
});

test('what cannot be read is a runtime error that says why', async () => {
  const said = async (changes: Partial<FreshnessInput>) => {
    const { status, message } = await judge(changes);
    return `${status}: ${message}`;
  };
  expect([
    await said({ loadedAt: null }),
    await said({ relation: '"erp"."gone"' }),
    await said({ loadedAt: { field: 'loaded' } }),
    await said({ loadedAt: { field: 'id' } }),
    await said({ loadedAt: { query: 'select loaded_at from erp.orders' } }),
  ]).toMatchInlineSnapshot(`
    [
      "runtime error: neither loaded_at_field nor loaded_at_query says when its rows were loaded",
      "runtime error: relation "erp.gone" does not exist (SQLSTATE 42P01)",
      "runtime error: column "loaded" does not exist (SQLSTATE 42703)",
      "runtime error: cannot cast type integer to timestamp with time zone (SQLSTATE 42846)",
      "runtime error: a subquery gave more than one row (SQLSTATE 21000)",
    ]
  `);
});
