import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECK_KINDS } from '../../../engine/check-kinds/check-kinds.ts';
import { check } from '../../../engine/check/check.ts';
import type { RecordedCheck } from '../../../engine/check/check.ts';
import type { RunCompilation } from '../../../engine/compile/compile-run.ts';
import type { CheckDefinition, CheckSettings } from '../../../engine/contracts/check.ts';
import type { DeclaredSource } from '../../../engine/contracts/project.ts';
import type { RunRef } from '../../../engine/contracts/run.ts';
import { relation } from '../../../engine/sql-text.ts';
import { buildSchema } from '../../../engine/warehouse/model-schema.ts';
import type { Session } from '../../../engine/warehouse/warehouse.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import type { TestModel } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { minimal } from '../compile/compile-minimal.ts';
import { buildModels, caseNames, idOf, openCaseWorld, RUN_CLOCK, takenBack, within } from './case-world.ts';
import type { CaseWorld } from './case-world.ts';
import { cases, models, sources } from './check-cases.ts';

// Every table of the cases becomes a landed one; above it stand a view and the table that the checks are on, and above all an aggregate.
const landed = (name: string): DeclaredSource => ({
  ...minimal.sources[0]!,
  source: 'till',
  name,
  connection: 'till',
});
const TILL = models.map(({ name }) => landed(name));
/** Every table that is emptied in its turn. */
const LANDED = [...TILL, ...sources].map(({ source, name }) => `${source}.${name}`);
const staged = (name: string): string => `stg_${name.toLowerCase()}`;
const STAGING = models.map(({ name }): TestModel => ({
  name: staged(name),
  layer: 'staging',
  template: `{{ config(materialized='view') }} select * from {{ source('till', '${name}') }}`,
}));
const TOTALS: TestModel = {
  name: 'totals',
  template: `{{ config(materialized='table') }} select count(*) as n, coalesce(sum(amount), 0) as total from {{ ref('sales') }}`,
};
const bodyOf = ({ template }: TestModel): string => template.replace(/^\{\{ config\(.*?\) \}\}/, '');

/** What stands between a landed table and the table that is checked. */
const CHAINS = {
  'a table that is what the landed one holds': (model: TestModel) => `select * from {{ ref('${staged(model.name)}') }}`,
  // Whatever is landed or not: nothing in what the checks see tells that it rests on nothing.
  'a table that stays as it is': (model: TestModel) =>
    `select * from (${bodyOf(model)}) as body where (select count(*) from {{ ref('${staged(model.name)}') }}) >= 0`,
} as const;

const TELLING_NOTHING: readonly CheckDefinition[] = [
  defineTestCheck({ id: 'shop.total', kind: 'not_null', on: 'totals', column: 'total' }),
  defineTestCheck({ id: 'shop.total_row', kind: 'row_count', on: 'totals', arguments: { min: 1, max: 1 } }),
  defineTestCheck({ id: 'shop.total_sign', kind: 'expression', on: 'totals', arguments: { expression: 'total >= 0' } }),
  defineTestCheck({
    id: 'shop.bespoke',
    on: 'totals',
    sql: `select 1 as subject_id, 'x' as reason from {{ ref('totals') }} where total < 0`,
  }),
  {
    ...defineTestCheck({ id: 'shop.singular', on: 'totals', sql: `select * from {{ ref('totals') }} where total < 0` }),
    kind: 'singular',
  },
];

const passing = caseNames.filter((name) => cases[name]!.status === 'pass');

interface Chain {
  readonly run: RunRef;
  readonly compiled: RunCompilation;
  readonly checks: readonly CheckDefinition[];
  /** Before anything was truncated. */
  readonly results: readonly RecordedCheck[];
}

let world: CaseWorld;
beforeAll(async () => {
  world = await openCaseWorld();
  const { db, run, compiled } = world;
  await db.warehouse.execute('create schema raw_till');
  for (const model of compiled.beside.models)
    await db.warehouse.execute(
      `create table ${relation('raw_till', model.name)} as select * from ${relation(buildSchema(model, run.runNo), model.name)}`,
    );
});
afterAll(() => world.db.stop());

async function openChain(body: (model: TestModel) => string, config = `materialized='table'`): Promise<Chain> {
  const { db } = world;
  const run = await db.beginRun();
  const marts = models.map((model) => ({ ...model, template: `{{ config(${config}) }} ${body(model)}` }));
  const compiled = compileTestRun(run, [...STAGING, ...marts, TOTALS], [...sources, ...TILL]);
  await buildModels(compiled, run, db.warehouse);
  const checks = [...passing.map((name) => world.checks[caseNames.indexOf(name)]!), ...TELLING_NOTHING];
  const results = await db.warehouse.transaction((session) =>
    takenBack(session, () => runChecks({ run, compiled, checks }, session)),
  );
  return { run, compiled, checks, results };
}

