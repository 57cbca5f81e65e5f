import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeQuery } from '../../../engine/warehouse/describe-query.ts';
import { columnsOf } from '../../../engine/warehouse/relation-columns.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let world: TestWarehouse;

beforeAll(async () => {
  world = await createTestWarehouse();
  await world.intruder.query(
    `create type public.mood as enum ('good', 'bad'); create domain public.money_2 as numeric(12,2)`,
  );
});

afterAll(() => world.stop());

const types = async (sql: string) => {
  const columns = await describeQuery(world.warehouse, sql);
  return Object.fromEntries(columns.map(({ name, type }) => [name, type]));
};

test('names and types come with their precision', async () => {
  const sql = `select 1::numeric(18,2) as a, 1::numeric as b, 'x'::varchar(20) as c, 'x' as d, now() as e, now()::timestamp(3) as f,
    array[1::numeric(5,1)] as g, 'good'::public.mood as h, 1::public.money_2 as i, interval '1 day'::interval day as j, null as k`;
  expect(await types(sql)).toEqual({
    a: 'numeric(18,2)',
    b: 'numeric',
    c: 'character varying(20)',
    d: 'text',
    e: 'timestamp with time zone',
    f: 'timestamp(3) without time zone',
    g: 'numeric(5,1)[]',
    h: 'mood',
    i: 'numeric(12,2)',
    j: 'interval day',
    k: 'text',
  });
});

test('a query is not run, in a transaction that can only read either, and two columns of one name are both told', async () => {
  const sql = 'with a as (select pg_sleep(60)::text as x) select x, x, 1 / length(x) as y from a -- end';
  const columns = await world.warehouse.transaction((session) => describeQuery(session, sql), { readOnly: true });
  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['x text', 'x text', 'y integer']);
});

test('a statement that is no select is refused', async () => {
  await world.warehouse.execute('create table public.kept (id integer)');
  await expect(types('with gone as (delete from public.kept returning 1) select 1')).rejects.toThrow('data-modifying');
  await expect(types('select 1) as q; drop table public.kept; select (1')).rejects.toThrow('42601');
});

test('the columns of relations come in one map, without those that do not stand', async () => {
  await world.warehouse.execute('create table public."Two Words" (b numeric(5,2), a varchar(3), gone int)');
  await world.warehouse.execute('alter table public."Two Words" drop column gone');
  await world.warehouse.execute('create view public.plain as select 1 as one');
  await world.warehouse.execute('create table public.bare ()');
  const names = ['"public"."Two Words"', '"public"."plain"', '"public"."none"', '"nowhere"."none"', '"public"."bare"'];
  expect(Object.fromEntries(await columnsOf(world.warehouse, names))).toEqual({
    '"public"."Two Words"': [
      { name: 'b', type: 'numeric(5,2)' },
      { name: 'a', type: 'character varying(3)' },
    ],
    '"public"."plain"': [{ name: 'one', type: 'integer' }],
    '"public"."bare"': [],
  });
  expect((await columnsOf(world.warehouse, [])).size).toBe(0);
});
