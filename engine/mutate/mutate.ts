import type { CompiledProject } from '../compile/compile-project.ts';
import type { MutationProgress, MutationReport, ProposedCheck } from '../contracts/mutation.ts';
import type { Project } from '../contracts/project.ts';
import type { PinnedRun } from '../evidence/run-record.ts';
import { EngineError } from '../errors.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { askCopy } from './ask-copy.ts';
import type { CompileWords } from './compile-copy.ts';
import type { Fault } from './fault.ts';
import type { Ground } from './ground.ts';
import { planChecks } from './plan-checks.ts';
import type { CheckWorld } from './plan-checks.ts';
import { planMutants } from './plan-mutants.ts';
import type { PlannedMutant } from './plan-mutants.ts';
import { prepareGround } from './prepare-ground.ts';
import { profileTable } from './profile-table.ts';
import type { TableProfile } from './profile-table.ts';
import { proposeFor } from './propose-for.ts';
import { reportOf } from './report-of.ts';
import type { JudgedMutant } from './report-of.ts';
import { rollBack } from './roll-back.ts';
import { takenBack } from './taken-back.ts';
import { testMutant } from './test-mutant.ts';
import type { Baseline } from './test-mutant.ts';

export interface MutateInput {
  readonly project: Project;
  readonly vertical: string;
  /** The published run whose data are copied. */
  readonly run: PinnedRun;
  readonly words: CompileWords;
  /** Compiled as it is live. */
  readonly live: CompiledProject;
  readonly faults: readonly Fault[];
  /** Models and landed tables to spoil; all of the vertical when left out. */
  readonly tables?: ReadonlySet<string> | undefined;
  /** Most faults in one column. */
  readonly perColumn: number;
  /** Most mutants, spread over all; all when left out. */
  readonly limit?: number | undefined;
  readonly seed: string;
  /** Sessions at once, each with a copy of its own. */
  readonly threads: number;
  readonly onProgress?: ((progress: MutationProgress) => void) | undefined;
  /** Ends the work before its next mutant. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Plants faults into copies of a vertical's landed and built data, each in a transaction that is rolled back, and reports which of them
 * no check finds. Changes nothing, so it is safe to repeat; the same data, checks and seed give the same report.
 */
export async function mutate(input: MutateInput, deps: { readonly warehouse: Warehouse }): Promise<MutationReport> {
  const { warehouse } = deps;
  const judged = new Map<number, JudgedMutant>();
  let next = 0;
  let survivors = 0;
  let contents: string | undefined;
  const reading = oneAtATime();
  await Promise.all(
    Array.from({ length: input.threads }, () =>
      rollBack(warehouse, async (session) => {
        const baseline = await reading(() => prepare(input, { warehouse, session }));
        const own = JSON.stringify([...baseline.ground.contents]);
        contents ??= own;
        if (own !== contents) {
          throw new EngineError('MUTATE_MOVED', `vertical ${input.vertical} changed while it was copied`);
        }
        const profiles = await profileAll(baseline.ground);
        const mutants = choose(input, profiles);
        const proposals = proposeFor(baseline, { ...worldOf(input), vertical: input.vertical }, profiles);
        for (let at = next++; at < mutants.length; at = next++) {
          if (input.signal?.aborted)
            throw new EngineError('MUTATE_STOPPED', `stopped after ${judged.size} of ${mutants.length} faults`);
          const planned = mutants[at] as PlannedMutant;
          const mutant = await testAndPropose(planned, baseline, proposals);
          judged.set(at, mutant);
          survivors += mutant.outcome === 'survived' ? 1 : 0;
          input.onProgress?.({ done: judged.size, of: mutants.length, survived: survivors });
        }
      }),
    ),
  );
  const inOrder = [...judged].toSorted(([a], [b]) => a - b).map(([, mutant]) => mutant);
  return reportOf(input, inOrder);
}

async function prepare(
  input: MutateInput,
  deps: { readonly warehouse: Warehouse; readonly session: Session },
): Promise<Baseline> {
  const ground = await prepareGround(input, deps);
  const world = worldOf(input);
  return takenBack(deps.session, async () => {
    const checks = await planChecks(world.checks, world, ground);
    const { sources } = world;
    const verdicts = await askCopy(checks, ground.contents.values(), { ground, sources });
    return { ground, sources, checks, verdicts };
  });
}

/** Candidates are looked for when a place has its first survivor: then the fault is planted once more. */
async function testAndPropose(
  planned: PlannedMutant,
  baseline: Baseline,
  proposals: ReturnType<typeof proposeFor>,
): Promise<JudgedMutant> {
  let proposal: ProposedCheck | null = null;
  const propose = async (): Promise<void> => {
    proposal = proposals.isReady(planned) ? await proposals.find(planned) : null;
  };
  const isReady = proposals.isReady(planned);
  const tested = await testMutant(planned, baseline, propose);
  if (tested.outcome === 'survived' && !isReady) {
    await takenBack(baseline.ground.session, () => proposals.prepare(planned));
    await testMutant(planned, baseline, propose);
  }
  return { ...tested, proposal };
}

async function profileAll(ground: Ground): Promise<readonly TableProfile[]> {
  const profiles: TableProfile[] = [];
  for (const table of ground.tables) {
    const content = ground.contents.get(table.name);
    if (content !== undefined) profiles.push(await profileTable({ ...table, content }, ground.session));
  }
  return profiles;
}

function choose({ tables, limit, ...how }: MutateInput, profiles: readonly TableProfile[]): readonly PlannedMutant[] {
  const mutants = planMutants(
    profiles.filter(({ table }) => tables?.has(table.name) ?? true),
    how,
  );
  if (limit === undefined || mutants.length <= limit) return mutants;
  const kept = new Set(mutants.toSorted((a, b) => a.roll - b.roll).slice(0, limit));
  return mutants.filter((mutant) => kept.has(mutant));
}

function worldOf({ project, vertical, run, live }: MutateInput): CheckWorld {
  return {
    checks: project.checks.filter((check) => check.vertical === vertical && check.settings.enabled !== false),
    sources: project.sources,
    runClock: run.runClock,
    live,
  };
}

/** Work that waits for its turn: copies are read one after the other, so that few sessions are open. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
