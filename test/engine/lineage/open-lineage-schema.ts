import { z } from 'zod';

/*
 * What the OpenLineage specification asks of a RunEvent and of the facets that we write: spec/OpenLineage.json 2-0-2 and
 * spec/facets/*.json of github.com/OpenLineage/OpenLineage, in the versions that openlineage-python names. Written anew from their
 * fields, and stricter than they are: a field that they do not have is refused here, so that a slip of the hand is found.
 */

const base = { _producer: z.url(), _schemaURL: z.url() };

function facet<Shape extends z.ZodRawShape>(name: string, version: string, shape: Shape) {
  const url = `https://openlineage.io/spec/facets/${version}/${name}.json#/$defs/${name}`;
  return z.strictObject({ ...base, _schemaURL: z.literal(url), ...shape });
}

const InputField = z.strictObject({
  namespace: z.string().min(1),
  name: z.string().min(1),
  field: z.string().min(1),
  transformations: z.array(
    z.union([
      z.strictObject({
        type: z.literal('DIRECT'),
        subtype: z.enum(['IDENTITY', 'TRANSFORMATION', 'AGGREGATION']),
        description: z.string(),
        masking: z.boolean(),
      }),
      z.strictObject({
        type: z.literal('INDIRECT'),
        subtype: z.enum(['JOIN', 'GROUP_BY', 'FILTER', 'SORT', 'WINDOW', 'CONDITIONAL']),
        description: z.string(),
        masking: z.boolean(),
      }),
    ]),
  ),
});

const datasetFacets = z.strictObject({
  dataSource: facet('DatasourceDatasetFacet', '1-0-1', { name: z.string(), uri: z.url() }).optional(),
  schema: facet('SchemaDatasetFacet', '1-2-0', {
    fields: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string().optional(),
        description: z.string().optional(),
        ordinal_position: z.int().min(1).optional(),
      }),
    ),
  }).optional(),
  columnLineage: facet('ColumnLineageDatasetFacet', '1-2-0', {
    fields: z.record(z.string(), z.strictObject({ inputFields: z.array(InputField) })),
    dataset: z.array(InputField).optional(),
  }).optional(),
});

const dataset = { namespace: z.string().min(1), name: z.string().min(1), facets: datasetFacets.optional() };

const InputDataset = z.strictObject({
  ...dataset,
  inputFacets: z
    .strictObject({
      dataQualityAssertions: facet('DataQualityAssertionsDatasetFacet', '1-1-0', {
        assertions: z.array(
          z.strictObject({
            assertion: z.string(),
            success: z.boolean(),
            column: z.string().optional(),
            severity: z.string().optional(),
            name: z.string().optional(),
            description: z.string().optional(),
            actual: z.string().optional(),
          }),
        ),
      }),
    })
    .optional(),
});

const OutputDataset = z.strictObject({
  ...dataset,
  outputFacets: z
    .strictObject({
      outputStatistics: facet('OutputStatisticsOutputDatasetFacet', '1-0-2', { rowCount: z.int().min(0) }),
    })
    .optional(),
});

const RunFacets = z.strictObject({
  nominalTime: facet('NominalTimeRunFacet', '1-0-1', { nominalStartTime: z.iso.datetime({ offset: true }) }).optional(),
  parent: facet('ParentRunFacet', '1-2-0', {
    run: z.strictObject({ runId: z.uuid() }),
    job: z.strictObject({ namespace: z.string().min(1), name: z.string().min(1) }),
  }).optional(),
  processing_engine: facet('ProcessingEngineRunFacet', '1-1-1', {
    name: z.string(),
    version: z.string(),
    openlineageAdapterVersion: z.string(),
  }).optional(),
  errorMessage: facet('ErrorMessageRunFacet', '1-0-1', {
    message: z.string(),
    programmingLanguage: z.string(),
  }).optional(),
});

const JobFacets = z.strictObject({
  jobType: facet('JobTypeJobFacet', '2-0-4', {
    processingType: z.enum(['BATCH', 'STREAMING', 'SERVICE']),
    integration: z.string(),
    jobType: z.string(),
  }),
  sql: facet('SQLJobFacet', '1-1-0', { query: z.string(), dialect: z.string() }).optional(),
  sourceCodeLocation: facet('SourceCodeLocationJobFacet', '1-1-0', {
    type: z.string(),
    url: z.url(),
    path: z.string(),
  }).optional(),
  documentation: facet('DocumentationJobFacet', '1-1-0', { description: z.string() }).optional(),
});

export const RunEventSchema = z.strictObject({
  eventType: z.enum(['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER']),
  eventTime: z.iso.datetime({ offset: true }),
  run: z.strictObject({ runId: z.uuid(), facets: RunFacets.optional() }),
  job: z.strictObject({ namespace: z.string().min(1), name: z.string().min(1), facets: JobFacets.optional() }),
  inputs: z.array(InputDataset),
  outputs: z.array(OutputDataset),
  producer: z.url(),
  schemaURL: z.literal('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'),
});
