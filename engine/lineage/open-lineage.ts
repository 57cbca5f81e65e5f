import type { CompiledProject } from '../compile/compile-project.ts';
import type { BuildOutcome, BuiltModel } from '../contracts/build.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { Dataset, RunEvent } from './open-lineage-event.ts';
import { assertionsFacet, columnLineageFacet, datasetOf, facet, schemaFacet, SPEC } from './open-lineage-facets.ts';
import type { EventContext } from './open-lineage-facets.ts';
import type { ModelLineage } from './model-lineage.ts';
import { uuidOf } from './uuid-of.ts';

export interface OpenLineageInput {
  /** The project's name: the namespace of jobs. */
  readonly project: string;
  /** Compiled with the live schemas' names. */
  readonly compiled: Pick<CompiledProject, 'models' | 'relation'>;
  readonly lineage: readonly ModelLineage[];
  readonly checks: readonly CheckDefinition[];
  /** By the quoted name of a relation. */
  readonly columns: ReadonlyMap<string, readonly { readonly name: string; readonly type: string }[]>;
  readonly warehouse: {
    /** `postgres://host:5432`, without a user and a password; the namespace of datasets. */
    readonly namespace: string;
    readonly database: string;
    /** Of the server, `18.4`. */
    readonly version: string;
  };
  readonly toolVersion: string;
  /** What run_started_at said; ISO 8601. */
  readonly runClock: string;
}

/**
 * What a build did, as OpenLineage events (spec 2-0-2): one run for the vertical, one under it for every model that was built or
 * failed, one for the checks on each. The same outcome gives the same events. They hold no row and no credential.
 */
export function openLineageEvents(outcome: BuildOutcome, input: OpenLineageInput): RunEvent[] {
  const producer = `urn:tickmark:producer:${input.toolVersion}`;
  const context: EventContext = {
    ...input,
    producer,
    models: new Map(input.compiled.models.map((model) => [model.name, model])),
    lineages: new Map(input.lineage.map((each) => [each.model, each])),
  };
  const parentRunId = uuidOf(outcome.runId);
  const parent = {
    run: { runId: parentRunId },
    job: { namespace: input.project, name: outcome.vertical },
  };
  const runFacets = {
    nominalTime: facet(context, 'NominalTimeRunFacet', '1-0-1', { nominalStartTime: input.runClock }),
    processing_engine: facet(context, 'ProcessingEngineRunFacet', '1-1-1', {
      name: 'postgres',
      version: input.warehouse.version,
      openlineageAdapterVersion: input.toolVersion,
    }),
  };
  const childFacets = { ...runFacets, parent: facet(context, 'ParentRunFacet', '1-2-0', parent) };
  const event = (given: Omit<RunEvent, 'producer' | 'schemaURL'>): RunEvent => ({
    ...given,
    producer,
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
  });
  const started = Date.parse(outcome.startedAt);
  // A model's duration is known, its own moment is not: all begin with the run.
  const at = (durationMs: number): string => new Date(started + Math.round(durationMs)).toISOString();
  const job = (name: string, type: string, facets: Readonly<Record<string, object>> = {}): RunEvent['job'] => ({
    namespace: input.project,
    name,
    facets: {
      jobType: facet(context, 'JobTypeJobFacet', '2-0-4', {
        processingType: 'BATCH',
        integration: 'TICKMARK',
        jobType: type,
      }),
      ...facets,
    },
  });

  const whole = { job: job(outcome.vertical, 'VERTICAL'), inputs: [], outputs: [] };
  const wholeFacets = { ...runFacets, ...errorFacet(outcome.status === 'failed' ? outcome.reason : null, context) };
  return [
    event({ eventType: 'START', eventTime: at(0), run: { runId: parentRunId, facets: runFacets }, ...whole }),
    ...outcome.models.flatMap((built) => {
      const model = context.models.get(built.model);
      const eventType = ENDS[built.status];
      if (model === undefined || eventType === null) return [];
      const runId = uuidOf(`${outcome.runId}/${built.model}`);
      const name = `${outcome.vertical}.${built.model}`;
      const common = {
        job: job(name, model.resource.toUpperCase(), jobFacets(model, built, context)),
        inputs: inputsOf(model, context),
      };
      const outputs = [outputOf(model, built, context)];
      const facets = { ...childFacets, ...errorFacet(built.error?.message ?? null, context) };
      return [
        event({ eventType: 'START', eventTime: at(0), run: { runId, facets: childFacets }, ...common, outputs: [] }),
        event({ eventType, eventTime: at(built.durationMs), run: { runId, facets }, ...common, outputs }),
      ];
    }),
    ...[...Map.groupBy(outcome.checks, ({ on }) => on)].flatMap(([on, found]) => {
      const relation = relationOf(on, context);
      if (relation === undefined) return [];
      const runId = uuidOf(`${outcome.runId}/checks/${on}`);
      const assertions = assertionsFacet(found, context);
      const inputs: Dataset[] = [
        { ...datasetOf(relation, context), inputFacets: { dataQualityAssertions: assertions } },
      ];
      const common = { job: job(`${outcome.vertical}.${on}.checks`, 'TEST'), outputs: [] };
      const durationMs = found.reduce((total, check) => total + check.durationMs, 0);
      return [
        event({ eventType: 'START', eventTime: at(0), run: { runId, facets: childFacets }, ...common, inputs: [] }),
        event({
          eventType: 'COMPLETE',
          eventTime: at(durationMs),
          run: { runId, facets: childFacets },
          ...common,
          inputs,
        }),
      ];
    }),
    event({
      eventType: outcome.status === 'failed' ? 'FAIL' : outcome.status === 'held' ? 'ABORT' : 'COMPLETE',
      eventTime: at(outcome.durationMs),
      run: { runId: parentRunId, facets: wholeFacets },
      ...whole,
    }),
  ];
}

