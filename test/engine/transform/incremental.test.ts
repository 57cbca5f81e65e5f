import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { declareTable } from '../../setup/pull-tables.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { buildTestRun, rowsOf } from './build-test-run.ts';
import type { TestBuild } from './build-test-run.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.intruder.query('create schema src authorization tickmark');
});
afterAll(() => db.stop());
beforeEach(async () => {
  await db.intruder.query('drop table if exists src.events');
  await db.intruder.query('create table src.events (id int, part text, amount numeric(12,2), at timestamp)');
  await db.intruder.query('alter table src.events owner to tickmark');
  await put("(1, 'a', 10, '2026-01-29 10:00'), (2, 'b', 20, '2026-01-30 10:00')");
});

const sources = [
  { ...declareTable({ name: 'events' }), source: 'src', external: { schema: 'src', identifier: 'events' } },
];

async function put(values: string): Promise<void> {
  await db.intruder.query(`insert into src.events values ${values}`);
}

let count = 0;
/** A model of its own for each test, so that none finds another one's table. */
function incremental(config: string, select = '*', where = 'where id > (select max(id) from {{ this }})') {
  count += 1;
  const name = `events_${count}`;
  const template = `{{ config(materialized='incremental'${config === '' ? '' : `, ${config}`}) }}
select ${select} from {{ source('src', 'events') }} {% if is_incremental() %}${where}{% endif %}`;
  return { name, template };
}

async function build(
  model: { name: string; template: string },
  options: Parameters<typeof buildTestRun>[2] = {},
): Promise<TestBuild> {
  const built = await buildTestRun(db, [model], { sources, ...options });
  const error = built.builds[model.name]?.error ?? null;
  if (error !== null) throw new Error(error.message);
  return built;
}

const rows = (model: { name: string }, columns = 'id, part, amount'): ReturnType<typeof rowsOf> =>
  rowsOf(db, `select ${columns} from shop.${model.name} order by 1, 2`);

