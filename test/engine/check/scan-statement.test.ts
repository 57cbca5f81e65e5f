import { expect, test } from 'vitest';
import type { Count } from '../../../engine/check-kinds/count.ts';
import { scanStatement } from '../../../engine/check/scan-statement.ts';

const groups = (having: string, where = 'true'): Count => ({ groups: { keys: ['t.id'], where, having } });

test('a relation is scanned once, whatever is asked of it, and equal questions are asked once', () => {
  const counts: Count[] = [
    { aggregate: 'count(*)' },
    { aggregate: 'count(*) - count(t.a)' },
    { aggregate: 'count(*)' },
    groups('count(*) > 1'),
    { query: 'select count(*) from a as t where not exists (select 1 from b where b.id = t.id)' },
    groups('count(*) > 1'),
    groups('count(*) > 1', 't.a is not null'),
    groups('min(t.a) < 0', 't.a is not null'),
  ];
  const statement = scanStatement([{ relation: '"shop"."a"', counts }]);
  expect(statement.sql).toMatchInlineSnapshot(`
    "select (select array[(count(*))::text, (count(*) - count(t.a))::text]
    from "shop"."a" as t)
    || (select array[count(*)::text]
    from (select 1 from "shop"."a" as t where true group by t.id having (count(*) > 1)) as grouped)
    || (select array[count(*) filter (where is_0)::text, count(*) filter (where is_1)::text]
    from (select (count(*) > 1) as is_0, (min(t.a) < 0) as is_1 from "shop"."a" as t where t.a is not null group by t.id having (count(*) > 1) or (min(t.a) < 0)) as grouped)
    || array[(
    select count(*) from a as t where not exists (select 1 from b where b.id = t.id)
    )::text] as "0""
  `);
  expect(statement.read({ '0': '{4,1,2,3,5,NULL}' })).toEqual([['4', '1', '4', '2', null, '2', '3', '5']]);
});

test('several relations go in one statement', () => {
  const statement = scanStatement([
    { relation: '"shop"."a"', counts: [{ aggregate: 'count(*)' }] },
    { relation: '', counts: [{ query: 'select 7' }] },
  ]);
  expect(statement.sql).toMatchInlineSnapshot(`
    "select (select array[(count(*))::text]
    from "shop"."a" as t) as "0",
    array[(
    select 7
    )::text] as "1""
  `);
  expect(statement.read({ '0': '{4}', '1': '{7}' })).toEqual([['4'], ['7']]);
});
