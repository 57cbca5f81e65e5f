import { z } from 'zod';
import type { VariableValue } from './config.ts';

/*
 * What workflows and activities pass each other. It is kept in workflow histories, so it is ids, names, counts and hashes
 * only: never a row value, never a credential.
 */

const value = z.union([z.string(), z.number(), z.boolean()]);
const vars = z.record(z.string(), z.union([value, z.array(z.union([z.string(), z.number()]))])).default({});

/** A span of one table to pull again, by its cursor or period column: `from` belongs to it, `to` does not. */
export const Backfill = z.object({ table: z.string(), from: z.string(), to: z.string() });
export type Backfill = z.output<typeof Backfill>;

export const RunVerticalInput = z.object({
  vertical: z.string(),
  vars,
  /** Starts the landed history of every table anew; needed when a source changed its columns. */
  fullRefresh: z.boolean().default(false),
  backfill: Backfill.optional(),
});
export type RunVerticalInput = z.input<typeof RunVerticalInput>;

export const PullEngagementInput = z.object({
  vertical: z.string(),
  engagement: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'letters, digits, _, . and -'),
  vars,
  /** Absolute path of a folder on the worker's machine. */
  outputDirectory: z.string(),
});
export type PullEngagementInput = z.input<typeof PullEngagementInput>;

export const BeginRunInput = z.object({
  runId: z.string(),
  vertical: z.string(),
  kind: z.enum(['refresh', 'engagement', 'build']),
  vars,
  fullRefresh: z.boolean().default(false),
});
export type BeginRunInput = z.input<typeof BeginRunInput>;

/** A run's identity; run numbers count up in the warehouse, as decimal text. */
export const RunRef = z.object({ runId: z.string(), runNo: z.string(), vertical: z.string() });
export type RunRef = z.output<typeof RunRef>;

export interface RunPlan {
  /** The source systems of the vertical, each pulled in one snapshot. */
  readonly sources: readonly string[];
}

export const SourceInput = z.object({ run: RunRef, source: z.string(), backfill: Backfill.optional() });
export type SourceInput = z.output<typeof SourceInput>;

export const RunInput = z.object({ run: RunRef });
export type RunInput = z.output<typeof RunInput>;

/** Where a run failed, with which error code, and what it said. */
const RunFailure = z.object({ step: z.string(), code: z.string().default('RUN_FAILED'), message: z.string() });
export type RunFailure = z.output<typeof RunFailure>;

export const AlertInput = z.object({ run: RunRef, failure: RunFailure.optional() });
export type AlertInput = z.input<typeof AlertInput>;

export const EndRunInput = z.object({
  run: RunRef,
  status: z.enum(['succeeded', 'held', 'failed']),
  reason: z.string().nullable(),
});
export type EndRunInput = z.output<typeof EndRunInput>;

export const ExportInput = z.object({ run: RunRef, engagement: z.string(), outputDirectory: z.string() });
export type ExportInput = z.output<typeof ExportInput>;

export const BatchInput = z.object({ run: RunRef, batch: z.string() });
export type BatchInput = z.output<typeof BatchInput>;

/** The batches that a run's models are built in, each once those it waits for are done. */
export interface TransformPlan {
  readonly threads: number;
  readonly batches: readonly { readonly id: string; readonly after: readonly string[]; readonly models: number }[];
}

export interface PullSummary {
  readonly tables: readonly { readonly table: string; readonly rows: string }[];
}

export interface VerifySummary {
  readonly tables: readonly {
    readonly table: string;
    readonly landed: string;
    readonly added: string;
    readonly removed: string;
    readonly changed: string;
  }[];
}

export interface TransformSummary {
  readonly models: number;
}

export interface CheckSummary {
  readonly pass: number;
  readonly warn: number;
  readonly fail: number;
  readonly error: number;
  readonly no_data: number;
  readonly skipped?: number | undefined;
  /** Failures that a waiver covers; they are counted here only. */
  readonly waived?: number | undefined;
  /** Ids of blocking checks that did not pass. */
  readonly blockedBy: readonly string[];
}

export interface MeasureSummary {
  readonly colours: Readonly<Record<string, number>>;
  readonly conclusions: Readonly<Record<string, number>>;
}

export interface PublishSummary {
  readonly decision: 'published' | 'held';
  readonly tables: number;
  readonly reason: string | null;
}

export interface AlertSummary {
  readonly opened: number;
  readonly closed: number;
  readonly sent: number;
  readonly undelivered: number;
}

export interface ExportSummary {
  readonly files: readonly { readonly file: string; readonly rows: string; readonly sha256: string }[];
  readonly manifestSha256: string;
}

export interface RunVerdict {
  readonly runId: string;
  readonly runNo: string;
  readonly status: 'succeeded' | 'held' | 'failed';
  readonly reason: string | null;
}

export interface EngagementVerdict {
  readonly runId: string;
  readonly runNo: string;
  readonly export: ExportSummary;
}

export type Vars = Readonly<Record<string, VariableValue>>;