describe('an incremental model', () => {
  test('appends what is new, into the table that stands', async () => {
    const model = incremental('');
    const first = await build(model);
    await put("(3, 'b', 30, '2026-01-31 10:00')");
    const second = await build(model);
    expect(second.builds[model.name]).toMatchObject({ status: 'success', affected: '1', rows: '3' });
    expect(second.builds[model.name]?.storeTable).toBe(first.builds[model.name]?.storeTable);
    expect(await rows(model)).toEqual([
      ['1', 'a', '10.00'],
      ['2', 'b', '20.00'],
      ['3', 'b', '30.00'],
    ]);
  });

  test('shows a check the whole while readers see the old, until it is published', async () => {
    const model = incremental('');
    await build(model);
    await put("(3, 'b', 30, '2026-01-31 10:00')");
    await build(model, { publish: false });
    expect(await rows(model, 'id, id')).toEqual([
      ['1', '1'],
      ['2', '2'],
    ]);
    // What was not published is found again.
    await build(model);
    expect(await rows(model, 'id, id')).toEqual([
      ['1', '1'],
      ['2', '2'],
      ['3', '3'],
    ]);
  });

  test('with a unique key replaces the rows of a key', async () => {
    const model = incremental("unique_key='id'", '*', 'where id >= 2');
    await build(model);
    await db.intruder.query('update src.events set amount = 99 where id = 2');
    await put("(3, 'c', 30, '2026-01-31 10:00')");
    await build(model);
    expect(await rows(model)).toEqual([
      ['1', 'a', '10.00'],
      ['2', 'b', '99.00'],
      ['3', 'c', '30.00'],
    ]);
  });

  test('merges: only the columns that are to be updated change', async () => {
    const model = incremental(
      "incremental_strategy='merge', unique_key=['id'], merge_update_columns=['amount']",
      '*',
      'where id >= 2',
    );
    await build(model);
    await db.intruder.query("update src.events set amount = 99, part = 'z' where id = 2");
    await put("(3, 'c', 30, '2026-01-31 10:00')");
    await build(model);
    expect(await rows(model)).toEqual([
      ['1', 'a', '10.00'],
      ['2', 'b', '99.00'],
      ['3', 'c', '30.00'],
    ]);
  });

  test('refuses a merge whose result would depend on the order of the rows', async () => {
    const model = incremental("incremental_strategy='merge', unique_key='id'", '*', 'where id >= 2');
    await build(model);
    await put("(2, 'x', 1, null)");
    await expect(build(model)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: sql/shop/marts/events_5.sql: model events_5: merge: more than one new row has the unique_key (id) of one standing row [TRANSFORM_MODEL_FAILED]]`,
    );
    expect(await rows(model)).toEqual([
      ['1', 'a', '10.00'],
      ['2', 'b', '20.00'],
    ]);
  });

  test('overwrites the partitions that it has rows of, and no other', async () => {
    const model = incremental(
      "incremental_strategy='insert_overwrite', partition_by=['part']",
      '*',
      "where part = 'b'",
    );
    await build(model);
    await db.intruder.query('delete from src.events');
    await put("(5, 'b', 50, null), (6, 'a', 60, null)");
    await build(model);
    expect(await rows(model)).toEqual([
      ['1', 'a', '10.00'],
      ['5', 'b', '50.00'],
    ]);
  });

  test('looks only at the standing rows that incremental_predicates name', async () => {
    const model = incremental(
      `unique_key='id', incremental_predicates=["DBT_INTERNAL_DEST.part = 'b'"]`,
      '*',
      'where true',
    );
    await build(model);
    await build(model);
    expect(await rows(model)).toEqual([
      ['1', 'a', '10.00'],
      ['1', 'a', '10.00'],
      ['2', 'b', '20.00'],
    ]);
  });

  test('is built from nothing with a full refresh', async () => {
    const model = incremental('');
    await build(model);
    await db.intruder.query('delete from src.events where id = 1');
    await build(model);
    expect(await rows(model)).toHaveLength(2);
    await build(model, { request: { fullRefresh: true } });
    expect(await rows(model)).toEqual([['2', 'b', '20.00']]);
  });

  test('keeps a content hash that a whole reading would give', async () => {
    const model = incremental("unique_key='id'", '*', 'where id >= 2');
    await build(model);
    await put("(3, 'c', 30, null)");
    const grown = await build(model);
    const whole = await build({ ...model, name: `${model.name}_whole` });
    expect(grown.builds[model.name]?.contentHash).toBe(whole.builds[`${model.name}_whole`]?.contentHash);
  });
});

describe('when the columns of an incremental model change', () => {
  const wider = (model: { name: string; template: string }) => ({
    ...model,
    template: model.template.replace('select *', "select *, 'new'::text as extra"),
  });

  test('ignore leaves the new one out', async () => {
    const model = incremental('');
    await build(model);
    await put("(3, 'c', 30, null)");
    await build(wider(model));
    expect(await rows(model)).toHaveLength(3);
    await expect(rows(model, 'extra, id')).rejects.toThrow('column "extra" does not exist');
  });

  test('append_new_columns adds it, null in what stood', async () => {
    const model = incremental("on_schema_change='append_new_columns'");
    await build(model);
    await put("(3, 'c', 30, null)");
    await build(wider(model));
    expect(await rows(model, 'id, extra')).toEqual([
      ['1', null],
      ['2', null],
      ['3', 'new'],
    ]);
  });

  test('sync_all_columns also takes away what is no more, and changes types', async () => {
    const model = incremental("on_schema_change='sync_all_columns'");
    await build(model);
    await put("(3, 'c', 30, null)");
    const other = {
      ...model,
      template: model.template.replace('select *', 'select id, amount::text as amount, at as moment'),
    };
    await build(other);
    expect(await rows(model, 'id, amount, moment')).toEqual([
      ['1', '10.00', null],
      ['2', '20.00', null],
      ['3', '30.00', null],
    ]);
    await expect(rows(model, 'part, id')).rejects.toThrow('column "part" does not exist');
  });

  test('fail stops, and names what changed', async () => {
    const model = incremental("on_schema_change='fail'");
    await build(model);
    await put("(3, 'c', 30, null)");
    await expect(build(wider(model))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: sql/shop/marts/events_13.sql: model events_13: its columns changed: added extra (text) [TRANSFORM_SCHEMA_CHANGED]]`,
    );
  });
});

