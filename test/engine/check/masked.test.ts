import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../../../engine/check/check.ts';
import { previewChecks } from '../../../engine/check/preview-checks.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import type { ColumnSpec } from '../../../engine/contracts/model-config.ts';
import { NOTHING_SAID } from '../../../engine/project/load-models.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import type { TestModel } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

const column = (name: string, said: Partial<ColumnSpec>): ColumnSpec => ({
  name,
  description: undefined,
  dataType: undefined,
  constraints: [],
  tags: [],
  meta: {},
  quote: false,
  ...said,
});
const people = (columns: readonly ColumnSpec[]): TestModel => ({
  name: 'people',
  template: `{{ config(materialized='ephemeral') }} select * from (values (1, 'canary@example.com', 'Canary Street', 4711.00), (2, 'b@example.com', 'Elm', 1.00)) as v(id, email, "Street", amount)`,
  properties: { ...NOTHING_SAID, columns },
});
const tagged = people([
  column('email', { tags: ['pii'] }),
  column('Street', { meta: { pii: true } }),
  column('amount', { meta: { pii: 'yes' } }),
  column('id', { meta: { pii: false } }),
]);

const accepted = (on: string, name: string, more: object = {}): CheckDefinition =>
  defineTestCheck({
    id: `shop.${name.toLowerCase()}`,
    kind: 'accepted_values',
    on,
    column: name,
    arguments: { values: ['nobody'] },
    ...more,
  });
const byEmail = defineTestCheck({ id: 'shop.key', kind: 'unique', on: 'people', column: 'email' });
const checks: readonly CheckDefinition[] = [
  accepted('people', 'email'),
  accepted('people', 'Street'),
  defineTestCheck({
    id: 'shop.lower',
    kind: 'accepted_values',
    on: 'people',
    columnName: 'lower(email)',
    arguments: { values: ['nobody'] },
  }),
  byEmail,
  {
    ...defineTestCheck({ id: 'shop.singular', on: 'people', sql: `select * from {{ ref('people') }}` }),
    kind: 'singular',
    refersTo: ['people'],
  },
];

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

const kept = async (model: TestModel): Promise<string[]> => {
  const run = await db.beginRun();
  await check({ run, checks, sources: [], compiled: compileTestRun(run, [model]) }, db);
  const rows = await db.warehouse.query('select r::text as row from audit.failing_rows as r where run_id = $1', [
    run.runId,
  ]);
  return rows.map((row) => row['row'] as string);
};

test('a column that is tagged pii stands in no failing row: not as a value, not as a key, not as an amount', async () => {
  const rows = await kept(tagged);
  expect(rows).toHaveLength(8);
  expect(rows.filter((row) => /canary|example\.com|4711/i.test(row))).toEqual([]);
  expect(rows.filter((row) => row.includes('(masked)'))).toHaveLength(6);
  expect(rows.filter((row) => /"row [0-9a-f]{32}"/.test(row))).toHaveLength(8);
});

test('without the tag it does', async () => {
  const rows = await kept(people([]));
  expect(rows.filter((row) => /canary|4711/i.test(row))).not.toEqual([]);
});

test('an author is shown no more', async () => {
  const run = await db.beginRun();
  const compiled = compileTestRun(run, [tagged]).live;
  const previews = await previewChecks({ selected: checks, checks, sources: [], compiled, examples: 5 }, db);
  expect(JSON.stringify(previews)).not.toMatch(/canary|example\.com|4711/i);
});

test('slices by such a column are refused', async () => {
  const run = await db.beginRun();
  const sliced = accepted('people', 'id', {
    settings: { slices: { by: 'email' } },
    arguments: { values: [1, 2], quote: false },
  });
  const [result] = await check({ run, checks: [sliced], sources: [], compiled: compileTestRun(run, [tagged]) }, db);
  expect(result?.message).toMatchInlineSnapshot(
    `"checks/shop/test.yml:7: check shop.id: slices by email would show its values, and it is tagged pii [CHECK_INVALID]"`,
  );
});
