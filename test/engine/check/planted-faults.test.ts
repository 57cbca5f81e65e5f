import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlantedFault, PlantingGround } from '../../../engine/check-kinds/check-kind.ts';
import { CHECK_KINDS } from '../../../engine/check-kinds/check-kinds.ts';
import { check } from '../../../engine/check/check.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import { identifier } from '../../../engine/sql-text.ts';
import { columnsOf } from '../../../engine/warehouse/relation-columns.ts';
import type { Session } from '../../../engine/warehouse/warehouse.ts';
import { caseNames, idOf, openCaseWorld, RUN_CLOCK, takenBack, within } from './case-world.ts';
import type { CaseWorld } from './case-world.ts';
import { cases, sources } from './check-cases.ts';

let world: CaseWorld;
beforeAll(async () => {
  world = await openCaseWorld();
});
afterAll(() => world.db.stop());

/** Settings under which some violations, or some rows, are left out: a fault may fall among them. */
const LENIENT = ['where', 'warn_if', 'error_if', 'severity', 'fail_calc', 'slices'];

const passing = caseNames.filter((name) => {
  const { status, check } = cases[name]!;
  return status === 'pass' && check.sql === undefined && !LENIENT.some((key) => key in (check.settings ?? {}));
});

async function statusOf(definition: CheckDefinition, session: Session): Promise<string> {
  const [result] = await takenBack(session, () =>
    check({ ...world, checks: [definition], sources, runClock: RUN_CLOCK }, { warehouse: within(session) }),
  );
  return `${result?.status}${result?.status === 'error' ? ` ${result.message}` : ''}`;
}

async function groundOf({ on, column, arguments: given }: CheckDefinition, session: Session): Promise<PlantingGround> {
  const resolve = world.compiled.beside.relation;
  const relation = resolve(on);
  const columns = (await columnsOf(session, [relation])).get(relation) ?? [];
  return { relation, column: column === undefined ? '' : identifier(column), arguments: given, resolve, columns };
}

/** `kind: fault`, of every fault that found ground in a passing case, with the verdicts it led to. */
async function plantAll(name: string): Promise<readonly (readonly [fault: string, status: string])[]> {
  const definition = world.checks[caseNames.indexOf(name)]!;
  const faults: readonly PlantedFault[] = [
    ...(CHECK_KINDS[definition.kind]?.faults ?? []),
    { name: 'the table is emptied', statements: ({ relation }) => [`delete from ${relation}`] },
  ];
  return world.db.warehouse.transaction(async (session) => {
    const ground = await groundOf(definition, session);
    const planted: (readonly [string, string])[] = [];
    for (const fault of faults) {
      const statements = fault.statements(ground);
      if (statements.length === 0) continue;
      const status = await takenBack(session, async () => {
        for (const statement of statements) await session.execute(statement);
        return statusOf(definition, session);
      });
      planted.push([`${definition.kind}: ${fault.name}`, status]);
    }
    // The control: without the fault it passes, also after all of them.
    planted.push(['nothing', await statusOf(definition, session)]);
    return planted;
  });
}

const found = new Set<string>();

test.each(passing)('a fault planted where it passes is found: %s', async (name) => {
  const planted = await plantAll(name);
  const missed = planted.filter(
    ([fault, status]) => (fault === 'nothing') !== (status === 'pass') || status.startsWith('error'),
  );
  expect(missed).toEqual([]);
  for (const [fault] of planted) found.add(fault);
});

test('every fault of every kind was planted somewhere', () => {
  const missing = Object.entries(CHECK_KINDS).flatMap(([kind, { faults }]) =>
    faults.map(({ name }) => `${kind}: ${name}`).filter((fault) => !found.has(fault)),
  );
  expect(missing).toEqual([]);
});

test('a fault that a check cannot see is missed: the test above can fail', async () => {
  const definition = world.checks[caseNames.indexOf('not_null passes')]!;
  const status = await world.db.warehouse.transaction((session) =>
    takenBack(session, async () => {
      const { relation } = await groundOf(definition, session);
      await session.execute(`update ${relation} set who = null`);
      return statusOf(definition, session);
    }),
  );
  expect([idOf('not_null passes'), status]).toEqual([definition.id, 'pass']);
});
