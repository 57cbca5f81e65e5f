import { basename } from 'node:path';
import { wordFailure } from '../../jinja/word-failure.ts';
import { DateTime } from '../python/datetime.ts';
import type { KnownModel, KnownTable, Scene, Stage, World } from '../scene.ts';
import { configOf } from './config.ts';
import { NOTHING_YET } from './nothing.ts';
import type { Relation } from './relation.ts';

const graphs = new WeakMap<World, object>();

/** `this`, `model`, `graph` and what else speaks of the project's own resources. */
export function modelWords(stage: Stage): object {
  return {
    get this(): Relation {
      const { self, how } = stage.scene();
      if (self === undefined)
        throw wordFailure('COMPILE_TEMPLATE', "'this' is the relation of a model, and there is none here");
      const replaced = how.replaced?.get('this');
      return replaced === undefined ? self : self.with({ text: replaced });
    },
    get model(): object {
      const scene = stage.scene();
      scene.spoken.looksAround = true;
      if (scene.model === undefined) return {};
      return withBatch(describe({ ...scene.model, config: configOf(scene) }, scene.world), scene);
    },
    get graph(): object {
      const { world, execute, spoken } = stage.scene();
      spoken.looksAround = true;
      return execute ? graphOf(world) : { nodes: {}, sources: {}, exposures: {}, metrics: {}, groups: {} };
    },
    get schema(): string | null {
      return stage.scene().self?.schema ?? null;
    },
    get database(): string {
      return stage.scene().world.target.target.database ?? 'warehouse';
    },
    /** Of hooks around a whole run: the schemas that it makes, and how its models ended. */
    get schemas(): readonly string[] {
      const { world } = stage.scene();
      const built = [...world.models.values()].filter(({ config }) => config?.enabled !== false);
      return [...new Set(built.flatMap(({ self }) => self.schema ?? []))];
    },
    get database_schemas(): readonly (readonly string[])[] {
      const { world } = stage.scene();
      const schemas = new Set([...world.models.values()].flatMap(({ self }) => self.schema ?? []));
      return [...schemas].map((schema) => [world.target.target.database ?? 'warehouse', schema]);
    },
    get results(): readonly unknown[] {
      return stage.scene().how.results ?? [];
    },
    get selected_resources(): readonly string[] {
      const { world, spoken, execute } = stage.scene();
      spoken.looksAround = true;
      return execute ? Object.keys((graphOf(world) as { nodes: object }).nodes) : [];
    },
    get pre_hooks(): unknown {
      return stage.scene().model?.config?.pre_hook ?? [];
    },
    get post_hooks(): unknown {
      return stage.scene().model?.config?.post_hook ?? [];
    },
  };
}

/** Node ids and all that macros look for in them; made once a target, when it is asked for. */
function graphOf(world: World): object {
  const known = graphs.get(world);
  if (known) return known;
  const nodes = [...world.models.values()].filter(({ config }) => config?.enabled !== false);
  const graph = {
    nodes: Object.fromEntries(nodes.map((node) => [uniqueId(node, world), describe(node, world)])),
    sources: Object.fromEntries(
      [...world.tables.values()].map((table) => [sourceId(table, world), describeTable(table, world)]),
    ),
    exposures: Object.fromEntries(
      world.project.exposures.map((each) => [
        `exposure.${world.project.config.name}.${each.name}`,
        { ...each, resource_type: 'exposure', unique_id: `exposure.${world.project.config.name}.${each.name}` },
      ]),
    ),
    metrics: {},
    groups: {},
  };
  graphs.set(world, graph);
  return graph;
}

function uniqueId({ file }: KnownModel, { project }: World): string {
  return `${file.resource}.${project.config.name}.${file.name}`;
}

function sourceId({ declared }: KnownTable, { project }: World): string {
  return `source.${project.config.name}.${declared.source}.${declared.name}`;
}

function describe(node: KnownModel, world: World): Record<string, unknown> {
  const { file, config, self } = node;
  const { name: project } = world.project.config;
  const refs = world.dependsOn(file.name);
  const parents = (refs?.models ?? []).flatMap((name) => {
    const known = world.models.get(name);
    return known ? [uniqueId(known, world)] : [];
  });
  const tables = (refs?.sources ?? []).map((name) => `source.${project}.${name}`);
  return {
    unique_id: uniqueId(node, world),
    name: file.name,
    alias: config?.alias ?? file.name,
    resource_type: file.resource,
    package_name: project,
    path: file.file.replace(/^sql\//, ''),
    original_file_path: file.file,
    fqn: [
      project,
      ...file.file
        .replace(/^sql\//, '')
        .replace(/\.\w+$/, '')
        .split('/'),
    ],
    database: world.target.target.database ?? 'warehouse',
    schema: self.schema,
    identifier: self.identifier,
    relation_name: self.render(),
    config: { ...config },
    tags: config?.tags ?? [],
    meta: config?.meta ?? {},
    description: file.properties.description ?? '',
    columns: Object.fromEntries(
      file.properties.columns.map((column) => [
        column.name,
        {
          name: column.name,
          description: column.description ?? '',
          data_type: column.dataType ?? null,
          tags: column.tags,
          meta: column.meta,
          quote: column.quote,
          constraints: column.constraints,
        },
      ]),
    ),
    constraints: file.properties.constraints,
    raw_code: file.resource === 'seed' ? '' : file.template,
    raw_sql: file.resource === 'seed' ? '' : file.template,
    language: 'sql',
    refs: (refs?.models ?? []).map((name) => ({ name, package: null, version: null })),
    sources: (refs?.sources ?? []).map((name) => name.split('.')),
    depends_on: { nodes: [...parents, ...tables], macros: [] },
    patch_path: file.properties.file ?? null,
    file_name: basename(file.file),
    group: config?.group ?? null,
    access: config?.access ?? 'protected',
    vertical: file.vertical,
  };
}

function describeTable(table: KnownTable, world: World): Record<string, unknown> {
  const { declared, relation } = table;
  return {
    unique_id: sourceId(table, world),
    resource_type: 'source',
    package_name: world.project.config.name,
    source_name: declared.source,
    name: declared.name,
    identifier: relation.identifier,
    schema: relation.schema,
    database: world.target.target.database ?? 'warehouse',
    relation_name: relation.render(),
    description: declared.description ?? '',
    source_description: declared.sourceDescription ?? '',
    loader: declared.loader ?? '',
    tags: declared.tags ?? [],
    meta: declared.meta ?? {},
    config: { enabled: true, event_time: declared.eventTime ?? null },
    columns: Object.fromEntries(declared.columns.map((column) => [column.name, { ...column, meta: {}, tags: [] }])),
    original_file_path: declared.declaredIn,
  };
}

function withBatch(described: Record<string, unknown>, { how }: Scene): object {
  if (how.batch === undefined) return { ...described, batch: NOTHING_YET };
  const { start, end } = how.batch;
  const from = DateTime.parse(start);
  return {
    ...described,
    batch: { id: from.strftime('%Y%m%dT%H'), event_time_start: from, event_time_end: DateTime.parse(end) },
  };
}
