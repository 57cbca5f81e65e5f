import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countQuery } from '../../../engine/check-kinds/count.ts';
import { planCheck } from '../../../engine/check/plan-check.ts';
import { ksDistance, psi } from '../../../engine/statistics/population-stability.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

/** What the database says of two samples: the measure that the check keeps. */
async function measured(here: readonly number[], there: readonly number[], given: object): Promise<number> {
  const model = (name: string, values: readonly number[]) => ({
    name,
    template: `{{ config(materialized='ephemeral') }} select unnest(array[${values.join(', ')}]::numeric[]) as value`,
  });
  const run = { runId: '0', runNo: '1', vertical: 'shop' } as unknown as Parameters<typeof compileTestRun>[0];
  const compiled = compileTestRun(run, [model('here', here), model('there', there)]).beside;
  const definition = defineTestCheck({
    id: 'shop.shift',
    kind: 'distribution_shift',
    on: 'here',
    column: 'value',
    arguments: { to: 'there', max: 1, ...given },
  });
  const plan = planCheck(definition, { compiled, checks: [], sources: [] });
  const [row] = await db.warehouse.query(`select (${countQuery(plan.measure!, plan.relation)})::text as n`);
  return Number(row?.['n']);
}

const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 });
const drawn = fc.sample(fc.tuple(sample, sample), { numRuns: 60, seed: 20260131 });

test('the distance in the database is that of the reference', async () => {
  for (const [here, there] of drawn)
    expect(await measured(here, there, { method: 'ks' })).toBeCloseTo(ksDistance(there, here), 5);
});

test('the index of categories in the database is that of the reference', async () => {
  for (const [here, there] of drawn) {
    const values = [...new Set([...here, ...there])];
    const shares = (of: readonly number[]) =>
      values.map((value) => of.filter((one) => one === value).length / of.length);
    const expected = psi(shares(there), shares(here), 0.0001);
    expect(await measured(here, there, { as: 'categories' })).toBeCloseTo(expected, 5);
  }
});

test('the index of numbers in the database is that of the reference, over bins of as many values as can be', async () => {
  for (const [here, there] of drawn) {
    const sorted = there.toSorted((a, b) => a - b);
    const edges = [1, 2, 3, 4].map((cut) => sorted[Math.floor((cut * sorted.length) / 5)] ?? 0);
    const distinct = [...new Set(edges)];
    const shares = (of: readonly number[]) =>
      [Number.NEGATIVE_INFINITY, ...distinct].map((low, bin) => {
        const inBin = of.filter((one) => one >= low && one < (distinct[bin] ?? Number.POSITIVE_INFINITY));
        return inBin.length / of.length;
      });
    const expected = psi(shares(there), shares(here), 0.0001);
    expect(await measured(here, there, { bins: 5 })).toBeCloseTo(expected, 5);
  }
});

test('the reference numbers: halves to .3 and .7, quarters to .1, .2, .3 and .4', async () => {
  const of = (...counts: readonly number[]) =>
    counts.flatMap((count, value) => Array.from({ length: count }, () => value));
  expect(await measured(of(3, 7), of(5, 5), { as: 'categories' })).toBe(0.16946);
  expect(await measured(of(1, 2, 3, 4), of(5, 5, 5, 5), { bins: 4 })).toBe(0.228217);
  expect(await measured(of(1, 2, 3, 4), of(5, 5, 5, 5), { edges: [1, 2, 3] })).toBe(0.228217);
});
