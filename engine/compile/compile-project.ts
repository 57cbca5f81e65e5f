import { hash } from 'node:crypto';
import { z } from 'zod';
import { didYouMean } from '../config/did-you-mean.ts';
import { parseVariable, VARIABLE_FORMS } from '../config/parse-variable.ts';
import { parseYaml } from '../config/parse-yaml.ts';
import { splitHeader } from '../config/split-header.ts';
import type { Config, VariableValue } from '../contracts/config.ts';
import type { CompiledModel, Layer, ModelFile } from '../contracts/model.ts';
import type { Project } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { identifier, relation as quotedRelation } from '../sql-text.ts';
import { relationAsOf } from './as-of.ts';
import type { AsOf } from './as-of.ts';
import { buildOrder } from './build-order.ts';
import { readModelOptions } from './model-options.ts';
import type { ModelOptions } from './model-options.ts';
import { createTemplateEngine } from './template-engine.ts';
import type { Template } from './template-engine.ts';
import { createTemplateWords } from './template-words.ts';
import type { Spoken, TemplateWords } from './template-words.ts';

export interface CompileTarget {
  /** Schema of a model; runs build beside the live schemas, so the caller decides. */
  readonly schemaOf: (model: { readonly vertical: string; readonly layer: Layer }) => string;
  readonly vars: Readonly<Record<string, VariableValue>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `target` in templates. */
  readonly target: { readonly name: string };
  /** Reads every landed table as of then, and every model as it would have been built from those. */
  readonly asOf?: AsOf | undefined;
}

export interface Rendered {
  readonly sql: string;
  readonly dependsOn: { readonly models: string[]; readonly sources: string[] };
}

export interface CompiledProject {
  /** In build order: every model after those it refers to. */
  readonly models: readonly CompiledModel[];
  /** Throws COMPILE_UNKNOWN_REF. */
  readonly model: (name: string) => CompiledModel;
  /** `"schema"."name"` of a model, or of a landed table by `source.table`; throws COMPILE_UNKNOWN_REF. */
  readonly relation: (name: string) => string;
  /**
   * A query that stands by itself: with the models it refers to put before it as common table expressions when the project was
   * compiled as of a past moment, else as it is.
   */
  readonly standalone: (query: Rendered) => string;
  /** Renders a where, an expression or a bespoke check with the words of models; `place` is where the template begins. */
  readonly render: (template: string, place: Place) => Rendered;
}

const ModelHeader = z.strictObject({
  description: z.string().optional(),
  grain: z.string().optional(),
  owner: z.string().optional(),
});

/** Renders every model for one target. Touches no database, reads no clock: the same project and target give the same SQL. */
export function compileProject(project: Project, target: CompileTarget): CompiledProject {
  refuseUnfitVars(project.config, target.vars);
  const relations = relationsOf(project, target);
  const speech = createTemplateWords({
    relations,
    variables: project.config.vars,
    vars: target.vars,
    envVars: project.config.env_vars,
    env: target.env,
    target: target.target,
  });
  const engine = createTemplateEngine(speech.words, speech.check);
  engine.addMacros(project.macros);

  const templates = new Map<string, Template>();
  const compiled = project.models.map((model) => {
    const template = engine.parse(splitHeader(model.template).body, { file: model.file }, ['config', 'this']);
    templates.set(model.name, template);
    return compileModel(model, template, relations.get(model.name) ?? '', speech);
  });
  const models = buildOrder(compiled, (from, to) => {
    const template = templates.get(from.name);
    const call = template?.calls.find(({ name, texts }) => name === 'ref' && texts[0] === to);
    return template && call ? template.place(call) : { file: from.file };
  });
  const byName = new Map(models.map((model) => [model.name, model]));
  return {
    models,
    model: (name) => byName.get(name) ?? unknown('model', name, byName.keys()),
    relation: (name) =>
      relations.get(name) ?? unknown(name.includes('.') ? 'source table' : 'model', name, relations.keys()),
    standalone: (query) => (target.asOf === undefined ? query.sql : withModels(query, models)),
    render: (template, place) => render(engine.parse(template, place, []), {}, speech),
  };
}

