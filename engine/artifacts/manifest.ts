import { createHash } from 'node:crypto';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { DeclaredSource, Exposure, Project, UnitTest } from '../contracts/project.ts';
import { macroTexts } from './macros.ts';
import { checkNode, fqn, modelNode, nameOf, pathIn, schemaOf } from './manifest-nodes.ts';
import type { NodeContext } from './manifest-nodes.ts';
import { uniqueIds } from './unique-ids.ts';

type Json = Record<string, unknown>;

/** The version of dbt whose published schemas our artifacts follow: manifest v12, run_results v6, catalog v1. */
const DBT_VERSION = '1.11.0';

/** One invocation of a command; all of it comes in as values. */
export interface Invocation {
  /** A UUID. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** The database's name, when it is known. */
  readonly database?: string | undefined;
}

/** `manifest.json` as dbt 1.11 writes it (v12): everything the project declares, and what depends on what. */
export function manifest(project: Project, compiled: CompiledProject, invocation: Invocation): Json {
  const own = project.config.name;
  const ids = uniqueIds(project);
  const createdAt = Date.parse(invocation.startedAt) / 1000;
  const context: NodeContext = {
    project: own,
    ids,
    compiled,
    createdAt,
    database: invocation.database ?? null,
    primaryKeys: primaryKeys(compiled.models, project.checks),
  };
  const files = new Map(project.models.map((file) => [file.name, file]));
  const nodes = keyed([
    ...compiled.models.map((model) => modelNode(model, files.get(model.name), context)),
    ...project.checks.map((check) => checkNode(check, context)),
  ]);
  const sources = keyed(project.sources.map((source) => sourceNode(source, context)));
  const exposures = keyed(project.exposures.map((exposure) => exposureNode(exposure, context)));
  const unitTests = keyed(project.unitTests.map((test) => unitTestNode(test, context)));
  const groups = (project.groups ?? []).map(({ name, description, owner, meta, file }) => ({
    name,
    resource_type: 'group',
    package_name: own,
    path: pathIn(file),
    original_file_path: file,
    unique_id: `group.${own}.${name}`,
    owner: { email: owner.email ?? null, name: owner.name ?? null },
    description: description ?? null,
    config: { meta },
  }));
  const { parents, children } = edges({ ...nodes, ...sources, ...exposures, ...unitTests });
  return {
    metadata: {
      ...metadata('manifest/v12', invocation),
      project_name: own,
      project_id: createHash('md5').update(own).digest('hex'),
      user_id: null,
      send_anonymous_usage_stats: false,
      adapter_type: 'postgres',
      quoting: { database: true, schema: true, identifier: true, column: null },
      run_started_at: invocation.startedAt,
    },
    nodes,
    sources,
    macros: keyed(macroNodes(project, createdAt)),
    docs: keyed(
      project.docs.map(({ name, text, file }) => ({
        name,
        resource_type: 'doc',
        package_name: own,
        path: pathIn(file),
        original_file_path: file,
        unique_id: `doc.${own}.${name}`,
        block_contents: text,
      })),
    ),
    exposures,
    metrics: {},
    groups: keyed(groups),
    selectors: {},
    disabled: {},
    parent_map: parents,
    child_map: children,
    group_map: Object.fromEntries(
      groups.map(({ name }) => [
        name,
        compiled.models
          .filter(({ config }) => config.group === name)
          .flatMap((model) => ids.relation(model.name) ?? []),
      ]),
    ),
    saved_queries: {},
    semantic_models: {},
    unit_tests: unitTests,
    functions: {},
  };
}

