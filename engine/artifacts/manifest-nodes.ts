import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { ColumnSpec, Constraint } from '../contracts/model-config.ts';
import type { CompiledModel, ModelFile } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';
import { checkConfig, modelConfig } from './node-config.ts';
import type { UniqueIds } from './unique-ids.ts';
import { testMetadata } from './unique-ids.ts';

type Json = Record<string, unknown>;

/** What every node is written with. */
export interface NodeContext {
  readonly project: string;
  readonly ids: UniqueIds;
  readonly compiled: CompiledProject;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly database: string | null;
  readonly primaryKeys: ReadonlyMap<string, readonly string[]>;
}

/** The node of a model, a seed or a snapshot. */
export function modelNode(model: CompiledModel, file: ModelFile | undefined, context: NodeContext): Json {
  const { project, ids, compiled, createdAt, database } = context;
  const ephemeral = model.materialized === 'ephemeral';
  const relation = ephemeral ? null : compiled.relation(model.name);
  const config = modelConfig(model);
  const contract = contractOf(model);
  const common = {
    database,
    schema: relation === null ? model.vertical : schemaOf(relation),
    name: model.name,
    resource_type: model.resource,
    package_name: project,
    path: pathIn(model.file),
    original_file_path: model.file,
    unique_id: ids.relation(model.name) ?? '',
    fqn: fqn(project, model.vertical, model.file, model.name),
    alias: relation === null ? (model.config.alias ?? model.name) : nameOf(relation),
    checksum: { name: 'sha256', checksum: checksumOf(model, file) },
    config,
    tags: model.tags,
    description: model.description ?? '',
    columns: columnsOf(model.columns),
    meta: model.config.meta,
    group: model.config.group ?? null,
    docs: config['docs'],
    patch_path:
      model.columns.length === 0 && !file?.properties.file
        ? null
        : `${project}://${file?.properties.file ?? model.file}`,
    build_path: null,
    unrendered_config: {},
    created_at: createdAt,
    relation_name: relation,
    raw_code: model.resource === 'seed' ? '' : (file?.template ?? ''),
    doc_blocks: [],
  };
  const macros = model.dependsOn.macros.map(ids.macro);
  if (model.resource === 'seed') return { ...common, root_path: null, depends_on: { macros } };
  return {
    ...common,
    ...readsOf(model.dependsOn, context),
    language: 'sql',
    compiled_path: `target/compiled/${project}/${model.file}`,
    compiled: true,
    compiled_code: model.sql,
    extra_ctes_injected: true,
    extra_ctes: [],
    contract,
    ...(model.resource === 'model'
      ? {
          access: model.config.access ?? 'protected',
          constraints: model.constraints.map((each) => ({ ...constraint(each), columns: each.columns ?? [] })),
          version: null,
          latest_version: null,
          deprecation_date: null,
          primary_key: context.primaryKeys.get(model.name) ?? [],
          time_spine: null,
        }
      : {}),
  };
}

