import { afterAll, beforeAll, expect, test } from 'vitest';
import { countQuery } from '../../../engine/check-kinds/count.ts';
import type { Count } from '../../../engine/check-kinds/count.ts';
import { check } from '../../../engine/check/check.ts';
import { knownColumns } from '../../../engine/check/known-columns.ts';
import type { RecordedCheck } from '../../../engine/check/check.ts';
import { planCheck } from '../../../engine/check/plan-check.ts';
import { caseNames, idOf, openCaseWorld, projectOf, RUN_CLOCK } from './case-world.ts';
import type { CaseWorld } from './case-world.ts';
import { cases, sources } from './check-cases.ts';

let world: CaseWorld;
let results: readonly RecordedCheck[];
beforeAll(async () => {
  world = await openCaseWorld();
  results = await check({ ...world, sources, runClock: RUN_CLOCK }, world.db);
});
afterAll(() => world.db.stop());

const able = caseNames.filter((name) => cases[name]!.status !== 'error' && !cases[name]!.check.settings?.slices);

test.each(able)('the numbers are those of the queries alone: %s', async (name) => {
  const { warehouse } = world.db;
  const columns = await knownColumns(world.checks, world.compiled.beside, warehouse);
  const plan = planCheck(world.checks[caseNames.indexOf(name)]!, { ...projectOf(world), columns });
  const ask = async (count: Count) => {
    const [row] = await warehouse.query(`select (${countQuery(count, plan.relation)})::text as n`);
    return row?.['n'];
  };
  const violations = await ask({ query: `select count(*) from (${plan.violations}) as violations` });
  expect({
    population: await ask(plan.population),
    violations,
    found: plan.found === undefined ? violations : await ask(plan.found),
    measure: plan.measure === undefined ? null : await ask(plan.measure),
  }).toEqual({
    population: numbersOf(name)?.population,
    violations: numbersOf(name)?.violatingRows,
    found: violations,
    measure: numbersOf(name)?.measure,
  });
});

const numbersOf = (name: string) => results.find(({ checkId }) => checkId === idOf(name));