function relationsOf({ models, sources }: Project, { schemaOf, asOf }: CompileTarget): ReadonlyMap<string, string> {
  // As of a past moment no model stands: each is a common table expression that is put before the query.
  const ofModel = (model: ModelFile): string =>
    asOf === undefined ? quotedRelation(schemaOf(model), model.name) : identifier(model.name);
  const ofTable = (source: string, name: string): string =>
    asOf === undefined ? quotedRelation(`raw_${source}`, name) : relationAsOf(source, name, asOf);
  return new Map([
    ...models.map((model) => [model.name, ofModel(model)] as const),
    ...sources.map(({ source, name }) => [`${source}.${name}`, ofTable(source, name)] as const),
  ]);
}

function compileModel(model: ModelFile, template: Template, self: string, speech: TemplateWords): CompiledModel {
  const { header } = splitHeader(model.template);
  const said = header === undefined ? {} : parseYaml(ModelHeader, header, model.file, 'PROJECT_INVALID').value;
  let options: ModelOptions = {};
  const config = (...given: unknown[]): string => {
    options = { ...options, ...readModelOptions(model.layer, given) };
    return '';
  };
  const { sql, dependsOn } = render(template, { config, this: self }, speech);
  if (sql === '') throw new EngineError('COMPILE_TEMPLATE', 'the model has no SQL', { place: { file: model.file } });
  return {
    name: model.name,
    vertical: model.vertical,
    layer: model.layer,
    file: model.file,
    description: said.description,
    grain: said.grain,
    materialized: options.materialized ?? (model.layer === 'marts' ? 'table' : 'view'),
    published: options.published ?? false,
    tags: options.tags ?? [],
    dependsOn,
    sql,
    templateHash: hash('sha256', model.template),
  };
}

function render(template: Template, words: Readonly<Record<string, unknown>>, speech: TemplateWords): Rendered {
  const { result, spoken } = speech.listen(() => template.render(words));
  refuseComments(result, spoken, template);
  const sql = result.trim().replace(/\s*;$/, '');
  return { sql, dependsOn: { models: [...spoken.models], sources: [...spoken.sources] } };
}

/** Models come in build order, so that each stands before those that refer to it. */
function withModels(query: Rendered, models: readonly CompiledModel[]): string {
  const needed = new Set(query.dependsOn.models);
  for (const { name, dependsOn } of models.toReversed()) {
    if (needed.has(name)) for (const parent of dependsOn.models) needed.add(parent);
  }
  const before = models
    .filter(({ name }) => needed.has(name))
    .map(({ name, sql }) => `${identifier(name)} as (\n${sql}\n)`);
  return before.length === 0 ? query.sql : `with ${before.join(',\n')}\nselect * from (\n${query.sql}\n) as final`;
}

function refuseComments(sql: string, { negatives }: Spoken, template: Template): void {
  if (![...negatives].some((value) => sql.includes(`-${value}`))) return;
  const call = template.calls.find(({ name }) => name === 'var') ?? { line: 1, column: 1 };
  const message = 'a negative value stands right behind a minus, where -- begins a comment; put a space between';
  throw new EngineError('COMPILE_VAR', message, { place: template.place(call) });
}

function refuseUnfitVars({ vars: declared }: Config, given: CompileTarget['vars']): void {
  for (const [name, value] of Object.entries(given)) {
    const variable = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (!variable) {
      const guess = didYouMean(name, Object.keys(declared));
      throw new EngineError('COMPILE_VAR', `no variable '${name}' under vars: in tickmark.yml${guess}`);
    }
    if (parseVariable(variable.type, value) === undefined) {
      throw new EngineError('COMPILE_VAR', `variable '${name}': expected ${VARIABLE_FORMS[variable.type]}`);
    }
  }
}

function unknown(what: string, name: string, candidates: Iterable<string>): never {
  throw new EngineError('COMPILE_UNKNOWN_REF', `no ${what} '${name}'${didYouMean(name, candidates)}`);
}
