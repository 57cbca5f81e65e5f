import type { BuildCheck } from '../contracts/build.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { InfluenceKind, InputColumn, ModelLineage, OriginKind } from './model-lineage.ts';
import type { Dataset } from './open-lineage-event.ts';
import type { OpenLineageInput } from './open-lineage.ts';

export const SPEC = 'https://openlineage.io/spec';

export interface EventContext extends OpenLineageInput {
  readonly producer: string;
  readonly models: ReadonlyMap<string, CompiledModel>;
  readonly lineages: ReadonlyMap<string, ModelLineage>;
}

/** A facet with what every facet has to have. */
export function facet(
  { producer }: Pick<EventContext, 'producer'>,
  name: string,
  version: string,
  content: Readonly<Record<string, unknown>>,
): object {
  return { _producer: producer, _schemaURL: `${SPEC}/facets/${version}/${name}.json#/$defs/${name}`, ...content };
}

/** A relation as a dataset; without columns, which only an output is told with. */
export function datasetOf(relation: string, context: EventContext): Dataset {
  const { namespace } = context.warehouse;
  return {
    ...nameOf(relation, context),
    facets: {
      dataSource: facet(context, 'DatasourceDatasetFacet', '1-0-1', { name: namespace, uri: namespace }),
    },
  };
}

export function schemaFacet(relation: string, model: CompiledModel, context: EventContext): Record<string, object> {
  const standing = context.columns.get(relation);
  const lineage = context.lineages.get(model.name);
  const columns: readonly { name: string; type?: string }[] = standing ?? lineage?.columns ?? [];
  if (columns.length === 0) return {};
  const described = new Map(model.columns.map(({ name, description }) => [name, description]));
  const fields = columns.map(({ name, type }, at) => {
    const description = described.get(name);
    return {
      name,
      ...(type === undefined ? {} : { type }),
      ...(description === undefined ? {} : { description }),
      ordinal_position: at + 1,
    };
  });
  return { schema: facet(context, 'SchemaDatasetFacet', '1-2-0', { fields }) };
}

/** Columns that could not be resolved are left out: the facet has no word for them. */
export function columnLineageFacet({ columns, rows }: ModelLineage, context: EventContext): object {
  const inputs = (given: readonly (InputColumn & { readonly kind: OriginKind | InfluenceKind })[]): object[] => {
    const byColumn = Map.groupBy(given, ({ node, column }) => `${node}\0${column}`);
    return [...byColumn.values()].map((same) => {
      const [first] = same as [(typeof same)[number]];
      return {
        ...nameOf(relationOfInput(first, context), context),
        field: first.column,
        transformations: same.map(({ kind }) => ({ ...TRANSFORMATIONS[kind], description: '', masking: false })),
      };
    });
  };
  const fields = Object.fromEntries(
    columns
      .filter(({ origins, influences }) => origins.length + influences.length > 0)
      .map(({ name, origins, influences }) => [name, { inputFields: inputs([...origins, ...influences]) }]),
  );
  return facet(context, 'ColumnLineageDatasetFacet', '1-2-0', { fields, dataset: inputs(rows) });
}

const TRANSFORMATIONS = {
  direct: { type: 'DIRECT', subtype: 'IDENTITY' },
  derived: { type: 'DIRECT', subtype: 'TRANSFORMATION' },
  aggregated: { type: 'DIRECT', subtype: 'AGGREGATION' },
  join: { type: 'INDIRECT', subtype: 'JOIN' },
  filter: { type: 'INDIRECT', subtype: 'FILTER' },
  group_by: { type: 'INDIRECT', subtype: 'GROUP_BY' },
  sort: { type: 'INDIRECT', subtype: 'SORT' },
  window: { type: 'INDIRECT', subtype: 'WINDOW' },
  conditional: { type: 'INDIRECT', subtype: 'CONDITIONAL' },
} as const satisfies Record<OriginKind | InfluenceKind, { type: string; subtype: string }>;

/** A check that looked at nothing, or whose failure is waived, did not pass. Counts are told, rows are not. */
export function assertionsFacet(found: readonly BuildCheck[], context: EventContext): object {
  const definitions = new Map(context.checks.map((check) => [check.id, check]));
  const assertions = found.map(({ id, status, failures, waiver }) => {
    const definition = definitions.get(id);
    return {
      assertion: definition?.kind ?? 'custom_sql',
      success: status === 'pass',
      ...(definition?.column === undefined ? {} : { column: definition.column }),
      severity: definition?.settings.severity ?? 'error',
      name: id,
      ...(definition?.settings.description === undefined ? {} : { description: definition.settings.description }),
      actual:
        status === 'no_data'
          ? 'no data'
          : status === 'skipped'
            ? 'skipped'
            : waiver
              ? `${failures}, waived until ${waiver.expires}`
              : failures,
    };
  });
  return facet(context, 'DataQualityAssertionsDatasetFacet', '1-1-0', { assertions });
}

function relationOfInput({ node, type }: InputColumn, { compiled }: EventContext): string {
  return type === 'relation' ? node : compiled.relation(node);
}

function nameOf(relation: string, { warehouse }: EventContext): { readonly namespace: string; readonly name: string } {
  const parts = [...relation.matchAll(/"((?:[^"]|"")*)"/g)].map(([, part = '']) => part.replaceAll('""', '"'));
  const schemaAndName = parts.length > 0 ? parts.slice(-2) : [relation];
  return { namespace: warehouse.namespace, name: [warehouse.database, ...schemaAndName].join('.') };
}
