import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { check } from '../../../engine/check/check.ts';
import type { CheckInput, RecordedCheck } from '../../../engine/check/check.ts';
import { previewChecks } from '../../../engine/check/preview-checks.ts';
import type { RunCompilation } from '../../../engine/compile/compile-run.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import type { RunRef } from '../../../engine/contracts/run.ts';
import { CheckSettings } from '../../../engine/contracts/check.ts';
import { defineCheck } from '../../../engine/project/define-check.ts';
import { loadSingularTest } from '../../../engine/project/load-singular-test.ts';
import { relationsOf } from '../../../engine/project/relations.ts';
import { identifier, relation } from '../../../engine/sql-text.ts';
import { buildSchema, liveSchema } from '../../../engine/warehouse/model-schema.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

const MACROS = `
{% test is_odd(model, column_name, least=0) %}
select * from {{ model }} where {{ column_name }} % 2 = 0 and {{ column_name }} >= {{ least }}
{% endtest %}
{% test counts(model) %}
{{ config(fail_calc = 'sum(n)') }}
select count(*) as n, 'x' as a, 'y' as a from {{ model }}
{% endtest %}
{% test same_columns(model, other) %}
{% set columns = adapter.get_columns_in_relation(other) %}
select {% for column in columns %}{{ column.name }}, {% endfor %} 1 as one from {{ model }} where id > 2
{% endtest %}
{% test broken(model) %} select nothing from {{ model }} {% endtest %}
`;
const numbers = (rows: string) => ({
  name: 'numbers',
  template: `{{ config(materialized='table') }} select * from (values ${rows}) as v(id, n)`,
});
const MODELS = [
  numbers('(1, 1), (2, 4), (3, 6)'),
  { name: 'nothing', template: `{{ config(materialized='table') }} select 1 as id, 1 as n where false` },
  {
    name: 'evens',
    template: `{{ config(materialized='ephemeral') }} select * from {{ ref('numbers') }} where n % 2 = 0`,
  },
];

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

let run: RunRef;
let compiled: RunCompilation;
beforeEach(() => build(MODELS));

async function build(models: typeof MODELS): Promise<void> {
  run = await db.beginRun();
  compiled = compileTestRun(run, models, [], [{ file: 'sql/macros/tests.sql', template: MACROS, package: 'test' }]);
  await db.warehouse.execute(
    `create schema ${identifier(buildSchema({ vertical: 'shop', layer: 'marts' }, run.runNo))}`,
  );
  for (const model of compiled.beside.models) {
    if (model.materialized === 'ephemeral') continue;
    await db.warehouse.execute(`create table ${relation(buildSchema(model, run.runNo), model.name)} as ${model.sql}`);
  }
}

const macroTest = (
  name: string,
  of: { on?: string; column?: string; arguments?: object; settings?: object } = {},
): CheckDefinition =>
  defineCheck({
    vertical: 'shop',
    kind: 'generic',
    on: of.on ?? 'numbers',
    column: of.column,
    arguments: { ...of.arguments },
    settings: CheckSettings.parse({ id: `shop.${name}`, ...of.settings }),
    file: 'checks/shop/test.yml',
    line: 3,
    name,
    test: {
      name,
      namespace: undefined,
      kwargs: of.column === undefined ? {} : { column_name: of.column },
      isNamed: false,
    },
  });
const singular = (text: string): CheckDefinition =>
  loadSingularTest(
    { file: 'checks/shop/odd.sql', kind: 'bespoke', vertical: 'shop', folders: [], text, hash: '' },
    { relations: relationsOf([], []) },
  )!;
const key = defineTestCheck({ id: 'shop.key', kind: 'unique', on: 'numbers', column: 'id' });
const one = async (definition: CheckDefinition, more: Partial<CheckInput> = {}): Promise<RecordedCheck> => {
  const input = { run, checks: [definition, key], selected: new Set([definition.id]), sources: [], compiled, ...more };
  const [result, ...others] = await check(input, db);
  expect(others).toEqual([]);
  return result!;
};
const rows = async (): Promise<string[]> =>
  (await db.warehouse.query('select * from audit.failing_rows where run_id = $1 order by row_no', [run.runId])).map(
    (row) => `${row['subject_id']}: ${row['reason']}`,
  );

