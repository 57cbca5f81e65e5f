import type { ColumnSpec, Constraint, Materialization, ModelConfig } from './model-config.ts';

/** Where a model's file lies decides its schema: staging -> `<vertical>_staging`, engagement -> exported, never kept, all else -> `<vertical>`. */
export type Layer = 'staging' | 'marts' | 'engagement';

export type { Materialization };

/** What a file in sql/ makes: a query's rows, a CSV file's rows, or a query's rows with their history. */
export type ModelResource = 'model' | 'seed' | 'snapshot';

/** What YAML and tickmark.yml say of a model, before its own `config(...)` is heard. */
export interface ModelProperties {
  readonly description: string | undefined;
  readonly columns: readonly ColumnSpec[];
  readonly constraints: readonly Constraint[];
  /** Each names options as ModelOptions has them; a later one counts more, tags and meta add up. */
  readonly options: readonly Readonly<Record<string, unknown>>[];
  /** The YAML file and line that describe it. */
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** A file as found, before its template is rendered. */
export interface ModelFile {
  readonly name: string;
  readonly resource: ModelResource;
  readonly vertical: string;
  readonly layer: Layer;
  readonly file: string;
  /** The template as written, header included; the bytes' SHA-256 for a seed, whose rows are read when it is built. */
  readonly template: string;
  /** Line of the file at which the template begins; a snapshot block may stand in the middle of a file. */
  readonly firstLine: number;
  readonly properties: ModelProperties;
}

/** A model with its template rendered for one target. */
export interface CompiledModel {
  readonly name: string;
  readonly resource: ModelResource;
  readonly vertical: string;
  readonly layer: Layer;
  readonly file: string;
  readonly description: string | undefined;
  readonly grain: string | undefined;
  readonly owner: string | undefined;
  readonly config: ModelConfig;
  readonly columns: readonly ColumnSpec[];
  readonly constraints: readonly Constraint[];
  readonly materialized: Materialization;
  /** Whether dashboards read it: `config(published=true)`. */
  readonly published: boolean;
  readonly tags: readonly string[];
  readonly dependsOn: {
    readonly models: readonly string[];
    /** As `source.table`. */
    readonly sources: readonly string[];
    /** Macros that it called, as `package.name`; those of the project under the project's name. */
    readonly macros: readonly string[];
  };
  /** Whether its SQL depends on what the warehouse answers (`run_query`, `adapter`): `sql` is then what it is without an answer. */
  readonly asksWarehouse: boolean;
  /** Whether its SQL differs with `is_incremental()`. */
  readonly asksIncremental: boolean;
  /** One select statement, without a trailing semicolon; as for a build from nothing. Empty for a seed. */
  readonly sql: string;
  /** SHA-256 of the template as written, hex. */
  readonly templateHash: string;
}
