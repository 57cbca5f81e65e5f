import { z } from 'zod';

export const Dimension = z.enum(['completeness', 'accuracy', 'validity', 'uniqueness', 'consistency', 'timeliness']);
export type Dimension = z.output<typeof Dimension>;

/** dbt takes any case. */
const Severity = z
  .string()
  .transform((written) => written.toLowerCase())
  .pipe(z.enum(['error', 'warn']));

/**
 * What a check concluded. `no_data`: it looked at nothing, at less than it must, or a group that it must look at is gone. `error`: it
 * could not run. `skipped`: it was not run, and the message says why. None of them is ever a pass.
 */
export const CheckStatus = z.enum(['pass', 'warn', 'fail', 'error', 'no_data', 'skipped']);
export type CheckStatus = z.output<typeof CheckStatus>;

/** `> 10`, `>= 0.5 %`, `between 1 and 5`, `passes < 95 %`: violations, or rows without one, as a number or as a share of the rows looked at. */
const threshold = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^(failures\s+|passes\s+)?((>|>=|=|!=|<>|<|<=)\s*-?\d+|(>|>=|=|!=|<>|<|<=)\s*\d+(\.\d+)?\s*%|between\s+-?\d+\s+and\s+-?\d+|between\s+\d+(\.\d+)?\s*%?\s+and\s+\d+(\.\d+)?\s*%)$/,
    'a comparison with a whole number of violations or with their share of the rows looked at, such as "> 0" or "> 0.5 %"; "passes < 95 %" compares the rows without one',
  );

const dateOrVar = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date as 2026-01-31, in quotes');

/** The parts of a relation that a check judges each by itself; every one of them must have rows. */
const Slices = z
  .strictObject({
    /** A column of the relation. */
    by: z.string().regex(/^[A-Za-z_][A-Za-z0-9_ $]*$/, 'the name of a column'),
    /** Of a time column: whole days, weeks (from Monday), months ... in UTC, up to the last that is over by the run's clock. */
    every: z.enum(['day', 'week', 'month', 'quarter', 'year']).optional(),
    /** The first slice; with `every`. */
    from: dateOrVar.optional(),
    /** The last slice; the last that is over by the run's clock when left out. */
    to: dateOrVar.optional(),
    /** Only so many, the newest; with `every`. */
    last: z.int().min(1).max(400).optional(),
    /** Of any other column: the values that must be there. Without them: those that are there, and those that were in the last published run. */
    values: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .optional(),
  })
  .refine(({ every, values }) => every === undefined || values === undefined, {
    error: 'slices are by time (every) or by values, not both',
  })
  .refine(({ every, from, last }) => every === undefined || from !== undefined || last !== undefined, {
    error: 'slices by time need from or last',
  })
  .refine(({ every, from, to, last }) => every !== undefined || (from ?? to ?? last) === undefined, {
    error: 'from, to and last are for slices by time: give every',
  });
export type Slices = z.output<typeof Slices>;

/** What every kind of check can say of itself; dbt's words. */
export const CheckSettings = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9_.]*$/, 'lower case letters, digits, _ and .')
    .optional(),
  description: z.string().optional(),
  dimension: Dimension.optional(),
  severity: Severity.default('error'),
  /** Whether a failure keeps the vertical from being published; by default when the severity is error. */
  blocking: z.boolean().optional(),
  /** Whether a blocking check that found nothing to look at keeps the vertical from being published (`hold`, the default) or only says so. */
  no_data: z.enum(['hold', 'tell']).optional(),
  where: z.string().optional(),
  /** Fewer rows looked at than this are no data. */
  min_population: z.int().min(1).optional(),
  slices: Slices.optional(),
  /** Whether the verdict stands although a table that it rests on is empty; without it a pass over an empty upstream table is no data. */
  empty_upstream: z.enum(['no_data', 'allow']).optional(),
  warn_if: threshold.default('!= 0'),
  error_if: threshold.default('!= 0'),
  /** SQL over the violating rows that gives the number which the thresholds compare; `count(*)` when left out. */
  fail_calc: z.string().optional(),
  /** Most failing rows that are kept; all are counted. */
  limit: z.int().min(1).optional(),
  /** Whether the violating rows also stand in a table of their own, `<vertical>_dbt_test__audit.<name>`. */
  store_failures: z.boolean().optional(),
  /** As `store_failures`; a view would read tables that a later run drops, so it is a table too. */
  store_failures_as: z.enum(['table', 'view', 'ephemeral']).optional(),
  enabled: z.boolean().optional(),
  tags: z.union([z.string().transform((one) => [one]), z.array(z.string())]).optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  /** Of the table of failing rows: what comes after `<vertical>_`, and its name. */
  schema: z.string().optional(),
  alias: z.string().optional(),
  /** Kept for the manifest; there is one database. */
  database: z.string().optional(),
});
export type CheckSettings = z.output<typeof CheckSettings>;

/**
 * A name in engine/check-kinds/check-kinds.ts, or one of three that have SQL of their own: `bespoke` (with our header), `singular`
 * (dbt's test in a file) and `generic` (dbt's test that a macro of the project makes).
 */
