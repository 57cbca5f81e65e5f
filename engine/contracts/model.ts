/** Where a model's file lies decides its schema: staging -> `<vertical>_staging`, marts -> `<vertical>`, engagement -> exported, never kept. */
export type Layer = 'staging' | 'marts' | 'engagement';

export type Materialization = 'view' | 'table';

/** A SQL file as found, before its template is rendered. */
export interface ModelFile {
  readonly name: string;
  readonly vertical: string;
  readonly layer: Layer;
  readonly file: string;
  /** The template as written, header included. */
  readonly template: string;
}

/** A model with its template rendered for one target. */
export interface CompiledModel {
  readonly name: string;
  readonly vertical: string;
  readonly layer: Layer;
  readonly file: string;
  readonly description: string | undefined;
  readonly grain: string | undefined;
  readonly materialized: Materialization;
  /** Whether dashboards read it: `config(published=true)`. */
  readonly published: boolean;
  readonly tags: readonly string[];
  readonly dependsOn: {
    readonly models: readonly string[];
    /** As `source.table`. */
    readonly sources: readonly string[];
  };
  /** One select statement, without a trailing semicolon. */
  readonly sql: string;
  /** SHA-256 of the template as written, hex. */
  readonly templateHash: string;
}
