import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';
import { differences } from './relation-rows.ts';
import { openSideBySide } from './side-by-side.ts';
import type { SideBySide } from './side-by-side.ts';

/** Columns that say when the tool ran. */
const WHEN = ['dbt_scd_id', 'dbt_updated_at', 'dbt_valid_from', 'dbt_valid_to', 'valid_from', 'valid_to'];

interface Case {
  readonly project: string;
  readonly what: string;
  /** Commands that are given to both, in order; `{ sql }` is run in both databases. */
  readonly steps: readonly (readonly string[] | { readonly sql: string })[];
  readonly volatile?: Readonly<Record<string, readonly string[]>>;
}

const CASES: readonly Case[] = [
  {
    project: 'jaffle',
    what: 'the classic shop: seeds, staging, marts',
    steps: [['build'], ['build']],
  },
  {
    project: 'jaffle-newer',
    what: 'the newer shop: sources of seeds, dispatched macros, snapshots, a unit test, a semantic layer',
    steps: [['seed'], ['build'], ['build']],
    volatile: { customers_snapshot: WHEN, products_snapshot: WHEN },
  },
  {
    project: 'web-shop-events',
    what: 'sessions, funnels, pivots by what the warehouse holds',
    steps: [['build'], ['build']],
  },
  {
    project: 'messy',
    what: 'names in capitals, two model paths, old words, comments that hold templates',
    steps: [['build'], ['build']],
  },
  {
    project: 'golden',
    what: 'every materialization and strategy, twice, with changes in between',
    steps: [
      ['build', '--event-time-start', '2024-01-01', '--event-time-end', '2024-01-06'],
      { sql: 'second.sql' },
      ['build', '--event-time-start', '2024-01-05', '--event-time-end', '2024-01-10'],
    ],
    volatile: { snap_check: WHEN, snap_check_all: WHEN, snap_timestamp_invalidate: ['dbt_valid_to'] },
  },
];

describe.each(CASES)('$project: $what', ({ project, steps, volatile }) => {
  let sides: SideBySide;
  beforeAll(async () => {
    sides = await openSideBySide(project);
  }, 300_000);
  afterAll(() => sides.stop());

  test('both tools build it, and every relation has the same columns and rows', { timeout: 300_000 }, async () => {
    for (const step of steps) {
      if ('sql' in step) {
        await sides.both(step.sql);
        continue;
      }
      const [theirs, ours] = await Promise.all([sides.dbt(...step), sides.tickmark(...step)]);
      expect(theirs.code, theirs.output).toBe(0);
      expect(ours.code, ours.stderr).toBe(0);
    }
    expect(await sides.compareRows(volatile)).toEqual([]);
  });

  test('both tools say the same of every test', async () => {
    const { dbt, tickmark } = await sides.verdicts();
    expect(dbt.length).toBeGreaterThan(0);
    expect(tickmark).toEqual(dbt);
  });
});

describe('the comparison itself', () => {
  let warehouse: TestWarehouse;
  let client: TestWarehouse['intruder'];
  beforeAll(async () => {
    warehouse = await createTestWarehouse();
    client = warehouse.intruder;
    await client.query(`
      create view one as select 1 as a, 'x'::text as b union all select 1, 'x' union all select 2, null;
      create view same as select 2 as a, null::text as b union all select 1, 'x' union all select 1, 'x';
      create view fewer as select 1 as a, 'x'::text as b union all select 2, null;
      create view other_type as select a::bigint as a, b from one;
      create view other_order as select b, a from one;
      create view empty_text as select a, coalesce(b, '') as b from one;
    `);
  });
  afterAll(() => warehouse.stop());

  const compare = (relation: string): Promise<readonly string[]> =>
    differences('x', { dbt: { client, relation: 'one' }, tickmark: { client, relation } });

  test.each([
    ['same', []],
    ['fewer', ['x: 1 rows only of dbt, 0 only of Tickmark; of dbt ["1","x"], of Tickmark -']],
    ['other_type', ['x: columns of dbt (a integer, b text), of Tickmark (a bigint, b text)']],
    ['empty_text', ['x: 1 rows only of dbt, 1 only of Tickmark; of dbt ["2",null], of Tickmark ["2",""]']],
    ['nowhere', ['x: only dbt has it']],
  ])('of one and %s finds what differs', async (other, found) => {
    expect(await compare(other)).toEqual(found);
  });

  test('finds another order of columns', async () => {
    const [said] = await compare('other_order');
    expect(said).toBe('x: columns of dbt (a integer, b text), of Tickmark (b text, a integer)');
  });

  test('takes an exact decimal for a float of the same value, and no other', async () => {
    await client.query(`
      create view floats as select 0.1::float8 as d union all select 2;
      create view exact as select 0.10 as d union all select 2.000;
      create view near as select 0.1001 as d union all select 2;
    `);
    const among = (relation: string): Promise<readonly string[]> =>
      differences('x', { dbt: { client, relation: 'floats' }, tickmark: { client, relation } });
    expect(await among('exact')).toEqual([]);
    expect(await among('near')).toEqual([
      'x: 1 rows only of dbt, 1 only of Tickmark; of dbt ["0.1"], of Tickmark ["0.1001"]',
    ]);
  });
});
