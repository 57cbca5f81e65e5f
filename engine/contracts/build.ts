import { z } from 'zod';
import type { AppliedWaiver, CheckStatus } from './check.ts';

/** What a build is asked to do, beside the project. All of it is pinned with the run. */
export const BuildRequest = z.strictObject({
  /** Names of models (seeds and snapshots too) to build; null: all of the vertical. */
  models: z.array(z.string()).nullable().default(null),
  /** Ids of checks to run; null: all of the vertical. Blocking checks on what is built run in any case. */
  checks: z.array(z.string()).nullable().default(null),
  /** Names of unit tests to run before the models are built; null: those of the models that are built. */
  unitTests: z.array(z.string()).nullable().default(null),
  fullRefresh: z.boolean().default(false),
  /** Half-open, UTC: slices of models with an event time that are built again. */
  eventTime: z.strictObject({ start: z.string(), end: z.string() }).nullable().default(null),
  /** What run_started_at says, and up to when slices are due; the warehouse's clock at the run's begin when null. */
  runClock: z.string().nullable().default(null),
  /** Relations that stand for models that are not built (--defer), by name: `"schema"."name"`. */
  deferred: z.record(z.string(), z.string()).default({}),
  threads: z.int().min(1).max(64).default(4),
  failFast: z.boolean().default(false),
  /** Builds every relation with its columns and no rows. */
  empty: z.boolean().default(false),
});
export type BuildRequest = z.output<typeof BuildRequest>;

/** dbt's words for how a model ended; `carried`: it was not selected and stays as it was. */
export const BuildStatus = z.enum(['success', 'error', 'skipped', 'no-op', 'carried']);
export type BuildStatus = z.output<typeof BuildStatus>;

/** One model as a run left it. */
export interface BuiltModel {
  readonly model: string;
  readonly resource: string;
  readonly vertical: string;
  readonly layer: string;
  readonly materialized: string;
  readonly status: BuildStatus;
  /** Why it was built or not; of a skipped one which model above it failed. */
  readonly reason: string;
  /** Rows of the whole relation; null for a view. */
  readonly rows: string | null;
  /** Rows that this build wrote; null for a view. */
  readonly affected: string | null;
  /** Of a table; a view has none of its own. */
  readonly contentHash: string | null;
  readonly durationMs: number;
  /** The SQL that was run, with the live schemas' names. */
  readonly sql: string;
  readonly sqlHash: string;
  readonly templateHash: string;
  /** The models and landed tables it refers to, as JSON text. */
  readonly dependsOn: string;
  /** Definition and inputs in one SHA-256, hex: equal means that building again would give the same. */
  readonly fingerprint: string;
  /** Quoted, as it is named when live. */
  readonly relation: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What happens in a build, as it happens. */
export type BuildEvent =
  | {
      readonly kind: 'plan';
      readonly vertical: string;
      readonly runNo: string;
      readonly total: number;
      readonly threads: number;
    }
  | {
      readonly kind: 'start';
      readonly model: string;
      readonly materialized: string;
      readonly relation: string;
      readonly index: number;
    }
  | { readonly kind: 'end'; readonly built: BuiltModel; readonly index: number }
  | { readonly kind: 'check'; readonly check: BuildCheck }
  | { readonly kind: 'unit_test'; readonly test: UnitTestOutcome }
  | {
      readonly kind: 'publish';
      readonly vertical: string;
      readonly decision: 'published' | 'held' | 'nothing';
      readonly reason: string | null;
    };

export interface BuildCheck {
  readonly id: string;
  readonly on: string;
  readonly status: CheckStatus;
  readonly blocking: boolean;
  readonly population: string;
  readonly failures: string;
  readonly message: string | null;
  readonly durationMs: number;
  /** The run whose verdict this is, when nothing it reads has changed since. */
  readonly reusedFrom: string | null;
  /** What its failure stands under; it then does not block. */
  readonly waiver?: AppliedWaiver | null;
}

/** What a unit test found; rows are shown by their author's own test, so they may be told. */
export interface UnitTestOutcome {
  readonly name: string;
  readonly model: string;
  readonly status: 'pass' | 'fail' | 'error';
  /** Lines that show expected and actual rows beside each other, or the error. */
  readonly message: string | null;
  readonly durationMs: number;
}

/** A whole build of one vertical. */
export interface BuildOutcome {
  readonly vertical: string;
  readonly runId: string;
  readonly runNo: string;
  readonly status: 'succeeded' | 'held' | 'failed' | 'nothing';
  /** Why it was held or failed. */
  readonly reason: string | null;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly models: readonly BuiltModel[];
  readonly checks: readonly BuildCheck[];
  readonly unitTests: readonly UnitTestOutcome[];
}

/** What of a microbatch model's event time is built: the ledger of its slices, neighbours of one state joined. */
export interface IntervalReport {
  readonly model: string;
  readonly vertical: string;
  readonly batchSize: string;
  /** Of the model as it is written now. */
  readonly definitionHash: string;
  readonly spans: readonly IntervalSpan[];
}

/** Half-open, ISO 8601, UTC. */
export interface IntervalSpan {
  readonly from: string;
  readonly to: string;
  readonly slices: number;
  /** `outdated`: built by another definition than the one that is written now. `missing`: due and not built. */
  readonly state: 'built' | 'outdated' | 'missing';
  /** Of the definition that built it; null when missing. */
  readonly definitionHash: string | null;
}
