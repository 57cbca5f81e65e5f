import { checkReads } from '../../engine/artifacts/manifest-nodes.ts';
import { macroTexts } from '../../engine/artifacts/macros.ts';
import type { MacroText } from '../../engine/artifacts/macros.ts';
import { uniqueIds } from '../../engine/artifacts/unique-ids.ts';
import type { UniqueIds } from '../../engine/artifacts/unique-ids.ts';
import type { CheckDefinition } from '../../engine/contracts/check.ts';
import type { CompiledModel, ModelFile } from '../../engine/contracts/model.ts';
import type { DeclaredSource } from '../../engine/contracts/project.ts';
import type { Influence, ModelLineage, Origin } from '../../engine/lineage/model-lineage.ts';
import type { DocsInput } from './docs-input.ts';
import { pagePath } from './page-path.ts';

/** A model or a landed table, with everything that its page says. */
export interface DocsNode {
  readonly id: string;
  readonly type: 'model' | 'seed' | 'snapshot' | 'source';
  readonly name: string;
  readonly vertical: string;
  readonly file: string;
  readonly description: string | undefined;
  readonly relation: string | null;
  /** Path of its page from the site's folder. */
  readonly page: string;
  readonly status: string | undefined;
  readonly columns: readonly DocsColumn[];
  readonly checks: readonly DocsCheck[];
  /** Names of models, and landed tables as `source.table`. */
  readonly upstream: readonly string[];
  readonly downstream: readonly string[];
  readonly model: CompiledModel | undefined;
  readonly raw: ModelFile | undefined;
  readonly source: DeclaredSource | undefined;
  readonly lineage: ModelLineage | undefined;
}

export interface DocsColumn {
  readonly name: string;
  readonly type: string | undefined;
  readonly description: string | undefined;
  readonly constraints: readonly string[];
  readonly origins: readonly Origin[];
  readonly influences: readonly Influence[];
  /** Columns of other models that come from it. */
  readonly uses: readonly { readonly node: string; readonly column: string }[];
}

export interface DocsCheck {
  readonly check: CheckDefinition;
  readonly status: string | undefined;
  readonly reads: readonly string[];
}

export interface DocsSite extends DocsInput {
  readonly ids: UniqueIds;
  /** In build order, landed tables first. */
  readonly nodes: readonly DocsNode[];
  readonly node: (name: string) => DocsNode | undefined;
  readonly allChecks: readonly DocsCheck[];
  readonly macros: readonly MacroText[];
}

