import { z } from 'zod';

/** How a model comes to stand in the warehouse; dbt's words. */
export const Materialization = z.enum(['view', 'table', 'incremental', 'ephemeral', 'seed', 'snapshot']);
export type Materialization = z.output<typeof Materialization>;

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const Hook = z.union([
  z.string().transform((sql) => ({ sql })),
  z.strictObject({ sql: z.string(), transaction: z.boolean().optional() }).transform(({ sql }) => ({ sql })),
]);
const hooks = z.union([Hook.transform((one) => [one]), z.array(Hook)]);

/** A moment without a zone is UTC. */
const moment = z.union([z.string(), z.date().transform((date) => date.toISOString())]);

/**
 * What `config(...)`, `config:` in YAML and the `+` blocks of tickmark.yml may say of a model, a seed or a snapshot; dbt's names.
 * Everything is optional here: what is left out is filled when all places where it may be said have been heard.
 */
export const ModelOptions = z.strictObject({
  materialized: Materialization.optional(),
  /** Whether dashboards read it. */
  published: z.boolean().optional(),
  enabled: z.boolean().optional(),
  tags: oneOrMore.optional(),
  alias: z.string().optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  docs: z.record(z.string(), z.unknown()).optional(),
  group: z.string().optional(),
  access: z.enum(['private', 'protected', 'public']).optional(),
  persist_docs: z.record(z.string(), z.boolean()).optional(),
  /** Where a file lies decides its schema; these two are kept for the manifest and change nothing. */
  schema: z.string().optional(),
  database: z.string().optional(),
  full_refresh: z.boolean().optional(),
  /** Whether checks that rest on it may pass while it has no row. */
  may_be_empty: z.boolean().optional(),
  contract: z.strictObject({ enforced: z.boolean().default(true), alias_types: z.boolean().optional() }).optional(),
  indexes: z
    .array(
      z.strictObject({
        columns: z.array(z.string()).min(1),
        unique: z.boolean().default(false),
        type: z.string().optional(),
      }),
    )
    .optional(),
  pre_hook: hooks.optional(),
  post_hook: hooks.optional(),
  grants: z.record(z.string(), oneOrMore).optional(),
  unlogged: z.boolean().optional(),

  // incremental
  unique_key: oneOrMore.optional(),
  incremental_strategy: z.enum(['append', 'merge', 'delete+insert', 'insert_overwrite', 'microbatch']).optional(),
  on_schema_change: z.enum(['ignore', 'fail', 'append_new_columns', 'sync_all_columns']).optional(),
  merge_update_columns: oneOrMore.optional(),
  merge_exclude_columns: oneOrMore.optional(),
  incremental_predicates: oneOrMore.optional(),
  /** insert_overwrite: every value of it that the new rows have is replaced whole. */
  partition_by: oneOrMore.optional(),
  // microbatch
  event_time: z.string().optional(),
  begin: moment.optional(),
  batch_size: z.enum(['hour', 'day', 'month', 'year']).optional(),
  lookback: z.int().min(0).optional(),
  concurrent_batches: z.boolean().optional(),

  // snapshot
  strategy: z.enum(['timestamp', 'check']).optional(),
  updated_at: z.string().optional(),
  check_cols: z.union([z.literal('all').transform(() => 'all' as const), z.array(z.string())]).optional(),
  hard_deletes: z.enum(['ignore', 'invalidate', 'new_record']).optional(),
  invalidate_hard_deletes: z.boolean().optional(),
  dbt_valid_to_current: z.string().optional(),
  snapshot_meta_column_names: z.record(z.string(), z.string()).optional(),
  target_schema: z.string().optional(),
  target_database: z.string().optional(),

  // seed
  column_types: z.record(z.string(), z.string()).optional(),
  quote_columns: z.boolean().optional(),
  delimiter: z.string().optional(),
  /** What a column of decimal numbers becomes where column_types says nothing: exact when left out; dbt's is double precision. */
  decimals: z.enum(['numeric', 'double precision']).optional(),
});
export type ModelOptions = z.output<typeof ModelOptions>;

/** The options with what nobody said filled in. */
export type ModelConfig = ModelOptions & {
  readonly materialized: Materialization;
  readonly published: boolean;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
};

/** A constraint of a column or of a whole model; dbt's words. */
export const Constraint = z.strictObject({
  type: z.enum(['not_null', 'unique', 'primary_key', 'foreign_key', 'check', 'custom']),
  expression: z.string().optional(),
  name: z.string().optional(),
  columns: z.array(z.string()).optional(),
  to: z.string().optional(),
  to_columns: z.array(z.string()).optional(),
  warn_unenforced: z.boolean().optional(),
  warn_unsupported: z.boolean().optional(),
});
export type Constraint = z.output<typeof Constraint>;

/** A column as YAML declares it. */
export interface ColumnSpec {
  readonly name: string;
  readonly description: string | undefined;
  readonly dataType: string | undefined;
  readonly constraints: readonly Constraint[];
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly quote: boolean;
  /** The YAML file and line that declare it. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}
