import { didYouMean } from '../engine/config/did-you-mean.ts';
import { EngineError } from '../engine/errors.ts';
import { matchResource, refuseUnfit } from './match-resource.ts';
import type { SelectionState } from './match-state.ts';
import { hasWildcard } from './match-pattern.ts';
import { parseSelector } from './parse-selector.ts';
import type { Criterion, Expression, IndirectSelection } from './parse-selector.ts';
import { resourceGraph } from './resource-graph.ts';
import type { ResourceGraph } from './resource-graph.ts';
import type { Resource } from './resource.ts';

export interface Selection {
  /** In the order of all resources. */
  readonly selected: readonly Resource[];
  /** Words that found nothing, told as dbt does. A bare name that finds nothing is an error. */
  readonly warnings: readonly string[];
}

/**
 * Selects resources with dbt's words. Nothing asked for means all. Checks come with the models that they read: `eager` with any of
 * them, `cautious` when all are selected, `buildable` when all are selected or above a selected one, `empty` never.
 */
export function selectResources(
  resources: readonly Resource[],
  asked: {
    readonly select?: readonly string[] | undefined;
    readonly exclude?: readonly string[] | undefined;
    /** A name in `selectors`. */
    readonly selector?: string | undefined;
    readonly selectors?: Selectors | undefined;
    readonly indirect?: IndirectSelection | undefined;
    readonly state?: SelectionState | undefined;
  },
): Selection {
  const { select = [], exclude = [], indirect = 'eager', state, selector } = asked;
  const { named, fallback } = asked.selectors ?? { named: new Map<string, Expression>(), fallback: undefined };
  const world = { resources, graph: resourceGraph(resources), state, named, warnings: [] as string[] };
  const isSilent = select.length + exclude.length === 0;
  const expression =
    selector !== undefined
      ? selectorNamed(selector, named)
      : select.length > 0
        ? parseSelector(select)
        : isSilent
          ? fallback
          : undefined;
  const included = expression === undefined ? new Set(resources) : evaluate(expression, { ...world, indirect }).direct;
  // What is excluded takes its checks with it, whatever the mode.
  const excluded = evaluate(parseSelector(exclude), { ...world, indirect: 'eager' }).direct;
  return {
    selected: resources.filter((resource) => included.has(resource) && !excluded.has(resource)),
    warnings: world.warnings,
  };
}

/** The selectors of selectors.yml: by name, and the one that is meant when nothing is asked for. */
export interface Selectors {
  readonly named: ReadonlyMap<string, Expression>;
  readonly fallback: Expression | undefined;
}

interface World {
  readonly resources: readonly Resource[];
  readonly graph: ResourceGraph;
  readonly state: SelectionState | undefined;
  readonly named: ReadonlyMap<string, Expression>;
  readonly indirect: IndirectSelection;
  readonly warnings: string[];
}

/** What is selected, and the checks that stay out until all that they read is selected as well. */
interface Found {
  readonly direct: Set<Resource>;
  readonly waiting: Set<Resource>;
}

function evaluate(expression: Expression, world: World): Found {
  const all = (of: readonly Expression[]): readonly Found[] => of.map((each) => evaluate(each, world));
  switch (expression.kind) {
    case 'word': {
      const { criterion, indirect = world.indirect } = expression;
      if (criterion.method === 'selector')
        return reach(evaluate(selectorNamed(criterion.value, world.named), world), criterion, world);
      return find(criterion, { ...world, indirect });
    }
    case 'union':
      return all(expression.of).reduce((a, b) => combine(a, b, union, world), NOTHING);
    case 'intersection':
      return all(expression.of).reduce((a, b) => combine(a, b, intersection, world));
    case 'difference': {
      const without = evaluate(expression.without, { ...world, indirect: 'eager' });
      return combine(evaluate(expression.from, world), without, difference, world);
    }
    default:
      return expression satisfies never;
  }
}

const NOTHING: Found = { direct: new Set(), waiting: new Set() };

function selectorNamed(name: string, named: ReadonlyMap<string, Expression>): Expression {
  const found = named.get(name);
  if (found !== undefined) return found;
  throw new EngineError('SELECTOR_INVALID', `no selector '${name}' in selectors.yml${didYouMean(name, named.keys())}`);
}

function union(a: ReadonlySet<Resource>, b: ReadonlySet<Resource>): Set<Resource> {
  return new Set([...a, ...b]);
}

function intersection(a: ReadonlySet<Resource>, b: ReadonlySet<Resource>): Set<Resource> {
  return new Set([...a].filter((resource) => b.has(resource)));
}

function difference(a: ReadonlySet<Resource>, b: ReadonlySet<Resource>): Set<Resource> {
  return new Set([...a].filter((resource) => !b.has(resource)));
}

function combine(
  a: Found,
  b: Found,
  of: (a: ReadonlySet<Resource>, b: ReadonlySet<Resource>) => Set<Resource>,
  world: World,
): Found {
  const direct = of(a.direct, b.direct);
  const waiting = of(a.waiting, b.waiting);
  const standing = standingFor(direct, world);
  const joined = [...waiting].filter((check) => world.graph.parents(check).every((parent) => standing.has(parent)));
  return { direct: union(direct, new Set(joined)), waiting };
}

function find(criterion: Criterion, world: World): Found {
  const { resources, state } = world;
  refuseUnfit(criterion, state);
  const named = new Set(resources.filter((resource) => matchResource(resource, criterion, state)));
  if (named.size === 0) nothing(criterion, world);
  return reach({ direct: named, waiting: new Set() }, criterion, world);
}

/** Up and down from what is named, with the checks on it. */
function reach({ direct: named, waiting }: Found, criterion: Criterion, world: World): Found {
  const { graph } = world;
  const direct = new Set(named);
  const add = (more: Iterable<Resource>): void => {
    for (const resource of more) direct.add(resource);
  };
  if (criterion.around) {
    add(graph.below(named, Number.POSITIVE_INFINITY));
    add(graph.above([...direct], Number.POSITIVE_INFINITY));
  }
  add(graph.above(named, criterion.up));
  add(graph.below(named, criterion.down));
  const found = withChecks(direct, world);
  return { direct: found.direct, waiting: union(found.waiting, waiting) };
}

function withChecks(selected: Set<Resource>, world: World): Found {
  const { graph, indirect } = world;
  const direct = new Set(selected);
  const waiting = new Set<Resource>();
  if (indirect === 'empty') return { direct, waiting };
  const standing = standingFor(selected, world);
  for (const check of graph.below(selected, 1)) {
    if (check.type !== 'check' && check.type !== 'unit_test') continue;
    const comes = indirect === 'eager' || graph.parents(check).every((parent) => standing.has(parent));
    (comes ? direct : waiting).add(check);
  }
  return { direct, waiting };
}

/** What may be taken to stand when a check's parents are looked for: `buildable` counts on what is above, and on every source. */
function standingFor(selected: ReadonlySet<Resource>, { resources, graph, indirect }: World): ReadonlySet<Resource> {
  if (indirect !== 'buildable') return selected;
  const sources = resources.filter(({ type }) => type === 'source');
  return new Set([...selected, ...graph.above(selected, Number.POSITIVE_INFINITY), ...sources]);
}

function nothing({ word, value, method, bare }: Criterion, { resources, warnings }: World): void {
  if (bare && method === 'fqn' && !hasWildcard(value)) {
    const ids = resources.map(({ id }) => id);
    throw new EngineError('COMPILE_UNKNOWN_REF', `nothing is selected by '${word}'${didYouMean(value, ids)}`);
  }
  warnings.push(`the selection '${word}' does not match anything`);
}