function runChecks(
  { run, compiled, checks }: Pick<Chain, 'run' | 'compiled' | 'checks'>,
  session: Session,
  mayBeEmpty = false,
): Promise<readonly RecordedCheck[]> {
  const till = TILL.map((source) => ({ ...source, may_be_empty: mayBeEmpty }));
  const warehouse = within(session);
  return check({ run, checks, sources: [...sources, ...till], compiled, runClock: RUN_CLOCK }, { warehouse });
}

/** The models that are made of a landed table, near or far. */
function madeOf(name: string, { compiled }: Chain): ReadonlySet<string> {
  const found = new Set([name]);
  for (const model of compiled.beside.models) {
    const above = [...model.dependsOn.models, ...model.dependsOn.sources];
    if (above.some((each) => found.has(each))) found.add(model.name);
  }
  return found;
}

/** What all checks that rest on a landed table say when it is empty and everything above was built anew. */
async function withoutRows(
  name: string,
  chain: Chain,
  about: { readonly settings?: Partial<CheckSettings>; readonly mayBeEmpty?: boolean } = {},
): Promise<readonly RecordedCheck[]> {
  const above = madeOf(name, chain);
  const resting = chain.results.filter(({ reads }) => (JSON.parse(reads) as string[]).some((each) => above.has(each)));
  const ids = new Set(resting.map(({ checkId }) => checkId));
  const checks = chain.checks
    .filter(({ id }) => ids.has(id))
    .map((definition) => ({ ...definition, settings: { ...definition.settings, ...about.settings } }));
  if (checks.length === 0) return [];
  return world.db.warehouse.transaction((session) =>
    takenBack(session, async () => {
      await session.execute(`truncate ${chain.compiled.beside.relation(name)}`);
      // A view stands; what is built of it is built anew.
      await buildModels(chain.compiled, chain.run, session, (model) => above.has(model) && !model.startsWith('stg_'));
      return runChecks({ ...chain, checks }, session, about.mayBeEmpty);
    }),
  );
}

const namesOf = new Map([
  ...passing.map((name) => [idOf(name), name] as const),
  ...TELLING_NOTHING.map(({ id }) => [id, id] as const),
]);
const statuses = (results: readonly RecordedCheck[]) =>
  results.map(
    ({ checkId, status, message }) => `${namesOf.get(checkId)}: ${status}${status === 'error' ? ` ${message}` : ''}`,
  );

describe.each(Object.entries(CHAINS))('under %s', (_, body) => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await openChain(body);
  });

  test('every check passes as long as there are rows, and there is one of every kind', () => {
    expect(statuses(chain.results).filter((said) => !said.endsWith(': pass'))).toEqual([]);
    const kinds = new Set(chain.checks.map(({ kind }) => kind));
    expect(Object.keys(CHECK_KINDS).filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  test(
    'no check that rests on a table passes when it is empty, whichever table that is',
    { timeout: 300_000 },
    async () => {
      const passed: string[] = [];
      let asked = 0;
      for (const name of LANDED) {
        const said = statuses(await withoutRows(name, chain));
        asked += said.length;
        passed.push(...said.filter((one) => / (pass|error\b.*)$/.test(one)).map((one) => `without ${name}: ${one}`));
      }
      expect(passed).toEqual([]);
      expect(asked).toBeGreaterThanOrEqual(chain.checks.length);
    },
  );

  test('every check rests on something that was emptied', () => {
    const emptied = new Set(LANDED.flatMap((name) => [...madeOf(name, chain)]));
    const others = chain.results.filter(({ reads }) =>
      (JSON.parse(reads) as string[]).some((each) => !emptied.has(each)),
    );
    expect(statuses(others)).toEqual([]);
  });
});

test('a table that may be empty, and a check that stands all the same, pass again: only the rule kept them from it', async () => {
  const chain = await openChain(CHAINS['a table that stays as it is']);
  const allowed = await withoutRows('till.sales', chain, { settings: { empty_upstream: 'allow' } });
  expect(allowed.length).toBeGreaterThan(20);
  expect(statuses(allowed).filter((said) => !said.endsWith(': pass'))).toEqual([]);

  const told = await withoutRows('till.sales', chain, { mayBeEmpty: true });
  expect(statuses(told).filter((said) => said.endsWith(': pass'))).toEqual([]);
});