/** Puts together what belongs together; every page is made from this. */
export function docsSite(input: DocsInput): DocsSite {
  const { project, compiled, results } = input;
  const ids = uniqueIds(project);
  const statusOf = (id: string | undefined): string | undefined =>
    id === undefined ? undefined : results.get(id)?.status;
  const allChecks = project.checks.map((check): DocsCheck => {
    const { models, sources } = checkReads(check, { ids, compiled });
    return { check, status: statusOf(ids.check(check.id)), reads: [...models, ...sources] };
  });
  const checksOn = Map.groupBy(allChecks, ({ check }) => check.on);
  const lineages = new Map(input.lineage.map((each) => [each.model, each]));
  const uses = usesOf(input.lineage);
  const named = namedColumns(input.lineage);
  const downstream = new Map<string, string[]>();
  for (const { name, dependsOn } of compiled.models) {
    for (const parent of [...dependsOn.models, ...dependsOn.sources]) {
      const children = downstream.get(parent);
      if (children) children.push(name);
      else downstream.set(parent, [name]);
    }
  }
  const files = new Map(project.models.map((file) => [file.name, file]));

  const ofSource = (source: DeclaredSource): DocsNode => {
    const name = `${source.source}.${source.name}`;
    const relation = compiled.relation(name);
    const declared = new Map(source.columns.map((column) => [column.name, column]));
    const types = new Map((input.columns.get(relation) ?? []).map((column) => [column.name, column.type]));
    const names = new Set([...types.keys(), ...declared.keys(), ...(named.get(name) ?? [])]);
    return {
      id: ids.relation(name) ?? name,
      type: 'source',
      name,
      vertical: source.vertical,
      file: source.declaredIn,
      description: source.description,
      relation,
      page: pagePath('source', name),
      status: statusOf(ids.relation(name)),
      columns: [...names].map((column) => ({
        name: column,
        type: types.get(column) ?? declared.get(column)?.type,
        description: declared.get(column)?.description,
        constraints: [],
        origins: [],
        influences: [],
        uses: uses.get(`${name}\0${column}`) ?? [],
      })),
      checks: checksOn.get(name) ?? [],
      upstream: [],
      downstream: downstream.get(name) ?? [],
      model: undefined,
      raw: undefined,
      source,
      lineage: undefined,
    };
  };
  const ofModel = (model: CompiledModel): DocsNode => {
    const { name } = model;
    const relation = model.materialized === 'ephemeral' ? null : compiled.relation(name);
    const lineage = lineages.get(name);
    return {
      id: ids.relation(name) ?? name,
      type: model.resource,
      name,
      vertical: model.vertical,
      file: model.file,
      description: model.description,
      relation,
      page: pagePath(model.resource, name),
      status: statusOf(ids.relation(name)),
      columns: columnsOf(model, {
        lineage,
        standing: relation === null ? undefined : input.columns.get(relation),
        named: named.get(name) ?? [],
      }).map((column) => ({
        ...column,
        uses: uses.get(`${name}\0${column.name}`) ?? [],
      })),
      checks: checksOn.get(name) ?? [],
      upstream: [...model.dependsOn.models, ...model.dependsOn.sources],
      downstream: downstream.get(name) ?? [],
      model,
      raw: files.get(name),
      source: undefined,
      lineage,
    };
  };
  const nodes = [...project.sources.map(ofSource), ...compiled.models.map(ofModel)];
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return {
    ...input,
    ids,
    nodes,
    node: (name) => byName.get(name),
    allChecks,
    macros: macroTexts(project.macros),
  };
}

/** What stands comes first, then what the SQL gives, then what YAML says, then what the SQL of others names. */
function columnsOf(
  model: CompiledModel,
  known: {
    readonly lineage: ModelLineage | undefined;
    readonly standing: readonly { readonly name: string; readonly type: string }[] | undefined;
    readonly named: Iterable<string>;
  },
): Omit<DocsColumn, 'uses'>[] {
  const { lineage, standing, named } = known;
  const declared = new Map(model.columns.map((column) => [column.name, column]));
  const traced = new Map((lineage?.columns ?? []).map((column) => [column.name, column]));
  const types = new Map((standing ?? []).map(({ name, type }) => [name, type]));
  const names = new Set([...types.keys(), ...(types.size === 0 ? traced.keys() : []), ...declared.keys(), ...named]);
  return [...names].map((name) => ({
    name,
    type: types.get(name) ?? declared.get(name)?.dataType,
    description: declared.get(name)?.description,
    constraints: (declared.get(name)?.constraints ?? []).map(({ type }) => type.replaceAll('_', ' ')),
    origins: traced.get(name)?.origins ?? [],
    influences: traced.get(name)?.influences ?? [],
  }));
}

function usesOf(lineages: readonly ModelLineage[]): ReadonlyMap<string, { node: string; column: string }[]> {
  const uses = new Map<string, { node: string; column: string }[]>();
  for (const { model, columns } of lineages) {
    for (const { name, origins } of columns) {
      for (const { node, column } of origins) {
        const key = `${node}\0${column}`;
        const found = uses.get(key);
        if (found) found.push({ node: model, column: name });
        else uses.set(key, [{ node: model, column: name }]);
      }
    }
  }
  return uses;
}

/** The columns of each relation that any model's SQL names. */
function namedColumns(lineages: readonly ModelLineage[]): ReadonlyMap<string, ReadonlySet<string>> {
  const named = new Map<string, Set<string>>();
  for (const { columns, rows } of lineages) {
    for (const { node, column } of [
      ...columns.flatMap(({ origins, influences }) => [...origins, ...influences]),
      ...rows,
    ]) {
      named.set(node, (named.get(node) ?? new Set()).add(column));
    }
  }
  return named;
}
