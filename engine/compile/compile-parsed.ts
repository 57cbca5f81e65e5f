import { didYouMean } from '../config/did-you-mean.ts';
import type { CompiledModel, ModelFile } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { identifier } from '../sql-text.ts';
import { buildOrder } from './build-order.ts';
import type { CompiledProject, CompileTarget, Rendered, RenderHow } from './compile-project.ts';
import { inBrackets, isQuery, withEphemeral } from './ephemeral.ts';
import type { Bare } from './ephemeral.ts';
import { hearModels } from './hear-models.ts';
import type { Heard } from './hear-models.ts';
import { macroTexts } from './macro-texts.ts';
import { startOf } from './parse-project.ts';
import type { ParsedProject } from './parse-project.ts';
import {
  dependenciesOf,
  ephemeralIn,
  playAlone,
  playAsking,
  playScene,
  renderTemplate,
  Unanswered,
} from './render-scene.ts';
import type { Played, Setting } from './render-scene.ts';
import { knownModel, knownTables } from './known-relations.ts';
import { refuseUnfitVars } from './refuse-unfit-vars.ts';
import type { KnownModel, World } from './scene.ts';
import { hasTestMacro, macroNamed, runTest } from './test-macros.ts';
import { relationOfSql } from './words/relation.ts';

/** What two compilations of one project for different schemas share. */
export interface Shared {
  readonly heard: ReadonlyMap<string, Heard>;
}

