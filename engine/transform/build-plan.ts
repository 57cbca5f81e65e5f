/** What a run does with one model, and what it starts from. Kept as JSON with the run. */
export interface PlannedModel {
  readonly model: string;
  /** build: its SQL is run. reuse: what stands is what a build would give. carry: it was not selected and stays as it is. */
  readonly action: 'build' | 'reuse' | 'carry';
  /** A sentence for people. */
  readonly reason: string;
  /** The models of this run that must be there before it. */
  readonly parents: readonly string[];
  /** What it reads by ref and source; an ephemeral model counts as what that reads. */
  readonly reads: readonly string[];
  readonly definitionHash: string;
  /** Null when what it reads cannot be known to be the same. */
  readonly inputsHash: string | null;
  readonly fingerprint: string;
  /** The run whose pull of each landed table it reads. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Whether only what is new is added to the standing table. */
  readonly isIncremental: boolean;
  /** The run whose build of it stands, or is taken over. */
  readonly from: string | null;
  /** Slices to be built, oldest first; null for a model without. */
  readonly slices: readonly Slice[] | null;
}

/** A span of a model's event time: half-open, ISO 8601, UTC. */
export interface Slice {
  readonly from: string;
  readonly to: string;
}

/** Models that one transaction builds one after the other. */
export interface BuildBatch {
  readonly id: string;
  readonly after: readonly string[];
  readonly models: readonly string[];
}

export interface BuildPlan {
  /** The published run that it starts from; null before the first. */
  readonly standingRunId: string | null;
  readonly models: readonly PlannedModel[];
  readonly batches: readonly BuildBatch[];
  /** What was landed of each table that is read: it must be the same at the end. */
  readonly landed: Readonly<Record<string, string>>;
  /** Nothing was selected that is not as it should be: there is nothing to build, swap or record. */
  readonly isNothing: boolean;
}
