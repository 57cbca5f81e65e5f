import { z } from 'zod';

/** One fault that is left unfound on purpose, as `checks/<vertical>/survivors.yml` says it. */
const SurvivorSpec = z.strictObject({
  /** A model by name, or a landed table as `source.table`. */
  table: z.string(),
  /** Left out: faults in any column, and in whole rows. */
  column: z.string().optional(),
  /** A fault by its name, `null`, or with its share, `null 1 %`; left out: every fault. */
  fault: z.string().optional(),
  /** Why nobody needs to find it. */
  reason: z.string().min(1),
});

export const SurvivorsFile = z.strictObject({ survivors: z.array(SurvivorSpec).min(1) });

export interface JustifiedSurvivor extends z.output<typeof SurvivorSpec> {
  readonly vertical: string;
  readonly file: string;
  readonly line: number;
}

/** How much a fault spoils. */
export const SHARES = ['one', 'percent', 'all'] as const;
export type Share = (typeof SHARES)[number];

/**
 * What became of a mutant. `equivalent`: it changed no row, so there is nothing to find. `unfit`: the warehouse refused it (a value too
 * long, a number out of range). Neither counts in the score.
 */
export type MutantOutcome = 'killed' | 'survived' | 'equivalent' | 'unfit';

/** A check that would have found a survivor: it passes on the data as they are, and fails on the mutant. */
export interface ProposedCheck {
  readonly kind: string;
  readonly on: string;
  readonly column: string | null;
  /** As it stands in a properties file. */
  readonly yaml: string;
  /** Whether it needs an earlier refresh to compare with. */
  readonly comparesRuns: boolean;
}

/** One planted fault. Holds no row value. */
export interface Mutant {
  readonly table: string;
  readonly column: string | null;
  readonly fault: string;
  /** The fault as a sentence. */
  readonly what: string;
  readonly rows: string;
  readonly outcome: MutantOutcome;
  /** Models that came out otherwise because of it; none of one that goes no further than its own table, or was found there. */
  readonly spreadsTo: readonly string[];
  /** How it was found: a check's verdict got worse, a check could no longer run, or a model could no longer be built. */
  readonly killedBy: 'check' | 'error' | 'build' | null;
  /** The checks whose verdict got worse, of those that were asked until it was found; or the model that could not be built. */
  readonly foundBy: readonly string[];
  /** Whether it is also found without checks that compare with an earlier refresh. */
  readonly isFoundAlone: boolean;
  readonly proposal: ProposedCheck | null;
  /** Why it may survive, from survivors.yml. */
  readonly justified: string | null;
}

/** A share of mutants found, counts as decimal text. */
export interface MutationScore {
  readonly mutants: string;
  readonly killed: string;
  /** In percent with two digits, rounded down; null without a mutant. */
  readonly score: string | null;
}

/** What is asked for on the command line. */
export interface MutateRequest {
  readonly vertical: string;
  /** Models and landed tables to spoil; all of the vertical when left out. */
  readonly tables?: readonly string[] | undefined;
  /** Names of faults; all when left out. */
  readonly faults?: readonly string[] | undefined;
  readonly perColumn: number;
  readonly limit?: number | undefined;
  readonly seed: string;
  readonly threads: number;
  /** Whether the score is kept and published; that of a part never is. */
  readonly record: boolean;
}

export interface MutationProgress {
  readonly done: number;
  readonly of: number;
  readonly survived: number;
}

export interface MutationReport {
  readonly vertical: string;
  /** The published run whose data were copied. */
  readonly runId: string;
  readonly runNo: string;
  readonly seed: string;
  readonly all: MutationScore;
  /** Without checks that compare with an earlier refresh: they do not see a fault that was there from the first pull on. */
  readonly alone: MutationScore;
  readonly killedByError: string;
  readonly killedByBuild: string;
  readonly equivalent: string;
  readonly unfit: string;
  /** Models that are not built again when what they read is spoilt: snapshots, whose past cannot be built. */
  readonly notRebuilt: readonly string[];
  /** Whether the score was kept. */
  readonly isRecorded: boolean;
  readonly mutants: readonly Mutant[];
}