test("a macro's rows are failures, named by the key where they have it", async () => {
  const result = await one(macroTest('is_odd', { column: 'n' }));
  expect(result).toMatchObject({ status: 'fail', population: '3', failures: '2', violatingRows: '2', kind: 'generic' });
  expect(await rows()).toEqual(['2: is_odd of numbers.n', '3: is_odd of numbers.n']);
});

test('a macro gets its arguments, and its relation with where applied', async () => {
  const result = await one(
    macroTest('is_odd', {
      column: 'n',
      arguments: { least: 5 },
      settings: { where: `id in (select id from {{ ref('numbers') }})` },
    }),
  );
  expect(result).toMatchObject({ status: 'fail', population: '3', failures: '1' });
  const none = await db.warehouse.query(`select sql from audit.check_results where run_id = $1`, [run.runId]);
  expect(none[0]?.['sql']).toContain('dbt_subquery');
});

test('a macro whose query is empty over an empty relation is no pass', async () => {
  expect(await one(macroTest('is_odd', { on: 'nothing', column: 'n' }))).toMatchObject({
    status: 'no_data',
    population: '0',
  });
});

test('a macro says how its failures are counted, and content counts more; two columns of one name do no harm', async () => {
  expect(await one(macroTest('counts'))).toMatchObject({ status: 'fail', failures: '3', violatingRows: '1' });
  await build(MODELS);
  expect(await one(macroTest('counts', { settings: { fail_calc: 'count(*)' } }))).toMatchObject({ failures: '1' });
});

test('a macro may ask the warehouse', async () => {
  expect(await one(macroTest('same_columns', { arguments: { other: `ref('numbers')` } }))).toMatchObject({
    status: 'fail',
    failures: '1',
    reads: '["numbers"]',
  });
  expect(await rows()).toEqual(['3: same_columns of numbers']);
  const [row] = await db.warehouse.query('select sql from audit.check_results where run_id = $1', [run.runId]);
  expect(row?.['sql']).toContain('"shop"."numbers"');
  expect(row?.['sql']).not.toContain('__r');
});

test('a macro that cannot run is an error with its place, and so is one that is not there', async () => {
  const [broken, absent] = [macroTest('broken'), macroTest('is_od')];
  const results = await check({ run, checks: [broken, absent], sources: [], compiled }, db);
  expect(results.map(({ status, message }) => [status, message])).toEqual([
    [
      'error',
      'checks/shop/test.yml:3: check shop.broken: column "nothing" does not exist (SQLSTATE 42703) [CHECK_INVALID]',
    ],
    ['error', `checks/shop/test.yml:3: no test 'is_od'; did you mean 'is_odd'? [COMPILE_TEMPLATE]`],
  ]);
});

test('a check that lacks what it has to know cannot run, and says what', async () => {
  const definitions = [
    defineTestCheck({
      id: 'shop.recent',
      kind: 'dbt_utils.recency',
      on: 'numbers',
      arguments: { field: 'n', datepart: 'day', interval: 1 },
    }),
    defineTestCheck({
      id: 'shop.same',
      kind: 'dbt_utils.equality',
      on: 'numbers',
      arguments: { compare_model: 'absent' },
    }),
    { ...key, id: 'shop.odd', kind: 'uniq' },
    { ...key, id: 'shop.sqlless', kind: 'bespoke' },
  ];
  const results = await check({ run, checks: definitions, sources: [], compiled }, db);
  expect(results.map(({ status, message }) => `${status}: ${message}`)).toMatchInlineSnapshot(`
    [
      "error: checks/shop/test.yml:7: check shop.recent: it depends on the moment of the run, and none is given [CHECK_INVALID]",
      "error: no model 'absent' [COMPILE_UNKNOWN_REF]",
      "error: checks/shop/test.yml:7: check shop.odd: no kind of check 'uniq' [CHECK_INVALID]",
      "error: checks/shop/test.yml:7: check shop.sqlless has no SQL [CHECK_INVALID]",
    ]
  `);
});

