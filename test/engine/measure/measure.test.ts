import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../../../engine/check/check.ts';
import type { Waiver } from '../../../engine/contracts/check.ts';
import { ControlSpec } from '../../../engine/contracts/control.ts';
import type { ControlDefinition } from '../../../engine/contracts/control.ts';
import { KriSpec } from '../../../engine/contracts/kri.ts';
import type { KriDefinition } from '../../../engine/contracts/kri.ts';
import { measure } from '../../../engine/measure/measure.ts';
import type { Measurements } from '../../../engine/measure/measure.ts';
import { transformTestRun } from '../../setup/transform-test-run.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';

const table = (rows: string): string => `{{ config(materialized='table') }} ${rows}`;
const models = [
  {
    name: 'items',
    template: table(`select n as id, n % 10 as kind, n::numeric as amount from generate_series(1, 200) as n`),
  },
  { name: 'none', template: table('select 1 as id, 1.0 as amount where false') },
  { name: 'bad', template: table(`select 1 as id, 'NaN'::numeric as amount`) },
  { name: 'many', template: table('select n as id from generate_series(1, 100001) as n') },
];
const subject = (where: string): string =>
  `select id as subject_id, 'x' as reason from {{ ref('items') }} where ${where}`;
const checks = [
  defineTestCheck({ id: 'shop.all_good', kind: 'expression', on: 'items', arguments: { expression: 'true' } }),
  defineTestCheck({ id: 'shop.one_bad', on: 'items', sql: subject('id = 1') }),
  defineTestCheck({ id: 'shop.same_one_bad', on: 'items', sql: subject('id = 1') }),
  defineTestCheck({
    id: 'shop.many_bad',
    on: 'items',
    sql: subject('id <= 20'),
    settings: { error_if: '> 99', warn_if: '> 99' },
  }),
  defineTestCheck({ id: 'shop.all_bad', on: 'items', sql: subject('true') }),
  defineTestCheck({ id: 'shop.broken', on: 'items', sql: 'select nope' }),
  defineTestCheck({ id: 'shop.nothing', on: 'none', sql: subject('false') }),
  defineTestCheck({
    id: 'shop.nameless',
    on: 'items',
    sql: `select null as subject_id, 'x' as reason from {{ ref('items') }}`,
  }),
  defineTestCheck({ id: 'shop.capped', kind: 'expression', on: 'many', arguments: { expression: 'false' } }),
];

const controls: Readonly<
  Record<string, { tests: string[]; population?: { model: string; where?: string }; tolerable?: string }>
> = {
  EFFECTIVE: { tests: ['shop.all_good'] },
  'ONE-BAD': { tests: ['shop.one_bad'] },
  'SAME-ITEM-TWICE': { tests: ['shop.one_bad', 'shop.same_one_bad'] },
  'MANY-BAD': { tests: ['shop.many_bad'] },
  'ALL-BAD': { tests: ['shop.all_bad'] },
  'TOO-FEW': { tests: ['shop.all_good'], population: { model: 'items', where: 'id <= 10' } },
  STRICT: { tests: ['shop.all_good'], tolerable: '0' },
  'NO-POPULATION': { tests: ['shop.all_good'], population: { model: 'none' } },
  BROKEN: { tests: ['shop.all_good', 'shop.broken'] },
  NOTHING: { tests: ['shop.nothing'] },
  'NEVER-RUN': { tests: ['shop.absent'] },
  NAMELESS: { tests: ['shop.nameless'] },
  CAPPED: { tests: ['shop.capped'], population: { model: 'many' } },
  'OTHER-ITEMS': { tests: ['shop.all_bad'], population: { model: 'items', where: 'id <= 10' } },
  UNCOUNTABLE: { tests: ['shop.all_good'], population: { model: 'items', where: 'nope = 1' } },
};
const count = (model: string, where?: string) => ({ model, ...(where === undefined ? {} : { where }) });
const kris: Readonly<Record<string, Partial<KriSpec> | object>> = {
  SHARE: { numerator: count('items', 'id <= 20'), denominator: count('items') },
  COUNT: { numerator: count('items', 'id > 999'), unit: 'count', amber: '1', red: '5' },
  AMOUNT: { numerator: { model: 'items', measure: 'sum(amount)' }, unit: 'amount', amber: '20100.00', red: '20100.01' },
  'NO-MODEL-ROWS': { numerator: count('none'), unit: 'count' },
  'NO-DENOMINATOR': { numerator: count('items'), denominator: count('none') },
  'NULL-SUM': { numerator: { model: 'none', measure: 'sum(amount)' }, denominator: count('items') },
  'NOT-A-NUMBER': { numerator: { model: 'bad', measure: 'sum(amount)' }, unit: 'amount' },
  BROKEN: { numerator: count('items', 'nope = 1'), denominator: count('items') },
  ABSENT: { numerator: count('absent'), denominator: count('items') },
};

const WAIVER: Waiver = {
  check: 'shop.all_bad',
  vertical: 'shop',
  reason: 'all items of the opening balance',
  author: 'Ann Bell',
  approver: 'Carl Dunn',
  approvedOn: '2026-01-01',
  expires: '2026-12-31',
  maxFailures: null,
  subjects: [],
  file: 'checks/shop/waivers.yml',
  line: 2,
  hash: 'f'.repeat(64),
};