/** What was not touched has no run. */
const ENDS = {
  success: 'COMPLETE',
  error: 'FAIL',
  skipped: 'ABORT',
  'no-op': null,
  carried: null,
} as const satisfies Record<BuiltModel['status'], RunEvent['eventType'] | null>;

function jobFacets(model: CompiledModel, built: BuiltModel, context: EventContext): Readonly<Record<string, object>> {
  const sql = built.sql === '' ? model.sql : built.sql;
  const path = model.file.split('/').map(encodeURIComponent).join('/');
  return {
    ...(sql === '' ? {} : { sql: facet(context, 'SQLJobFacet', '1-1-0', { query: sql, dialect: 'postgres' }) }),
    sourceCodeLocation: facet(context, 'SourceCodeLocationJobFacet', '1-1-0', {
      type: 'git',
      // Where the project lies is nobody's business: its name and the path in it.
      url: `urn:tickmark:source:${encodeURIComponent(context.project)}/${path}`,
      path: model.file,
    }),
    ...(model.description === undefined
      ? {}
      : { documentation: facet(context, 'DocumentationJobFacet', '1-1-0', { description: model.description }) }),
  };
}

/** Through models that have no relation of their own to those that stand. */
function inputsOf(model: CompiledModel, context: EventContext): Dataset[] {
  const found = new Map<string, Dataset>();
  const visit = ({ dependsOn }: CompiledModel): void => {
    for (const name of [...dependsOn.models, ...dependsOn.sources]) {
      const parent = context.models.get(name);
      const relation = relationOf(name, context);
      if (parent?.materialized === 'ephemeral') visit(parent);
      else if (relation !== undefined) found.set(relation, datasetOf(relation, context));
    }
  };
  visit(model);
  return [...found.values()];
}

function outputOf(model: CompiledModel, built: BuiltModel, context: EventContext): Dataset {
  const relation = context.compiled.relation(model.name);
  const dataset = datasetOf(relation, context);
  const lineage = context.lineages.get(model.name);
  const rows = built.affected === null ? undefined : Number(built.affected);
  return {
    ...dataset,
    facets: {
      ...dataset.facets,
      ...schemaFacet(relation, model, context),
      ...(lineage === undefined ? {} : { columnLineage: columnLineageFacet(lineage, context) }),
    },
    ...(rows === undefined || !Number.isSafeInteger(rows)
      ? {}
      : {
          outputFacets: {
            outputStatistics: facet(context, 'OutputStatisticsOutputDatasetFacet', '1-0-2', { rowCount: rows }),
          },
        }),
  };
}

/** Undefined for what has no relation of its own, or none that is known. */
function relationOf(name: string, { compiled, models }: EventContext): string | undefined {
  const model = models.get(name);
  if (model?.materialized === 'ephemeral') return undefined;
  return model !== undefined || name.includes('.') ? compiled.relation(name) : undefined;
}

function errorFacet(message: string | null, context: EventContext): Readonly<Record<string, object>> {
  if (message === null) return {};
  return { errorMessage: facet(context, 'ErrorMessageRunFacet', '1-0-1', { message, programmingLanguage: 'SQL' }) };
}