test('a model that is never built is tested as its query', async () => {
  const definitions = [
    macroTest('is_odd', { on: 'evens', column: 'n' }),
    defineTestCheck({
      id: 'shop.same',
      kind: 'dbt_utils.equality',
      on: 'evens',
      arguments: { compare_model: 'evens' },
    }),
    defineTestCheck({ id: 'shop.there', on: 'evens', column: 'ID', settings: { where: 'n > 4' } }),
  ];
  const results = await check({ run, checks: definitions, sources: [], compiled }, db);
  expect(results.map(({ status, population, message }) => [status, population, message])).toEqual([
    ['fail', '2', null],
    ['pass', '4', null],
    ['pass', '1', null],
  ]);
});

test('every row of a singular test is a failure, and what it looks at are the rows of all it refers to', async () => {
  const result = await one(
    singular(
      `{{ config(severity='warn') }}\nselect id, n as amount from {{ ref('numbers') }} where n > (select count(*) from {{ ref('nothing') }}) + 4`,
    ),
  );
  expect(result).toMatchObject({
    status: 'warn',
    population: '3',
    failures: '1',
    reads: '["numbers","nothing"]',
    kind: 'singular',
  });
  expect(await rows()).toEqual(['3: odd finds this row']);
  const [kept] = await db.warehouse.query('select amount from audit.failing_rows where run_id = $1', [run.runId]);
  expect(kept?.['amount']).toBe('6');
});

test('a singular test that looks at nothing is no pass', async () => {
  expect(await one(singular(`select * from {{ ref('nothing') }}`))).toMatchObject({
    status: 'no_data',
    message: 'nothing to look at',
  });
  await build(MODELS);
  expect(await one(singular('select 1 where false'))).toMatchObject({ status: 'no_data' });
  await build(MODELS);
  expect(await one(singular('select 1 as x'))).toMatchObject({ status: 'fail', failures: '1' });
});

test('a singular test may ask the warehouse', async () => {
  const text = `{% set found = run_query("select max(n) as n from " ~ ref('numbers')) %}select * from {{ ref('numbers') }} where n = {{ found.columns[0].values()[0] }}`;
  expect(await one(singular(text))).toMatchObject({ status: 'fail', failures: '1', inputsHash: null });
  expect(await rows()).toEqual(['3: odd finds this row']);
});

test('failing rows also stand in a table of their own when asked, without those of the run before', async () => {
  const stored = () => db.warehouse.query('select * from shop_dbt_test__audit.gone order by 1');
  await one(macroTest('is_odd', { column: 'n', settings: { store_failures: true, alias: 'gone' } }));
  expect(await stored()).toEqual([
    { id: '2', n: '4' },
    { id: '3', n: '6' },
  ]);
  await build([numbers('(1, 1), (2, 4)'), ...MODELS.slice(1)]);
  await one(macroTest('is_odd', { column: 'n', settings: { store_failures_as: 'view', alias: 'gone', limit: 1 } }));
  expect(await stored()).toEqual([{ id: '2', n: '4' }]);
  await build(MODELS);
  await one(
    macroTest('is_odd', {
      column: 'n',
      settings: { store_failures: true, store_failures_as: 'ephemeral', alias: 'none' },
    }),
  );
  expect(await db.warehouse.query(`select to_regclass('shop_dbt_test__audit.none') as none`)).toEqual([{ none: null }]);
});

const publish = () =>
  db.intruder.query(
    `insert into audit.publications (run_id, run_no, vertical, decision, tables) values ('${run.runId}', ${run.runNo}, 'shop', 'published', '[]')`,
  );