let db: TestWarehouse;
let found: Measurements;
const definition = { vertical: 'shop', file: 'checks/shop/x.yml', line: 1, definitionHash: '0'.repeat(64) };
beforeAll(async () => {
  db = await createTestWarehouse();
  const run = await db.beginRun();
  const compiled = compileTestRun(run, models);
  await transformTestRun({ run, compiled }, db);
  await check({ run, checks, sources: [], compiled, waivers: [WAIVER], runClock: '2026-01-31T08:00:00.000000Z' }, db);
  const common = { title: 't', owner: 'o', description: 'd', objective: 'o', risk: 'r', frequency: 'daily' } as const;
  const { description: _, ...ofControl } = common;
  const controlDefinitions = Object.entries(controls).map(
    ([id, { tests, population = { model: 'items' }, tolerable = '0.05' }]): ControlDefinition => ({
      ...ControlSpec.parse({ ...ofControl, id, tests, population, tolerable_deviation_rate: tolerable }),
      ...definition,
    }),
  );
  const kriDefinitions = Object.entries(kris).map(([id, kri]): KriDefinition => ({
    ...KriSpec.parse({ id, title: 't', description: 'd', owner: 'o', unit: 'percent', amber: '10', red: '30', ...kri }),
    ...definition,
  }));
  found = await measure({ run, kris: kriDefinitions, controls: controlDefinitions, compiled }, db);
});
afterAll(() => db.stop());

const control = (id: string) => found.controls.find(({ controlId }) => controlId === id)!;

test.each([
  // n=200: k=0 gives 1 - 0.05^(1/200) = 0.014867; the others are Clopper-Pearson limits of AICPA's tables.
  ['EFFECTIVE', 'effective', '200/0', '0.000000', '0.014868'],
  ['ONE-BAD', 'effective', '200/1', '0.005000', '0.023499'],
  ['SAME-ITEM-TWICE', 'effective', '200/1', '0.005000', '0.023499'],
  ['MANY-BAD', 'ineffective', '200/20', '0.100000', null],
  ['ALL-BAD', 'ineffective', '200/200', '1.000000', '1.000000'],
  ['TOO-FEW', 'ineffective', '10/0', '0.000000', '0.258866'],
  ['STRICT', 'ineffective', '200/0', '0.000000', '0.014868'],
])('control %s is proposed as %s', (id, conclusion, counts, rate, limit) => {
  const result = control(id);
  expect(result.proposedConclusion).toBe(conclusion);
  expect(`${result.population}/${result.exceptions}`).toBe(counts);
  expect(result.deviationRate).toBe(rate);
  if (limit !== null) expect(result.upperLimit).toBe(limit);
  expect(Number(result.upperLimit)).toBeGreaterThanOrEqual(Number(rate));
});

test.each([
  ['NO-POPULATION', 'no_data', 'The population is empty.'],
  ['BROKEN', 'not_tested', 'No conclusion: shop.broken could not run.'],
  ['NOTHING', 'not_tested', 'No conclusion: shop.nothing had nothing to look at.'],
  ['NEVER-RUN', 'not_tested', 'No conclusion: shop.absent did not run.'],
  ['NAMELESS', 'not_tested', 'No conclusion: 200 failing rows name no item.'],
  ['CAPPED', 'not_tested', 'No conclusion: shop.capped found more failing rows than are kept.'],
  ['OTHER-ITEMS', 'not_tested', 'No conclusion: its checks name more exceptions than the population has items.'],
  ['UNCOUNTABLE', 'not_tested', /^No conclusion: .*column "nope" does not exist/],
])('control %s is %s, because its tests cannot carry a conclusion', (id, conclusion, basis) => {
  const result = control(id);
  expect(result).toMatchObject({ proposedConclusion: conclusion, deviationRate: null, upperLimit: null });
  if (typeof basis === 'string') expect(result.basis).toBe(basis);
  else expect(result.basis).toMatch(basis);
});

test('the basis of a conclusion is a sentence for the workpaper', () => {
  expect(control('ONE-BAD').basis).toBe(
    'All 200 items were tested and 1 deviate (0.5 %). At 95 % confidence the deviation rate is at most 2.3499 %, within the tolerable 5 %.',
  );
});

test('a waived failure is a deviation of the control all the same, and its basis says so', () => {
  expect(control('ALL-BAD').basis).toMatch(
    / above the tolerable 5 %\. Deviations are counted although the failures of shop\.all_bad are waived\.$/,
  );
});

test.each([
  ['SHARE', 'amber', '10', '20', '200'],
  ['COUNT', 'green', '0', '0', null],
  ['AMOUNT', 'amber', '20100', '20100', null],
  ['NO-MODEL-ROWS', 'no_data', null, '0', null],
  ['NO-DENOMINATOR', 'no_data', null, '200', '0'],
  ['NULL-SUM', 'no_data', null, null, '200'],
  ['NOT-A-NUMBER', 'error', null, 'NaN', null],
  ['BROKEN', 'error', null, null, null],
  ['ABSENT', 'error', null, null, null],
])('KRI %s reads %s', (id, colour, value, numerator, denominator) => {
  expect(found.readings.find(({ kriId }) => kriId === id)).toMatchObject({ colour, value, numerator, denominator });
});

test('everything measured is recorded once', async () => {
  const [row] = await db.warehouse.query(
    `select (select count(*) from audit.kri_readings)::text as kris, (select count(*) from audit.control_tests)::text as controls`,
  );
  expect(row).toEqual({ kris: String(Object.keys(kris).length), controls: String(Object.keys(controls).length) });
});

test('a confidence of all or nothing is refused where it is written', () => {
  const { confidence } = ControlSpec.shape;
  for (const value of ['0', '1', '1.0', '0.0', '0.']) expect(confidence.safeParse(value).success).toBe(false);
  for (const value of ['0.9', '0.95', '0.999']) expect(confidence.safeParse(value).success).toBe(true);
});
