import type { Mutant } from '../contracts/mutation.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { attempt } from './attempt.ts';
import type { Verdict } from './ask-checks.ts';
import { askCopy, restingOn } from './ask-copy.ts';
import { buildModel } from './build-model.ts';
import { hasNoticed } from './compare-verdicts.ts';
import { contentOf } from './ground.ts';
import type { Content, Ground, ScratchTable } from './ground.ts';
import type { CopyCheck } from './plan-checks.ts';
import { plant } from './plant.ts';
import type { PlannedMutant } from './plan-mutants.ts';
import { takenBack } from './taken-back.ts';

/** A ground with the verdicts of its checks before anything is spoilt. */
export interface Baseline {
  readonly ground: Ground;
  readonly sources: readonly DeclaredSource[];
  readonly checks: readonly CopyCheck[];
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

export type TestedMutant = Omit<Mutant, 'proposal' | 'justified'>;

/**
 * Plants one fault, asks the checks of its own table, and while none finds it builds anew what is below, as far as anything changes, and
 * asks the checks of that; then goes back to where it was. Those that cost little are asked first. `survived` is called while the fault
 * stands.
 */
export async function testMutant(
  planned: PlannedMutant,
  baseline: Baseline,
  survived: () => Promise<void>,
): Promise<TestedMutant> {
  const { session } = baseline.ground;
  const { profile, column, fault, name } = planned;
  const found = { table: profile.table.name, column: column?.label ?? null, fault: name, what: fault.what };
  const nothing = { rows: '0', spreadsTo: [], killedBy: null, foundBy: [], isFoundAlone: false } as const;
  return takenBack(session, async () => {
    const rows = await attempt(session, () => plant(planned, session));
    if (rows === undefined) return { ...found, ...nothing, outcome: 'unfit' };
    const spoiltNow = rows === 0n ? undefined : await changeOf(profile.table.name, baseline.ground);
    if (spoiltNow === undefined) return { ...found, ...nothing, outcome: 'equivalent' };
    const spoilt = profile.table.name;
    const asked = new Set<CopyCheck>();
    const noticed: Noticed[] = [];
    const ask = (changed: ReadonlyMap<string, Content>, isReady: (check: CopyCheck) => boolean): Promise<void> =>
      askInTurn(changed, { isReady, asked, noticed }, baseline);
    const below = restingOn([spoilt], baseline.ground);
    // What is below is not built anew yet: a check that also reads that would compare new with old.
    await ask(new Map([[spoilt, spoiltNow]]), ({ reads }) =>
      reads.every((name) => name === spoilt || !below.has(name)),
    );
    let spreadsTo: readonly string[] = [];
    if (!isSettled(noticed)) {
      const built = await buildBelow(spoilt, spoiltNow, baseline.ground);
      const cells = { ...found, rows: rows.toString() };
      if ('broken' in built)
        return {
          ...nothing,
          ...cells,
          outcome: 'killed',
          killedBy: 'build',
          foundBy: [built.broken],
          isFoundAlone: true,
        };
      spreadsTo = [...built.changed.keys()].filter((name) => name !== spoilt);
      await ask(built.changed, () => true);
    }
    const cells = { ...found, rows: rows.toString(), spreadsTo };
    if (noticed.length === 0) {
      await survived();
      return { ...nothing, ...cells, outcome: 'survived' };
    }
    return {
      ...cells,
      outcome: 'killed',
      killedBy: noticed.some(({ after }) => after.status !== 'error') ? 'check' : 'error',
      foundBy: noticed.map(({ check }) => check.definition.id),
      isFoundAlone: noticed.some(({ check }) => !check.comparesRuns),
    };
  });
}

/** What a table holds now; undefined when it is what it held before. */
async function changeOf(name: string, ground: Ground): Promise<Content | undefined> {
  const table = ground.tables.find((each) => each.name === name) as ScratchTable;
  const before = ground.contents.get(name);
  const after = await contentOf(table, ground.session);
  return after.rows === before?.rows && after.hash === before.hash ? undefined : after;
}

/** Builds what reads something that changed, in build order; one that comes out as it was changes nothing below it. */
async function buildBelow(
  spoilt: string,
  content: Content,
  ground: Ground,
): Promise<{ readonly changed: ReadonlyMap<string, Content> } | { readonly broken: string }> {
  const { compiled, session } = ground;
  const changed = new Map([[spoilt, content]]);
  for (const { name, copy, made } of ground.tables) {
    if (made === 'copied' || !ground.reads.get(name)?.some((each) => changed.has(each)) || name === spoilt) continue;
    const built = await attempt(session, async () => {
      await buildModel(compiled.model(name), { copy, compiled, session, isNew: false });
      return true;
    });
    if (built === undefined) return { broken: name };
    const change = await changeOf(name, ground);
    if (change !== undefined) changed.set(name, change);
  }
  return { changed };
}

interface Noticed {
  readonly check: CopyCheck;
  readonly after: Verdict;
}

/** Nothing more has to be asked: a check found it that could run, and that needs no earlier run to compare with. */
function isSettled(noticed: readonly Noticed[]): boolean {
  return noticed.some(({ check, after }) => after.status !== 'error' && !check.comparesRuns);
}

/** Asks checks that read something that changed, or rest on something that is empty now, until the fault is found; a query of an author's own is asked after the others. */
async function askInTurn(
  changed: ReadonlyMap<string, Content>,
  turn: {
    readonly isReady: (check: CopyCheck) => boolean;
    readonly asked: Set<CopyCheck>;
    readonly noticed: Noticed[];
  },
  baseline: Baseline,
): Promise<void> {
  const { checks, verdicts, ground } = baseline;
  const { asked, noticed, isReady } = turn;
  const emptied = [...changed].filter(([, { rows }]) => rows === '0').map(([name]) => name);
  const touched = new Set([...changed.keys(), ...restingOn(emptied, ground)]);
  const waiting = checks.filter(
    (check) => !asked.has(check) && isReady(check) && check.reads.some((name) => touched.has(name)),
  );
  for (const isOwn of [false, true]) {
    if (isSettled(noticed)) return;
    const now = waiting.filter(({ definition }) => (definition.sql !== undefined) === isOwn);
    if (now.length === 0) continue;
    const after = await askCopy(now, [...ground.contents.values(), ...changed.values()], baseline);
    for (const check of now) {
      asked.add(check);
      const verdict = after.get(check.definition.id) ?? UNKNOWN;
      if (hasNoticed(verdicts.get(check.definition.id) ?? UNKNOWN, verdict)) noticed.push({ check, after: verdict });
    }
  }
}

const UNKNOWN: Verdict = { status: 'error', failures: 0n };