/** The node of a check: dbt's data test. */
export function checkNode(check: CheckDefinition, context: NodeContext): Json {
  const { project, ids, createdAt, database } = context;
  const metadata = testMetadata(check);
  const reads = checkReads(check, context);
  const depends = readsOf(reads, context);
  const on = ids.relation(check.on);
  return {
    database,
    schema: `${check.vertical}_${check.settings.schema ?? 'dbt_test__audit'}`,
    name: check.name,
    resource_type: 'test',
    package_name: project,
    path: metadata === null ? pathIn(check.file) : `${check.alias}.sql`,
    original_file_path: check.file,
    unique_id: ids.check(check.id) ?? '',
    fqn: fqn(project, check.vertical, check.file, check.name),
    alias: check.alias,
    checksum:
      check.sql === undefined ? { name: 'none', checksum: '' } : { name: 'sha256', checksum: sha256(check.sql.trim()) },
    config: checkConfig(check),
    tags: check.settings.tags ?? [],
    description: check.settings.description ?? '',
    columns: {},
    meta: check.settings.meta ?? {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: createdAt,
    relation_name: null,
    raw_code: check.sql?.trim() ?? callOf(check),
    doc_blocks: [],
    language: 'sql',
    ...depends,
    compiled_path: null,
    contract: { enforced: false, alias_types: true, checksum: null },
    ...(metadata === null
      ? {}
      : {
          column_name: check.test?.kwargs['column_name'] ?? null,
          file_key_name: `${check.on.includes('.') ? 'sources' : 'models'}.${check.on}`,
          attached_node: on === undefined || on.startsWith('source.') ? null : on,
          test_metadata: metadata,
        }),
  };
}

export interface Reads {
  readonly models: readonly string[];
  readonly sources: readonly string[];
  readonly macros: readonly string[];
}

/** What a check looks at: what it is on, and what its arguments or its SQL refer to. */
export function checkReads(check: CheckDefinition, { ids, compiled }: Pick<NodeContext, 'ids' | 'compiled'>): Reads {
  const { to } = check.arguments;
  const named = [
    check.on,
    ...check.refersTo,
    ...references(check.test?.kwargs),
    ...(typeof to === 'string' ? [to] : []),
  ];
  const known = [...new Set(named)].filter((name) => ids.relation(name) !== undefined);
  const models = known.filter((name) => !name.includes('.'));
  const sources = known.filter((name) => name.includes('.'));
  if (check.sql === undefined) return { models, sources, macros: [] };
  try {
    const { dependsOn } = compiled.render(check.sql, { file: check.file, line: 1 });
    return {
      models: [...new Set([...models, ...dependsOn.models])],
      sources: [...new Set([...sources, ...dependsOn.sources])],
      macros: dependsOn.macros,
    };
  } catch (error) {
    // Its own error is told where it runs; a description is no place to stop at it.
    if (error instanceof EngineError) return { models, sources, macros: [] };
    throw error;
  }
}

/** Relations that arguments name: `ref('x')`, `source('s', 't')`. A value that is called like a model is none. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(references);
  if (typeof value !== 'string') return [];
  const refs = [...value.matchAll(/\bref\(\s*['"](\w+)['"]\s*(?:,\s*['"](\w+)['"]\s*)?\)/g)].map(
    ([, first = '', second]) => second ?? first,
  );
  const sources = [...value.matchAll(/\bsource\(\s*['"](\w+)['"]\s*,\s*['"](\w+)['"]\s*\)/g)].map(
    ([, source, table]) => `${source}.${table}`,
  );
  return [...refs, ...sources];
}

function readsOf(reads: Reads, { ids }: NodeContext): Json {
  const nodes = [...reads.models, ...reads.sources].flatMap((name) => ids.relation(name) ?? []);
  return {
    refs: reads.models.map((name) => ({ name, package: null, version: null })),
    sources: reads.sources.map((name) => name.split('.')),
    metrics: [],
    functions: [],
    depends_on: { macros: reads.macros.map(ids.macro), nodes },
  };
}

/** The call that makes a generic test, as dbt shows it. */
function callOf({ test, kind }: CheckDefinition): string {
  const namespace = test?.namespace === undefined ? '' : `${test.namespace}.`;
  return `{{ ${namespace}test_${test?.name ?? kind}(**_dbt_generic_test_kwargs) }}`;
}

function columnsOf(columns: readonly ColumnSpec[]): Json {
  return Object.fromEntries(
    columns.map(({ name, description, dataType, constraints, tags, meta, quote }) => [
      name,
      {
        name,
        description: description ?? '',
        meta,
        data_type: dataType ?? null,
        constraints: constraints.map(constraint),
        quote: quote || null,
        config: { meta, tags },
        tags,
        granularity: null,
        doc_blocks: [],
      },
    ]),
  );
}

function constraint(given: Constraint): Json {
  return {
    type: given.type,
    name: given.name ?? null,
    expression: given.expression ?? null,
    warn_unenforced: given.warn_unenforced ?? true,
    warn_unsupported: given.warn_unsupported ?? true,
    to: given.to ?? null,
    to_columns: given.to_columns ?? [],
  };
}

/** Names, types and constraints that an enforced contract promises, as one hash: it changes when they do. */
function contractOf({ config, columns }: CompiledModel): Json {
  const enforced = config.contract?.enforced ?? false;
  const sorted = columns.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const state = sorted.map(({ name, dataType, constraints }) => `|${name}|${dataType}|${JSON.stringify(constraints)}`);
  return {
    enforced,
    alias_types: config.contract?.alias_types ?? true,
    checksum: enforced ? sha256(state.join('')) : null,
  };
}

/** Of the text without white space around, as dbt does it. A seed's text here is its file's hash already. */
function checksumOf(model: CompiledModel, file: ModelFile | undefined): string {
  if (file === undefined) return model.templateHash;
  return model.resource === 'seed' ? file.template : sha256(file.template.trim());
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Below `sql/<vertical>/` or `checks/<vertical>/`. */
export function pathIn(file: string): string {
  const parts = file.split('/');
  return parts.length > 2 ? parts.slice(2).join('/') : basename(file);
}

export function fqn(project: string, vertical: string, file: string, name: string): string[] {
  return [project, vertical, ...file.split('/').slice(2, -1), name];
}

/** Of `"schema"."name"`. */
export function schemaOf(relation: string): string {
  return partsOf(relation).at(-2) ?? '';
}

export function nameOf(relation: string): string {
  return partsOf(relation).at(-1) ?? relation;
}

function partsOf(relation: string): string[] {
  return [...relation.matchAll(/"((?:[^"]|"")*)"/g)].map(([, part = '']) => part.replaceAll('""', '"'));
}
