import { expect, test } from 'vitest';
import { Relation, relationOfSql } from '../../../engine/compile/words/relation.ts';

const orders = new Relation({ database: 'db', schema: 'shop', identifier: 'orders', type: 'table' });
const only = (parts: object): object => ({ ...parts, __keywords: true });

test('a relation prints as it is quoted, and has its parts', () => {
  expect(String(orders)).toBe('"shop"."orders"');
  expect(orders).toMatchObject({ database: 'db', schema: 'shop', identifier: 'orders', type: 'table' });
  expect([orders.name, orders.table, orders.is_table, orders.is_view, orders.is_cte]).toEqual([
    'orders',
    'orders',
    true,
    false,
    false,
  ]);
  expect(String(relationOfSql('"a""b"."c"'))).toBe('"a""b"."c"');
  expect(relationOfSql('"a""b"."c"').schema).toBe('a"b');
  expect(String(relationOfSql('(select 1)'))).toBe('(select 1)');
});

test('parts are left out, put in and quoted as asked', () => {
  expect(String(orders.include(only({ database: true })))).toBe('"db"."shop"."orders"');
  expect(String(orders.include(only({ schema: false })))).toBe('"orders"');
  expect(String(orders.quote(only({ identifier: false })))).toBe('"shop".orders');
  expect(String(orders.without_identifier())).toBe('"shop"');
  expect(String(orders.replace_path(only({ identifier: 'other' })))).toBe('"shop"."other"');
  expect(String(orders.incorporate(only({ path: { schema: 'x' }, type: 'view' })))).toBe('"x"."orders"');
  expect(String(orders.information_schema('columns'))).toBe('information_schema.columns');
  expect(() => orders.include(only({ shema: false }))).toThrowErrorMatchingInlineSnapshot(
    `[Error: include has no argument 'shema'; did you mean 'schema'?]`,
  );
});

test('a slice is seen when it is printed, not when it is rendered by hand', () => {
  const slice = orders.with({
    slice: { column: 'sold_at', start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' },
  });
  expect(String(slice)).toBe(
    `(select * from "shop"."orders" where sold_at >= '2026-01-01T00:00:00Z' and sold_at < '2026-01-02T00:00:00Z')`,
  );
  expect(slice.render()).toBe('"shop"."orders"');
  expect(String(orders.with({ empty: true }))).toBe('(select * from "shop"."orders" where false limit 0)');
});
