import { didYouMean } from '../engine/config/did-you-mean.ts';
import { EngineError } from '../engine/errors.ts';
import type { Resource } from './list-resources.ts';

/**
 * Selects resources with dbt's words: a name, `tag:`, `path:`, `source:`, `vertical:`; `+name` takes what it depends on, `name+`
 * what depends on it; a space is a union, a comma an intersection. A word that selects nothing is an error.
 */
export function selectResources(resources: readonly Resource[], selector: string): Resource[] {
  const chosen = new Set<Resource>();
  for (const union of selector.split(/\s+/).filter(Boolean)) {
    const parts = union.split(',').map((word) => new Set(selectWord(resources, word)));
    for (const resource of parts[0] ?? []) if (parts.every((part) => part.has(resource))) chosen.add(resource);
  }
  return resources.filter((resource) => chosen.has(resource));
}

function selectWord(resources: readonly Resource[], word: string): Resource[] {
  const [, up, bare = '', down] = /^(\+?)(.*?)(\+?)$/.exec(word) ?? [];
  const found = resources.filter((resource) => matches(resource, bare));
  if (found.length === 0) {
    const suggestion = didYouMean(
      bare,
      resources.map(({ id }) => id),
    );
    throw new EngineError('COMPILE_UNKNOWN_REF', `nothing is selected by ${word}${suggestion}`);
  }
  const chosen = new Set(found);
  if (up) walk(found, (resource) => resources.filter(({ id }) => resource.dependsOn.includes(id)), chosen);
  if (down) walk(found, (resource) => resources.filter(({ dependsOn }) => dependsOn.includes(resource.id)), chosen);
  return [...chosen];
}

function matches(resource: Resource, word: string): boolean {
  const colon = word.indexOf(':');
  const [method, value] = colon === -1 ? ['id', word] : [word.slice(0, colon), word.slice(colon + 1)];
  switch (method) {
    case 'id':
      return resource.id === value;
    case 'tag':
      return resource.tags.includes(value);
    case 'path':
      return resource.file === value || resource.file.startsWith(`${value.replace(/\/$/, '')}/`);
    case 'source':
      return resource.type === 'source' && (resource.id === value || resource.id.startsWith(`${value}.`));
    case 'vertical':
      return resource.vertical === value;
    case 'resource_type':
      return resource.type === value;
    default:
      throw new EngineError(
        'COMPILE_UNKNOWN_REF',
        `unknown selector ${method}: in ${word}; known: tag, path, source, vertical, resource_type`,
      );
  }
}

function walk(
  from: readonly Resource[],
  next: (resource: Resource) => readonly Resource[],
  chosen: Set<Resource>,
): void {
  const queue = [...from];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const neighbour of next(at)) {
      if (chosen.has(neighbour)) continue;
      chosen.add(neighbour);
      queue.push(neighbour);
    }
  }
}
