import { z } from 'zod';

export const Dimension = z.enum(['completeness', 'accuracy', 'validity', 'uniqueness', 'consistency', 'timeliness']);
export type Dimension = z.output<typeof Dimension>;

const Severity = z.enum(['error', 'warn']);

/** What a check concluded. `no_data`: it looked at nothing. `error`: it could not run. Neither is ever a pass. */
export const CheckStatus = z.enum(['pass', 'warn', 'fail', 'error', 'no_data']);
export type CheckStatus = z.output<typeof CheckStatus>;

const threshold = z
  .string()
  .regex(/^(>|>=|=|!=)\s*\d+$/, 'a comparison with a whole number of violations, such as "> 0"');

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
  where: z.string().optional(),
  warn_if: threshold.default('> 0'),
  error_if: threshold.default('> 0'),
});
export type CheckSettings = z.output<typeof CheckSettings>;

/** A side of a comparison: a model by name, or a landed table as `source.table`. */
const relationName = z.string().regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/, 'a model, or source.table');

/** The arguments of each kind of check. The keys are the kinds. */
export const CHECK_ARGUMENTS = {
  not_null: z.strictObject({}),
  unique: z.strictObject({ columns: z.array(z.string()).min(1).optional() }),
  accepted_values: z.strictObject({ values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) }),
  relationships: z.strictObject({ to: relationName, field: z.string() }),
  row_count: z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() }),
  expression: z.strictObject({ expression: z.string() }),
  reconcile: z
    .strictObject({
      to: relationName,
      keys: z.array(z.string()).min(1),
      /** Columns of the same name on both sides that must agree; none: only the keys are compared. */
      compare: z.array(z.string()).default([]),
      /** Largest difference that still agrees; a decimal as text, in the columns' own unit. */
      tolerance: z
        .string()
        .regex(/^\d+(\.\d+)?$/, 'a decimal that is not negative, in quotes')
        .default('0'),
      /** `missing`: keys on one side only; `differing`: keys on both sides with other values; `both`. */
      find: z.enum(['missing', 'differing', 'both']).default('both'),
    })
    .refine(({ find, compare }) => find !== 'differing' || compare.length > 0, {
      path: ['compare'],
      error: 'find: differing needs columns to compare, or it could only pass',
    }),
} as const;

export type CheckKind = keyof typeof CHECK_ARGUMENTS | 'bespoke';

/** A check as written in the project's content, resolved and with every default filled. */
export interface CheckDefinition {
  readonly id: string;
  readonly vertical: string;
  readonly kind: CheckKind;
  /** The relation it looks at: a model by name, or `source.table`. For a bespoke check: its declared population. */
  readonly on: string;
  readonly column: string | undefined;
  /** Kind-specific, already parsed by CHECK_ARGUMENTS. Empty for a bespoke check. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly settings: CheckSettings;
  readonly dimension: Dimension;
  readonly blocking: boolean;
  /** Bespoke only: the template that returns subject_id, reason and, where it has them, amount and occurred_at. */
  readonly sql: string | undefined;
  readonly grain: string | undefined;
  readonly file: string;
  readonly line: number;
  /** SHA-256 of the definition in canonical form, hex. */
  readonly definitionHash: string;
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
  /** Violations found, all of them, also those beyond the kept rows. */
  readonly failures: bigint;
  /** Failing rows kept in audit.failing_rows; less than `failures` only past the cap. */
  readonly failingRowsKept: bigint;
  readonly message: string | null;
  /** The models and landed tables that it read, as a JSON array in text. */
  readonly reads: string;
  readonly definitionHash: string;
  readonly sqlHash: string;
  readonly durationMs: number;
}

/** What a check would say of the live tables now. */
export interface CheckPreview {
  readonly id: string;
  readonly status: CheckStatus;
  readonly population: string;
  readonly failures: string;
  readonly message: string | null;
  /** The first failing rows by subject. */
  readonly examples: readonly {
    readonly subjectId: string | null;
    readonly reason: string | null;
    readonly amount: string | null;
  }[];
}
