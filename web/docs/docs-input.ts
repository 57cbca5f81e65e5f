import type { CatalogColumns } from '../../engine/artifacts/catalog.ts';
import type { CompiledProject } from '../../engine/compile/compile-project.ts';
import type { Project } from '../../engine/contracts/project.ts';
import type { ModelLineage } from '../../engine/lineage/model-lineage.ts';

/** What the site is made of. Nothing in it is a row. */
export interface DocsInput {
  readonly project: Project;
  /** With the live schemas' names. */
  readonly compiled: CompiledProject;
  readonly lineage: readonly ModelLineage[];
  /** By the quoted name of a relation; empty without a catalog. */
  readonly columns: CatalogColumns;
  /** How each node ended when it was last built, by its unique id. */
  readonly results: ReadonlyMap<string, { readonly status: string }>;
  /** ISO 8601. */
  readonly generatedAt: string;
  readonly toolVersion: string;
}