/** The head of any artifact; `env` stays empty: what is in the environment is nobody's business. */
export function metadata(schema: string, invocation: Invocation): Json {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${schema}.json`,
    dbt_version: DBT_VERSION,
    generated_at: new Date(Date.parse(invocation.startedAt) + Math.round(invocation.elapsedMs)).toISOString(),
    invocation_id: invocation.id,
    invocation_started_at: invocation.startedAt,
    env: {},
  };
}

function sourceNode(table: DeclaredSource, { project, ids, compiled, createdAt, database }: NodeContext): Json {
  const name = `${table.source}.${table.name}`;
  const relation = compiled.relation(name);
  const freshness =
    table.freshness === undefined
      ? null
      : {
          warn_after: table.freshness.warn_after ?? { count: null, period: null },
          error_after: table.freshness.error_after ?? { count: null, period: null },
          filter: table.freshness.filter ?? null,
        };
  const loadedAt = { loaded_at_field: table.loadedAtField ?? null, loaded_at_query: table.loadedAtQuery ?? null };
  return {
    database,
    schema: table.external?.schema ?? schemaOf(relation),
    name: table.name,
    resource_type: 'source',
    package_name: project,
    path: table.declaredIn,
    original_file_path: table.declaredIn,
    unique_id: ids.relation(name) ?? '',
    fqn: [...fqn(project, table.vertical, table.declaredIn, table.source), table.name],
    source_name: table.source,
    source_description: table.sourceDescription ?? '',
    loader: table.loader ?? '',
    identifier: table.external?.identifier ?? nameOf(relation),
    quoting: { database: null, schema: null, identifier: null, column: null },
    ...loadedAt,
    freshness,
    external: null,
    description: table.description ?? '',
    columns: Object.fromEntries(
      table.columns.map((column) => [
        column.name,
        {
          name: column.name,
          description: column.description ?? '',
          meta: column.meta ?? {},
          data_type: column.data_type ?? column.type ?? null,
          constraints: [],
          quote: column.quote ?? null,
          config: { meta: column.meta ?? {}, tags: listed(column.tags) },
          tags: listed(column.tags),
          granularity: null,
          doc_blocks: [],
        },
      ]),
    ),
    meta: table.meta ?? {},
    source_meta: {},
    tags: table.tags ?? [],
    config: {
      enabled: true,
      event_time: table.eventTime ?? null,
      freshness,
      ...loadedAt,
      meta: table.meta ?? {},
      tags: table.tags ?? [],
      static_analysis: null,
    },
    patch_path: null,
    unrendered_config: {},
    relation_name: relation,
    created_at: createdAt,
    unrendered_database: null,
    unrendered_schema: null,
    doc_blocks: [],
  };
}

function exposureNode(exposure: Exposure, { project, ids, createdAt }: NodeContext): Json {
  const models = exposure.dependsOn.filter((name) => !name.includes('.'));
  const sources = exposure.dependsOn.filter((name) => name.includes('.'));
  return {
    name: exposure.name,
    resource_type: 'exposure',
    package_name: project,
    path: pathIn(exposure.file),
    original_file_path: exposure.file,
    unique_id: ids.exposure(exposure.name),
    fqn: fqn(project, exposure.vertical, exposure.file, exposure.name),
    type: exposure.type,
    owner: { email: exposure.owner.email ?? null, name: exposure.owner.name ?? null },
    description: exposure.description ?? '',
    label: exposure.label ?? null,
    maturity: exposure.maturity ?? null,
    meta: exposure.meta,
    tags: exposure.tags,
    config: { enabled: true, tags: exposure.tags, meta: exposure.meta },
    unrendered_config: {},
    url: exposure.url ?? null,
    depends_on: { macros: [], nodes: exposure.dependsOn.flatMap((name) => ids.relation(name) ?? []) },
    refs: models.map((name) => ({ name, package: null, version: null })),
    sources: sources.map((name) => name.split('.')),
    metrics: [],
    created_at: createdAt,
  };
}

function unitTestNode(test: UnitTest, { project, ids, createdAt }: NodeContext): Json {
  const rowsOf = (given: UnitTest['expect']): Json => ({
    rows: given.format === 'dict' ? given.rows : given.format === 'csv' ? given.csv : given.sql,
    format: given.format,
    fixture: null,
  });
  const { vars, macros, envVars } = test.overrides;
  const model = ids.relation(test.model);
  return {
    model: test.model,
    given: test.given.map((given) => ({ input: given.input, ...rowsOf(given) })),
    expect: rowsOf(test.expect),
    name: test.name,
    resource_type: 'unit_test',
    package_name: project,
    path: pathIn(test.file),
    original_file_path: test.file,
    unique_id: ids.unitTest(test.name) ?? '',
    fqn: [project, ...test.file.split('/').slice(2, -1), test.model, test.name],
    description: test.description ?? '',
    overrides: { macros, vars, env_vars: envVars },
    depends_on: { macros: [], nodes: model === undefined ? [] : [model] },
    config: { tags: test.tags, meta: {}, enabled: true, static_analysis: null },
    checksum: null,
    schema: test.vertical,
    created_at: createdAt,
    versions: null,
    version: null,
  };
}

function macroNodes(project: Project, createdAt: number): Json[] {
  const described = new Map((project.macroProperties ?? []).map((each) => [`${each.package}.${each.name}`, each]));
  return macroTexts(project.macros).map((macro) => {
    const said = described.get(macro.qualified);
    const meta = said?.meta ?? {};
    const docs = { show: true, node_color: null };
    return {
      name: macro.name,
      resource_type: 'macro',
      package_name: macro.package,
      path: macro.file.replace(/^sql\//, ''),
      original_file_path: macro.file,
      unique_id: `macro.${macro.qualified}`,
      macro_sql: macro.text,
      depends_on: { macros: macro.calls.map((name) => `macro.${name}`) },
      description: said?.description ?? '',
      meta,
      docs,
      config: { meta, docs },
      patch_path: said === undefined ? null : `${project.config.name}://${said.file}`,
      arguments: (said?.arguments ?? []).map(({ name, type, description }) => ({
        name,
        type: type ?? null,
        description: description ?? '',
      })),
      created_at: createdAt,
      supported_languages: null,
    };
  });
}

