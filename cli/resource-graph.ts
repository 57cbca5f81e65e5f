import type { Resource } from './resource.ts';

/** What reads what. */
export interface ResourceGraph {
  /** Everything that the given ones read, up to so many steps away; without themselves. */
  readonly above: (from: Iterable<Resource>, steps: number) => Set<Resource>;
  /** Everything that reads them. */
  readonly below: (from: Iterable<Resource>, steps: number) => Set<Resource>;
  readonly parents: (resource: Resource) => readonly Resource[];
}

export function resourceGraph(resources: readonly Resource[]): ResourceGraph {
  const byId = new Map(resources.map((resource) => [resource.uniqueId, resource]));
  const parents = new Map<Resource, Resource[]>();
  const children = new Map<Resource, Resource[]>(resources.map((resource) => [resource, []]));
  for (const resource of resources) {
    const found = resource.parents.flatMap((id) => byId.get(id) ?? []);
    parents.set(resource, found);
    for (const parent of found) children.get(parent)?.push(resource);
  }
  const walk = (from: Iterable<Resource>, steps: number, next: ReadonlyMap<Resource, readonly Resource[]>) => {
    const reached = new Set<Resource>();
    let edge = [...from];
    for (let step = 0; step < steps && edge.length > 0; step++) {
      edge = edge.flatMap((resource) => next.get(resource) ?? []).filter((resource) => !reached.has(resource));
      for (const resource of edge) reached.add(resource);
    }
    return reached;
  };
  return {
    above: (from, steps) => walk(from, steps, parents),
    below: (from, steps) => walk(from, steps, children),
    parents: (resource) => parents.get(resource) ?? [],
  };
}