export type CheckKind = string;

/** A generic test as dbt's manifest tells of it. */
export interface GenericTest {
  /** `not_null`, `accepted_range`. */
  readonly name: string;
  /** The package before the dot, `dbt_utils`. */
  readonly namespace: string | undefined;
  /** Arguments as written, with column_name. */
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** Whether somebody gave it the name it has. */
  readonly isNamed: boolean;
}

/** A check as written in the project's content, resolved and with every default filled. */
export interface CheckDefinition {
  readonly id: string;
  /** What dbt calls it: `not_null_orders_order_id`. */
  readonly name: string;
  /** What the table of its failing rows is called: the name, cut and with a hash when that is 64 characters or longer. */
  readonly alias: string;
  readonly test: GenericTest | undefined;
  /** Models and landed tables (`source.table`) that its texts name; what it is found by when one of them is selected. */
  readonly refersTo: readonly string[];
  readonly vertical: string;
  readonly kind: CheckKind;
  /** The relation it looks at: a model by name, or `source.table`. For a bespoke check: its declared population. Empty for a singular one: what it looks at is what its SQL refers to. */
  readonly on: string;
  readonly column: string | undefined;
  /** Kind-specific, already parsed by the kind. Empty for a check with SQL of its own. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly settings: CheckSettings;
  readonly dimension: Dimension;
  readonly blocking: boolean;
  /** Of a bespoke check the template that returns subject_id, reason and, where it has them, amount and occurred_at; of a singular one the template whose rows are failures. */
  readonly sql: string | undefined;
  readonly grain: string | undefined;
  readonly file: string;
  readonly line: number;
  /** SHA-256 of the definition in canonical form, hex. */
  readonly definitionHash: string;
  /** SHA-256 of what it asks, without its thresholds: measures of the same may be compared. */
  readonly measuredHash: string;
}

export interface CheckResult {
  readonly checkId: string;
  readonly kind: CheckKind;
  readonly dimension: Dimension;
  readonly on: string;
  readonly status: CheckStatus;
  readonly blocking: boolean;
  /** Rows looked at. */
  readonly population: bigint;
  /** The number that the thresholds compare: violations, all of them, or what `fail_calc` or dbt counts instead. */
  readonly failures: bigint;
  /** Rows looked at without a violation; null where a violation is not a row. */
  readonly passes: bigint | null;
  /** Violating rows found, also those beyond the kept ones. */
  readonly violatingRows: bigint;
  /** Failing rows kept in audit.failing_rows; less than `violatingRows` only past the cap or `limit`. */
  readonly failingRowsKept: bigint;
  /** What later runs compare with, as decimal text; null for kinds that keep nothing. */
  readonly measure: string | null;
  /** The waiver that its failure stands under; null without. A waived failure stays a failure and does not block. */
  readonly waiver: AppliedWaiver | null;
  /** The slices that it judged by themselves; empty for a check without. */
  readonly slices: readonly CheckedSlice[];
  readonly message: string | null;
  /** The models and landed tables that it read, as a JSON array in text. */
  readonly reads: string;
  readonly definitionHash: string;
  readonly sqlHash: string;
  /** SHA-256 over definition, SQL and the state of everything read, hex; null when that is not known or not all. */
  readonly inputsHash: string | null;
  /** The run that found this, when nothing it reads has changed since. */
  readonly reusedFromRun: string | null;
  readonly durationMs: number;
}

/** One slice of a check with slices. */
export interface CheckedSlice {
  /** `2026-01`, `EU`: as people read it. */
  readonly slice: string;
  /** Of a slice by time, ISO dates, the first in it and the first after it; null by value. */
  readonly from: string | null;
  readonly to: string | null;
  readonly status: CheckStatus;
  readonly population: bigint;
  readonly failures: bigint;
}

/** Somebody's decision to live with a failure for a time, as content declares it. */
export interface Waiver {
  readonly check: string;
  readonly vertical: string;
  readonly reason: string;
  readonly author: string;
  readonly approver: string;
  readonly approvedOn: string;
  /** The last day it holds, in UTC by the run's clock. */
  readonly expires: string;
  /** It covers no more violations than this; all when null. */
  readonly maxFailures: bigint | null;
  /** It covers these subjects only; all when empty. */
  readonly subjects: readonly string[];
  readonly file: string;
  readonly line: number;
  /** SHA-256 of it in canonical form, hex. */
  readonly hash: string;
}

/** The waiver as the evidence keeps it beside a result. */
export type AppliedWaiver = Pick<Waiver, 'reason' | 'author' | 'approver' | 'approvedOn' | 'expires' | 'hash'>;

/** What a check would say of the live tables now. */
export interface CheckPreview {
  readonly id: string;
  readonly status: CheckStatus;
  readonly population: string;
  readonly failures: string;
  readonly message: string | null;
  /** The waiver that a failure of it would stand under. */
  readonly waiver: AppliedWaiver | null;
  /** The first failing rows by subject. */
  readonly examples: readonly {
    readonly subjectId: string | null;
    readonly reason: string | null;
    readonly amount: string | null;
  }[];
}