describe('a microbatch model', () => {
  const microbatch = (more = ''): { name: string; template: string } => {
    count += 1;
    return {
      name: `daily_${count}`,
      template: `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day', begin='2026-01-28'${more}) }}
select id, part, amount, at from {{ source('src', 'events') }}`,
    };
  };
  const timed = sources.map((source) => ({ ...source, eventTime: 'at' }));

  test('builds every slice since its begin, then those that are due, and keeps which definition built them', async () => {
    const model = microbatch();
    const first = await build(model, { sources: timed });
    expect(first.plan.models[0]?.slices).toHaveLength(4);
    expect(await rows(model)).toHaveLength(2);
    await put(
      "(3, 'late', 5, '2026-01-28 09:00'), (4, 'late', 7, '2026-01-30 09:00'), (5, 'new', 1, '2026-02-01 09:00')",
    );
    const second = await build(model, { sources: timed, runClock: '2026-02-01T12:00:00.000000Z' });
    // The new day, and one day of lookback before it: the 31st; what came late before that is not looked for.
    expect(second.plan.models[0]?.slices?.map(({ from }) => from)).toEqual([
      '2026-01-31T00:00:00.000Z',
      '2026-02-01T00:00:00.000Z',
    ]);
    expect(await rows(model, 'id, id')).toEqual([
      ['1', '1'],
      ['2', '2'],
      ['5', '5'],
    ]);
    const asked = await build(model, {
      sources: timed,
      request: { eventTime: { start: '2026-01-28', end: '2026-01-31' } },
      runClock: '2026-02-01T12:00:00.000000Z',
    });
    expect(asked.builds[model.name]?.reason).toBe('slices of it were asked for again');
    expect(await rows(model, 'id, id')).toEqual([
      ['1', '1'],
      ['2', '2'],
      ['3', '3'],
      ['4', '4'],
      ['5', '5'],
    ]);
    const ledger = await rowsOf(
      db,
      `select count(*), count(distinct definition_hash) from audit.built_intervals where model = '${model.name}'`,
    );
    expect(ledger).toEqual([['5', '1']]);
  });

  test('needs to be told what its slices are', async () => {
    const model = microbatch();
    await expect(
      build({ ...model, template: model.template.replace(", batch_size='day'", '') }, { sources: timed }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[EngineError: sql/shop/marts/daily_15.sql: model daily_15: microbatch needs batch_size: hour, day, month or year [TRANSFORM_CONFIG]]`,
    );
  });
});

describe('a template that asks only in a run upon what stands', () => {
  test('is answered there, and the question is part of its definition', async () => {
    const asked = `{%- call statement('last', fetch_result=True) %}select max(id) from {{ this }}{% endcall -%}
where id > {{ load_result('last')['data'][0][0] }}`;
    const model = incremental('', '*', asked);
    await build(model);
    await put("(3, 'b', 30, '2026-01-31 10:00')");
    const second = await build(model);
    expect(second.builds[model.name]).toMatchObject({ status: 'success', affected: '1', rows: '3' });
    const other = { ...model, template: model.template.replace('max(id)', 'max(id) - 1') };
    const plans = [second, await build(model), await build(other)].map(({ plan }) => plan.models[0]?.definitionHash);
    expect(plans[1]).toBe(plans[0]);
    expect(plans[2]).not.toBe(plans[0]);
  });
});