test('a verdict stands while the check, its SQL and all it reads are the same', async () => {
  const fingerprintOf = (name: string) => `print of ${name}`;
  const definitions = [
    macroTest('is_odd', { column: 'n' }),
    key,
    singular(`select * from {{ ref('numbers') }} where n > 100`),
    defineTestCheck({ id: 'shop.not_null', on: 'numbers', column: 'id' }),
    defineTestCheck({ id: 'shop.invalid', on: 'numbers', column: 'absent' }),
    defineTestCheck({
      id: 'shop.clock',
      kind: 'expression',
      on: 'numbers',
      arguments: { expression: 'now() > date_trunc($$day$$, now()) - interval $$1 day$$' },
    }),
    defineTestCheck({
      id: 'shop.recent',
      kind: 'dbt_utils.recency',
      on: 'numbers',
      arguments: { field: 'date $$2026-01-01$$', datepart: 'year', interval: 9 },
    }),
  ];
  const input = { checks: definitions, sources: [], fingerprintOf, runClock: '2026-01-31T08:00:00.000000Z' };
  const first = run.runId;
  const before = await check({ ...input, run, compiled }, db);
  expect(before.map(({ status, reusedFromRun }) => [status, reusedFromRun])).toEqual([
    ['fail', null],
    ['pass', null],
    ['pass', null],
    ['pass', null],
    ['error', null],
    ['pass', null],
    ['pass', null],
  ]);
  await publish();
  await build(MODELS);
  const again = await check({ ...input, run, compiled }, db);
  expect(again.map(({ checkId, status, reusedFromRun }) => [checkId, status, reusedFromRun])).toEqual([
    ['shop.is_odd', 'fail', first],
    ['shop.key', 'pass', first],
    ['shop.odd', 'pass', first],
    ['shop.not_null', 'pass', first],
    ['shop.invalid', 'error', null],
    ['shop.clock', 'pass', null],
    ['shop.recent', 'pass', null],
  ]);
  expect(await rows()).toEqual(['2: is_odd of numbers.n', '3: is_odd of numbers.n']);
  expect(again[0]?.failingRowsHash).toBe(before[0]?.failingRowsHash);
  expect({ ...again[0], reusedFromRun: null }).toEqual(before[0]);
  // The third in a row still names the run that looked.
  await publish();
  await build(MODELS);
  expect((await check({ ...input, run, compiled }, db))[0]?.reusedFromRun).toBe(first);
});

test('a verdict does not stand when the definition, an input or what is known of it is another', async () => {
  const definition = macroTest('is_odd', { column: 'n' });
  const first = await one(definition, { fingerprintOf: () => 'a' });
  expect(first.inputsHash).toMatch(/^[0-9a-f]{64}$/);
  await publish();
  for (const [definitionThen, fingerprint] of [
    [macroTest('is_odd', { column: 'n', settings: { severity: 'warn' } }), 'a'],
    [definition, 'b'],
    [definition, null],
  ] as const) {
    await build(MODELS);
    expect((await one(definitionThen, { fingerprintOf: () => fingerprint })).reusedFromRun).toBeNull();
  }
  await build(MODELS);
  expect((await one(definition)).inputsHash).toBeNull();
});

test('an author sees what checks say of the live tables, and nothing is kept', async () => {
  const live = liveSchema({ vertical: 'shop', layer: 'marts' });
  await db.warehouse.execute(`create schema ${live}`);
  for (const model of compiled.live.models)
    if (model.materialized === 'table')
      await db.warehouse.execute(`create table ${relation(live, model.name)} as ${model.sql}`);
  const selected = [
    macroTest('is_odd', { column: 'n' }),
    macroTest('same_columns', { arguments: { other: `ref('numbers')` } }),
    macroTest('broken'),
    singular(`select * from {{ ref('nothing') }}`),
  ];
  const previews = await previewChecks(
    { selected, checks: [...selected, key], sources: [], compiled: compiled.live, examples: 1 },
    db,
  );
  expect(previews).toEqual([
    {
      id: 'shop.is_odd',
      status: 'fail',
      population: '3',
      failures: '2',
      message: null,
      waiver: null,
      examples: [{ subjectId: '2', reason: 'is_odd of numbers.n', amount: null }],
    },
    {
      id: 'shop.same_columns',
      status: 'fail',
      population: '3',
      failures: '1',
      message: null,
      waiver: null,
      examples: [{ subjectId: '3', reason: 'same_columns of numbers', amount: null }],
    },
    {
      id: 'shop.broken',
      status: 'error',
      population: '0',
      failures: '0',
      message: expect.stringContaining('column "nothing" does not exist'),
      waiver: null,
      examples: [],
    },
    {
      id: 'shop.odd',
      status: 'no_data',
      population: '0',
      failures: '0',
      message: 'nothing to look at',
      waiver: null,
      examples: [],
    },
  ]);
  expect(await db.warehouse.query('select 1 from audit.check_results where run_id = $1', [run.runId])).toEqual([]);
});
