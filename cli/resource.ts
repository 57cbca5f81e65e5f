export const RESOURCE_TYPES = [
  'vertical',
  'source',
  'seed',
  'model',
  'snapshot',
  'check',
  'waiver',
  'unit_test',
  'exposure',
  'kri',
  'control',
] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** One thing that the project declares, as selectors see it. */
export interface Resource {
  readonly type: ResourceType;
  readonly id: string;
  /** What dbt calls it: for a check `not_null_orders_id`, else the id. */
  readonly name: string;
  /** dbt's name for it in artifacts: `model.<project>.<name>`. */
  readonly uniqueId: string;
  readonly package: string;
  readonly vertical: string;
  /** Project, vertical, folders, name: what a dotted selector is held against. */
  readonly fqn: readonly string[];
  readonly file: string;
  readonly line: number | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  /** Ids of what it reads. */
  readonly dependsOn: readonly string[];
  /** Unique ids of what it reads. */
  readonly parents: readonly string[];
  /** Of a check: the kind that it is of, and whether it is a query of its own. */
  readonly test: { readonly name: string; readonly form: 'generic' | 'singular' } | null;
}