/**
 * The columns that identify a row, as dbt infers them (contracts/graph/nodes.py): by a constraint; else those that are checked to be
 * unique and never null; else those that are checked to be unique.
 */
function primaryKeys(
  models: readonly CompiledModel[],
  checks: readonly CheckDefinition[],
): ReadonlyMap<string, readonly string[]> {
  const checksOn = Map.groupBy(checks, ({ on }) => on);
  return new Map(
    models.map(({ name, constraints, columns }) => {
      const whole = constraints.find(({ type }) => type === 'primary_key')?.columns;
      const single = columns.find((column) => column.constraints.some(({ type }) => type === 'primary_key'));
      if (whole) return [name, whole];
      if (single) return [name, [single.name]];
      const tested = (...kinds: string[]): string[] =>
        (checksOn.get(name) ?? []).filter(({ test }) => kinds.includes(test?.name ?? '')).flatMap(testedColumns);
      const unique = tested('unique', 'unique_combination_of_columns');
      const never = new Set(tested('not_null'));
      const both = unique.filter((column) => never.has(column));
      return [name, [...new Set(both.length > 0 ? both : unique)]];
    }),
  );
}

function testedColumns({ test, column }: CheckDefinition): readonly string[] {
  const { column_name: one, combination_of_columns: several } = test?.kwargs ?? {};
  if (typeof one === 'string') return [one];
  if (Array.isArray(several)) return several.filter((each) => typeof each === 'string');
  return column === undefined ? [] : [column];
}

function edges(all: Readonly<Record<string, Json>>): {
  readonly parents: Readonly<Record<string, string[]>>;
  readonly children: Readonly<Record<string, string[]>>;
} {
  const parents: Record<string, string[]> = {};
  const children: Record<string, string[]> = Object.fromEntries(Object.keys(all).map((id) => [id, []]));
  for (const [id, node] of Object.entries(all)) {
    const { nodes = [] } = (node['depends_on'] ?? {}) as { readonly nodes?: readonly string[] };
    parents[id] = [...nodes];
    for (const parent of nodes) children[parent]?.push(id);
  }
  return { parents, children };
}

function keyed(nodes: readonly Json[]): Record<string, Json> {
  return Object.fromEntries(nodes.map((node) => [String(node['unique_id']), node]));
}

function listed(given: string | readonly string[] | undefined): readonly string[] {
  return typeof given === 'string' ? [given] : (given ?? []);
}
