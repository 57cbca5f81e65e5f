import type { ColumnDrift, LandedColumn } from '../../contracts/pull.ts';
import type { KeptFigures } from './keep-figures.ts';
import type { ParseJob } from './parse-job.ts';
import type { TupleOutput } from './tuple-output.ts';

/** What every format's rows are landed with. */
export interface LandingInput {
  readonly job: ParseJob;
  readonly output: TupleOutput;
  /** The largest value of the cursor less its lag; null without a lag. */
  readonly upper: string | null;
  /** Told once, before the first row. */
  readonly onColumns: (columns: readonly LandedColumn[]) => void;
}

export interface LandedFigures extends KeptFigures {
  readonly drift: ColumnDrift;
  readonly discardedValues: bigint;
}

/** Over how many records names are gathered before the first row is written; fewer when they are large. */
export const SAMPLED_RECORDS = 1_000;
export const SAMPLED_CHARACTERS = 16_000_000;
