import { keyColumns } from '../check/key-columns.ts';
import type { ProposedCheck } from '../contracts/mutation.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { askChecks } from './ask-checks.ts';
import { planChecks, readyToAsk } from './plan-checks.ts';
import type { CheckWorld, CopyCheck } from './plan-checks.ts';
import type { PlannedMutant } from './plan-mutants.ts';
import type { TableProfile } from './profile-table.ts';
import { byColumn, byPresence } from './propose/by-column.ts';
import { byRelation } from './propose/by-relation.ts';
import { byRow } from './propose/by-row.ts';
import { byEarlierRun, byRows } from './propose/by-rows.ts';
import type { Candidate, Related, Scenery } from './propose/candidate.ts';
import { defineCandidate } from './propose/define-candidate.ts';
import { formatCandidate } from './propose/format-candidate.ts';
import type { Baseline } from './test-mutant.ts';

/** Candidates of one column, or of one table's rows, that pass on the data as they are; the best first. */
type Pool = readonly { readonly candidate: Candidate; readonly check: CopyCheck }[];

/** More checks against other tables are not tried: each costs a query over both. */
const MOST_OF_OTHERS = 40;

/** Finds, for a survivor, a check that would have found it. Nothing is proposed that was not seen to pass before the fault and to fail with it. */
export function proposeFor(
  baseline: Baseline,
  world: CheckWorld & { readonly vertical: string },
  profiles: readonly TableProfile[],
) {
  const pools = new Map<string, Pool>();
  const placeOf = ({ profile, column }: PlannedMutant): string => JSON.stringify([profile.table.name, column?.label]);
  return {
    /** Whether candidates for this place were looked for. */
    isReady: (mutant: PlannedMutant): boolean => pools.has(placeOf(mutant)),
    /** Looks for candidates; nothing may be spoilt meanwhile. */
    prepare: async (mutant: PlannedMutant): Promise<void> => {
      const scenery = sceneryOf(mutant, { baseline, world, profiles });
      pools.set(placeOf(mutant), await findPool(scenery, { baseline, world }));
    },
    /** The first that fails while the fault stands. */
    find: async (mutant: PlannedMutant): Promise<ProposedCheck | null> => {
      const found = await firstThatFails(pools.get(placeOf(mutant)) ?? [], baseline.ground.session);
      if (found === undefined) return null;
      const { candidate, check } = found;
      return {
        kind: candidate.kind,
        on: candidate.on,
        column: candidate.column ?? null,
        yaml: formatCandidate(candidate),
        comparesRuns: check.comparesRuns,
      };
    },
  };
}

/** A few at a time: the first are the cheapest, and mostly enough. */
async function firstThatFails(pool: Pool, session: Session): Promise<Pool[number] | undefined> {
  for (let from = 0; from < pool.length; from += 4) {
    const some = pool.slice(from, from + 4);
    const verdicts = await askChecks(await readyToAsk(some.map(({ check }) => check)), session);
    const found = some.find(({ check }) => {
      const status = verdicts.get(check.definition.id)?.status;
      return status === 'fail' || status === 'warn';
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

async function findPool(
  scenery: Scenery,
  { baseline, world }: { readonly baseline: Baseline; readonly world: CheckWorld & { readonly vertical: string } },
): Promise<Pool> {
  const { ground } = baseline;
  const candidates = [
    ...byPresence(scenery),
    ...byRows(scenery),
    ...(await byRow(scenery, ground.session)),
    ...(await byRelation(scenery, ground.session)).slice(0, MOST_OF_OTHERS),
    ...(await byColumn(scenery, ground.session)),
    ...byEarlierRun(scenery),
  ];
  const defined = candidates.flatMap((candidate, at) => {
    const definition = defineCandidate(candidate, { vertical: world.vertical, id: `${world.vertical}.proposed_${at}` });
    return definition === undefined ? [] : [{ candidate, definition }];
  });
  const checks = await planChecks(
    defined.map(({ definition }) => definition),
    world,
    ground,
  );
  const verdicts = await askChecks(await readyToAsk(checks), ground.session);
  return defined.flatMap(({ candidate, definition }, at) => {
    const check = checks[at];
    return check !== undefined && verdicts.get(definition.id)?.status === 'pass' ? [{ candidate, check }] : [];
  });
}

function sceneryOf(
  { profile, column }: PlannedMutant,
  around: { readonly baseline: Baseline; readonly world: CheckWorld; readonly profiles: readonly TableProfile[] },
): Scenery {
  const { baseline, world, profiles } = around;
  const keyOf = (of: TableProfile): readonly string[] => {
    const declared = keyColumns(of.table.name, world);
    return declared.length > 0 ? declared : ownKey(of);
  };
  const related = relatedTo(profile.table.name, baseline.ground.reads).flatMap((name): Related[] => {
    const found = profiles.find(({ table }) => table.name === name);
    return found === undefined ? [] : [{ profile: found, key: keyOf(found) }];
  });
  return { profile, column, key: keyOf(profile), related };
}

/** A column that looks like a key and has no value twice. */
function ownKey({ columns }: TableProfile): readonly string[] {
  const unique = columns.filter(({ rows, present, distinct }) => rows > 1n && present === rows && distinct === rows);
  const best = unique.find(({ isKey }) => isKey) ?? unique[0];
  return best === undefined ? [] : [best.label];
}

/** Tables above it and below it, nearest first; then all others. */
function relatedTo(name: string, reads: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const next = (of: string): readonly string[] => [
    ...(reads.get(of) ?? []),
    ...[...reads].filter(([, read]) => read.includes(of)).map(([model]) => model),
  ];
  const seen = new Set([name]);
  for (const each of seen) for (const near of next(each)) seen.add(near);
  seen.delete(name);
  return [...seen];
}
