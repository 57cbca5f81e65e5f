import type { CompiledProject } from '../compile/compile-project.ts';
import type { Project } from '../contracts/project.ts';
import { metadata } from './manifest.ts';
import type { Invocation } from './manifest.ts';
import { nameOf, schemaOf } from './manifest-nodes.ts';
import { uniqueIds } from './unique-ids.ts';

type Json = Record<string, unknown>;

/** By the quoted name of a relation, each column with its type as Postgres prints it. */
export type CatalogColumns = ReadonlyMap<string, readonly { readonly name: string; readonly type: string }[]>;

/** `catalog.json` as dbt 1.11 writes it (v1): the relations that stand, with their columns. No statistics: they would be counts of rows. */
export function catalog(
  project: Project,
  compiled: CompiledProject,
  columns: CatalogColumns,
  invocation: Invocation,
): Json {
  const ids = uniqueIds(project);
  const entries = (names: readonly (readonly [name: string, type: string])[]): Record<string, Json> =>
    Object.fromEntries(
      names.flatMap(([name, type]) => {
        const relation = compiled.relation(name);
        const found = columns.get(relation);
        const id = ids.relation(name);
        return found === undefined || id === undefined
          ? []
          : [[id, table({ id, relation, type, found, database: invocation.database ?? null })]];
      }),
    );
  const models = compiled.models.filter(({ materialized }) => materialized !== 'ephemeral');
  return {
    metadata: metadata('catalog/v1', invocation),
    nodes: entries(models.map(({ name, materialized }) => [name, materialized === 'view' ? 'VIEW' : 'BASE TABLE'])),
    sources: entries(project.sources.map(({ source, name }) => [`${source}.${name}`, 'BASE TABLE'])),
    errors: null,
  };
}

function table(given: {
  readonly id: string;
  readonly relation: string;
  readonly type: string;
  readonly found: readonly { readonly name: string; readonly type: string }[];
  readonly database: string | null;
}): Json {
  const { id, relation, type, found, database } = given;
  return {
    metadata: { type, schema: schemaOf(relation), name: nameOf(relation), database, comment: null, owner: null },
    columns: Object.fromEntries(
      found.map((column, at) => [column.name, { type: column.type, index: at + 1, name: column.name, comment: null }]),
    ),
    stats: {
      has_stats: {
        id: 'has_stats',
        label: 'Has Stats?',
        value: false,
        include: false,
        description: 'Indicates whether there are statistics for this table',
      },
    },
    unique_id: id,
  };
}