/** Renders every model of a project that has been read. `shared` saves hearing again what the schemas do not change. */
export function compileParsed(
  parsed: ParsedProject,
  target: CompileTarget,
  shared?: Shared,
): CompiledProject & { readonly shared: Shared } {
  const { project, engine, stage, templates } = parsed;
  refuseUnfitVars(project.config, target.vars);
  const tables = knownTables(project, target);
  const worldOf = (heard?: ReadonlyMap<string, Heard>): World => ({
    project,
    target,
    tables,
    models: new Map(project.models.map((file) => [file.name, knownModel(file, heard?.get(file.name), target)])),
    dependsOn: (name) => heard?.get(name)?.dependsOn,
  });
  const heard = shared?.heard ?? hearModels(parsed, worldOf());
  const world = worldOf(heard);

  const bare = new Map<string, Bare>();
  const bareOf = (name: string): Bare => bare.get(name) ?? { sql: `select * from ${identifier(name)}`, ephemeral: [] };
  const inline = (name: string): string => inBrackets(bareOf(name), bareOf);
  const enabled = project.models.filter((file) => heard.get(file.name)?.config.enabled);
  const drafts = new Map(
    enabled.map((file) => {
      const draft = compileModel(file, { parsed, world, heard, isFirst: shared === undefined });
      bare.set(file.name, draft.bare);
      return [file.name, draft.model];
    }),
  );
  const models = buildOrder([...drafts.values()], (from, to) => placeOfRef(parsed, from.name, to)).map((model) => {
    const own = bareOf(model.name);
    return own.ephemeral.length === 0 ? model : { ...model, sql: withEphemeral(own, bareOf) };
  });
  const byName = new Map(models.map((model) => [model.name, model]));

  const settingOf = (model: KnownModel | undefined, how: RenderHow): Setting => {
    const self = how.self === undefined ? model?.self : relationOfSql(how.self);
    return { world, model, outside: [], execute: true, self, how, allowed: undefined, ephemeralInline: undefined };
  };
  const finish = (played: Played): Rendered => {
    const { said } = played.scene;
    const sql = withEphemeral({ sql: played.sql, ephemeral: ephemeralIn(played) }, bareOf);
    return {
      sql,
      dependsOn: dependenciesOf(played),
      ...(said.length > 0 && { config: Object.assign({}, ...said) as Record<string, unknown> }),
    };
  };
  /** What is no query of its own gets ephemeral models in brackets, because nothing can be put before it. */
  const renderAlone = (run: () => string, setting: Setting): Rendered => {
    const played = playAlone(run, setting, stage);
    if (ephemeralIn(played).length === 0 || isQuery(played.sql)) return finish(played);
    return finish(playAlone(run, { ...setting, ephemeralInline: inline }, stage));
  };
  const renderAsking = async (run: () => string, setting: Setting): Promise<Rendered> => {
    const { ask } = setting.how;
    if (ask === undefined) return renderAlone(run, setting);
    const played = await playAsking(run, setting, stage, ask);
    if (ephemeralIn(played).length === 0 || isQuery(played.sql)) return finish(played);
    return finish(await playAsking(run, { ...setting, ephemeralInline: inline }, stage, ask));
  };

  return {
    shared: { heard },
    models,
    model: (name) => byName.get(name) ?? unknown('model', name, byName.keys()),
    relation: (name) => {
      const known = world.models.get(name);
      if (known)
        return (
          target.deferred?.[name] ??
          (known.relation.is_cte && target.asOf === undefined ? inline(name) : known.relation.render())
        );
      const table = tables.get(name);
      if (table) return table.relation.render();
      return unknown(name.includes('.') ? 'source table' : 'model', name, [...byName.keys(), ...tables.keys()]);
    },
    standalone: (query) => (target.asOf === undefined ? query.sql : withModels(query, models)),
    renderModel: async (name, how) => {
      const template = templates.get(name);
      const known = world.models.get(name);
      const model = byName.get(name);
      if (template === undefined || known === undefined || model === undefined)
        return unknown('model', name, byName.keys());
      const setting = { ...settingOf(known, how), allowed: new Set(model.dependsOn.models) };
      return renderAsking(renderTemplate(template), setting);
    },
    renderAround: async (template, place, how) => {
      const known = how.around === undefined ? undefined : world.models.get(how.around);
      return renderAsking(renderTemplate(engine.parse(template, place, [])), settingOf(known, how));
    },
    render: (template, place) =>
      renderAlone(renderTemplate(engine.parse(template, place, [])), settingOf(undefined, {})),
    hasTest: (name) => hasTestMacro(name, parsed),
    testQuery: (name, kwargs, place) => renderAlone(runTest(name, kwargs, { parsed, place }), settingOf(undefined, {})),
    renderTest: async (name, kwargs, place, how) =>
      renderAsking(runTest(name, kwargs, { parsed, place }), settingOf(undefined, how)),
    runMacro: async (name, kwargs, how) => renderAsking(macroNamed(name, kwargs, parsed), settingOf(undefined, how)),
    get macros() {
      return macroTexts(project.macros);
    },
  };
}

interface Draft {
  readonly model: CompiledModel;
  readonly bare: Bare;
}

function compileModel(
  file: ModelFile,
  around: {
    readonly parsed: ParsedProject;
    readonly world: World;
    readonly heard: ReadonlyMap<string, Heard>;
    readonly isFirst: boolean;
  },
): Draft {
  const { parsed, world, heard } = around;
  const own = heard.get(file.name);
  const known = world.models.get(file.name);
  if (own === undefined || known === undefined) throw new Error(`${file.name} was not heard`);
  const template = parsed.templates.get(file.name);
  const { sql, ephemeral, asksWarehouse, macros } =
    template === undefined
      ? { sql: '', ephemeral: [], asksWarehouse: false, macros: [] }
      : around.isFirst && isFinal(own, world)
        ? { sql: own.sql, ephemeral: [], asksWarehouse: false, macros: own.dependsOn.macros }
        : finalSql(file, { own, known, world, parsed });
  // What is written from answers alone (dbt_utils.union_relations) is nothing yet without them.
  if (sql === '' && template !== undefined && !asksWarehouse) {
    throw new EngineError('COMPILE_TEMPLATE', 'the model has no SQL', { place: startOf(file) });
  }
  const { config } = own;
  const header = parsed.headers.get(file.name) ?? {};
  const incremental = own.incrementalModels.filter((name) => world.models.get(name)?.config?.enabled);
  const model: CompiledModel = {
    name: file.name,
    resource: file.resource,
    vertical: file.vertical,
    layer: file.layer,
    file: file.file,
    description: header.description ?? file.properties.description,
    grain: header.grain,
    owner: header.owner,
    config,
    columns: file.properties.columns,
    constraints: file.properties.constraints,
    materialized: config.materialized,
    published: config.published,
    tags: config.tags,
    asksWarehouse,
    asksIncremental: own.spoken.asksIncremental,
    dependsOn: {
      models: [...own.dependsOn.models, ...incremental],
      sources: own.dependsOn.sources,
      macros: macros.length === 0 ? own.dependsOn.macros : [...new Set([...own.dependsOn.macros, ...macros])].sort(),
    },
    sql,
    templateHash: parsed.hashes.get(file.name) ?? '',
  };
  return { model, bare: { sql, ephemeral } };
}

