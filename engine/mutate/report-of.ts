import type { JustifiedSurvivor, Mutant, MutationReport, MutationScore } from '../contracts/mutation.ts';
import type { MutateInput } from './mutate.ts';

export type JudgedMutant = Omit<Mutant, 'justified'>;

/** Adds the mutants up. A justified survivor is still one: the score does not move. */
export function reportOf(
  { project, vertical, run, seed, live }: Pick<MutateInput, 'project' | 'vertical' | 'run' | 'seed' | 'live'>,
  judged: readonly JudgedMutant[],
): MutationReport {
  const excused = (project.survivors ?? []).filter((survivor) => survivor.vertical === vertical);
  const mutants = judged.map((mutant): Mutant => ({ ...mutant, justified: reasonFor(mutant, excused) }));
  const count = (those: (mutant: Mutant) => boolean): number => mutants.filter(those).length;
  const total = count(isCounted);
  return {
    vertical,
    runId: run.runId,
    runNo: run.runNo,
    seed,
    all: scoreOf(
      total,
      count(({ outcome }) => outcome === 'killed'),
    ),
    alone: scoreOf(
      total,
      count(({ outcome, isFoundAlone }) => outcome === 'killed' && isFoundAlone),
    ),
    killedByError: String(count(({ killedBy }) => killedBy === 'error')),
    killedByBuild: String(count(({ killedBy }) => killedBy === 'build')),
    equivalent: String(count(({ outcome }) => outcome === 'equivalent')),
    unfit: String(count(({ outcome }) => outcome === 'unfit')),
    notRebuilt: live.models
      .filter((model) => model.vertical === vertical && model.materialized === 'snapshot')
      .map(({ name }) => name),
    isRecorded: false,
    mutants,
  };
}

/** Whether a mutant counts in the score. */
function isCounted({ outcome }: Pick<Mutant, 'outcome'>): boolean {
  return outcome === 'killed' || outcome === 'survived';
}

/** Rounded down: a score of 95 is never less than 95. */
function scoreOf(mutants: number, killed: number): MutationScore {
  const hundredths = mutants === 0 ? null : (BigInt(killed) * 10_000n) / BigInt(mutants);
  const digits = hundredths?.toString().padStart(3, '0');
  return {
    mutants: String(mutants),
    killed: String(killed),
    score: digits === undefined ? null : `${digits.slice(0, -2)}.${digits.slice(-2)}`,
  };
}

function reasonFor(mutant: JudgedMutant, excused: readonly JustifiedSurvivor[]): string | null {
  if (mutant.outcome !== 'survived') return null;
  const found = excused.find(
    ({ table, column, fault }) =>
      table === mutant.table &&
      (column === undefined || column === mutant.column) &&
      (fault === undefined || fault === mutant.fault || mutant.fault.startsWith(`${fault} `)),
  );
  return found?.reason ?? null;
}
