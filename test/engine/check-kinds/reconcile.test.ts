import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countQuery } from '../../../engine/check-kinds/count.ts';
import { planCheck } from '../../../engine/check/plan-check.ts';
import { literal } from '../../../engine/sql-text.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

interface Row {
  readonly a: string | null;
  readonly b: string | null;
  readonly amount: number | null;
}
const FINDS = ['missing', 'differing', 'both'] as const;

function planned(ours: readonly Row[], theirs: readonly Row[], given: object) {
  const model = (name: string, rows: readonly Row[]) => ({
    name,
    template: `{{ config(materialized='ephemeral') }} select * from (values (null::text, null::text, null::numeric, false)${rows.map(({ a, b, amount }) => `, (${literal(a)}, ${literal(b)}, ${literal(amount)}, true)`).join('')}) as v(a, b, amount, is_row) where is_row`,
  });
  const run = { runId: '0', runNo: '1', vertical: 'shop' } as unknown as Parameters<typeof compileTestRun>[0];
  const compiled = compileTestRun(run, [model('ours', ours), model('theirs', theirs)]).beside;
  const definition = defineTestCheck({
    id: 'shop.reconcile',
    kind: 'reconcile',
    on: 'ours',
    arguments: { to: 'theirs', keys: ['a', 'b'], compare: ['amount'], ...given },
  });
  return planCheck(definition, { compiled, checks: [], sources: [] });
}

/** What the check must count, by comparing every row with every other. */
function counted(ours: readonly Row[], theirs: readonly Row[], find: (typeof FINDS)[number], tolerance: number) {
  const meets = (x: Row, y: Row): boolean => x.a !== null && x.b !== null && x.a === y.a && x.b === y.b;
  const pairs = ours.flatMap((x) => theirs.filter((y) => meets(x, y)).map((y) => [x, y] as const));
  const lone = [
    ...ours.filter((x) => !theirs.some((y) => meets(x, y))),
    ...theirs.filter((y) => !ours.some((x) => meets(x, y))),
  ].length;
  const doubled = [ours, theirs].flatMap((rows) => {
    const keys = rows.map(({ a, b }) => JSON.stringify([a, b]));
    return [...new Set(keys)].filter((key) => keys.filter((other) => other === key).length > 1);
  }).length;
  const differing = pairs.filter(([{ amount: x }, { amount: y }]) =>
    x === null || y === null ? x !== y : Math.abs(x - y) > tolerance,
  ).length;
  return {
    population: String(find === 'differing' ? pairs.length : pairs.length + lone),
    found: String((find === 'differing' ? 0 : lone + doubled) + (find === 'missing' ? 0 : differing)),
  };
}

const part = fc.constantFrom('a', 'a-', '-a', 'a/', '/a', '', null);
const row = fc.record({ a: part, b: part, amount: fc.constantFrom(1, 2, 3, null) });
const rows = fc.array(row, { maxLength: 8 });
// Also tables that are the same, and the same but for a row: drawn apart they hardly ever are.
const tables = fc.oneof(
  fc.tuple(rows, rows),
  rows.map((drawn) => [drawn, drawn] as const),
  fc.tuple(rows, row).map(([drawn, more]) => [drawn, [...drawn, more]] as const),
);

test.each(FINDS)('what it counts is what a comparison of every row with every other gives: %s', async (find) => {
  const seen = new Set<string>();
  for (const [ours, theirs] of fc.sample(tables, { numRuns: 60, seed: 20260131 })) {
    for (const tolerance of [0, 1]) {
      const plan = planned(ours, theirs, { find, tolerance });
      const [counts] = await db.warehouse.query(
        `select (${countQuery(plan.population, plan.relation)})::text as population, (${countQuery(plan.found!, plan.relation)})::text as found, (select count(*) from (${plan.violations}) as v)::text as violations`,
      );
      const expected = counted(ours, theirs, find, tolerance);
      expect(counts).toEqual({ ...expected, violations: expected.found });
      seen.add(expected.found === '0' ? 'clean' : 'not');
    }
  }
  expect(seen.size).toBe(2);
});

test('against another database it says what to compare, and reads what came of it', async () => {
  const plan = planned([], [], {
    to: { connection: 'erp', table: 'public.gl_detail' },
    keys: { a: 'journal_id' },
    compare: { amount: 'total' },
    tolerance: '0.05',
    to_where: 'year = 2026',
  });
  const { differences = '', looked = '', ...compares } = plan.compares ?? {};
  expect(compares).toMatchInlineSnapshot(`
    {
      "compare": [
        {
          "ours": "amount",
          "theirs": "total",
        },
      ],
      "connection": "erp",
      "except": [],
      "find": "both",
      "ignoreCase": false,
      "keys": [
        {
          "ours": "a",
          "theirs": "journal_id",
        },
      ],
      "table": "public.gl_detail",
      "toWhere": "year = 2026",
      "tolerance": "0.05",
      "trim": false,
      "where": "true",
    }
  `);
  const counts = await db.warehouse.transaction(async (session) => {
    await session.execute(
      `create temporary table ${differences} as select * from (values ('only_here', 'k1', null, null::numeric), ('only_there', 'k2', null, null), ('differs', 'k3', 'amount is 1 in ours and 2 in erp', -1), ('doubled_there', 'k4', null, null)) as v(finding, key, differing, amount)`,
    );
    await session.execute(`create temporary table ${looked} as select 9::bigint as looked`);
    return [
      await session.query(countQuery(plan.population, plan.relation)),
      await session.query(`${plan.violations} order by key`),
    ];
  });
  expect(counts).toMatchInlineSnapshot(`
    [
      [
        {
          "looked": "9",
        },
      ],
      [
        {
          "amount": null,
          "reason": "is in ours but not in erp:public.gl_detail",
          "subject_id": "k1",
        },
        {
          "amount": null,
          "reason": "is in erp:public.gl_detail but not in ours",
          "subject_id": "k2",
        },
        {
          "amount": "-1",
          "reason": "amount is 1 in ours and 2 in erp",
          "subject_id": "k3",
        },
        {
          "amount": null,
          "reason": "stands several times in erp:public.gl_detail",
          "subject_id": "k4",
        },
      ],
    ]
  `);
});