/** Whether the first rendering stands, because nothing that it could not know yet changes it. */
function isFinal({ spoken, config }: Heard, world: World): boolean {
  if (spoken.looksAround || spoken.asksWarehouse || config.alias !== undefined) return false;
  return [...spoken.models].every((name) => {
    const known = world.models.get(name);
    return (
      known?.config?.enabled &&
      known.config.alias === undefined &&
      !known.relation.is_cte &&
      !world.target.deferred?.[name]
    );
  });
}

function finalSql(
  file: ModelFile,
  { own, known, world, parsed }: { own: Heard; known: KnownModel; world: World; parsed: ParsedProject },
): {
  readonly sql: string;
  readonly ephemeral: readonly string[];
  readonly asksWarehouse: boolean;
  readonly macros: readonly string[];
} {
  const template = parsed.templates.get(file.name);
  if (template === undefined) throw new Error(`${file.name} has no template`);
  const run = renderTemplate(template);
  const allowed = new Set([...own.dependsOn.models, ...own.incrementalModels]);
  const setting: Setting = {
    world,
    model: known,
    outside: [],
    execute: true,
    self: known.self,
    how: {},
    allowed,
    ephemeralInline: undefined,
  };
  try {
    const played = playScene(run, setting, parsed.stage);
    const { macros } = dependenciesOf(played);
    return { sql: played.sql, ephemeral: ephemeralIn(played), asksWarehouse: false, macros };
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    // What it is without an answer is as it was heard, with the relations that are known by now.
    const played = playAlone(run, { ...setting, execute: false }, parsed.stage);
    return { sql: played.sql, ephemeral: ephemeralIn(played), asksWarehouse: true, macros: [] };
  }
}

function placeOfRef({ templates }: ParsedProject, from: string, to: string): Place {
  const template = templates.get(from);
  const call = template?.calls.find(({ name, texts }) => name === 'ref' && texts.at(-1) === to);
  if (template && call) return template.place(call);
  return template?.place({ line: 1, column: 1 }) ?? { file: from };
}

/** Models come in build order, so that each stands before those that refer to it. */
function withModels(query: Rendered, models: readonly CompiledModel[]): string {
  const needed = new Set(query.dependsOn.models);
  for (const { name, dependsOn } of models.toReversed()) {
    if (needed.has(name)) for (const parent of dependsOn.models) needed.add(parent);
  }
  const before = models
    .filter(({ name, resource }) => resource === 'model' && needed.has(name))
    .map(({ name, sql }) => `${identifier(name)} as (\n${sql}\n)`);
  return before.length === 0 ? query.sql : `with ${before.join(',\n')}\nselect * from (\n${query.sql}\n) as final`;
}

function unknown(what: string, name: string, candidates: Iterable<string>): never {
  throw new EngineError('COMPILE_UNKNOWN_REF', `no ${what} '${name}'${didYouMean(name, candidates)}`);
}
