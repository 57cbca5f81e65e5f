import canonicalize from 'canonicalize';
import type { DefinitionChange } from '../contracts/definition.ts';
import { sha256 } from '../evidence/sha256.ts';

/** What differs between two definitions in JSON, by path; of SQL only that it does, with both hashes. */
export function compareDefinitions(before: string, after: string): readonly DefinitionChange[] {
  const [from, to] = [leaves(before), leaves(after)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((path) => from.get(path) !== to.get(path))
    .sort()
    .map((path) => ({ path, from: from.get(path) ?? null, to: to.get(path) ?? null }));
}

function leaves(definition: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isBranch && Object.keys(value).length > 0)
      for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
    // Empty arguments are the same as none.
    else if (!isBranch)
      found.set(path, path === 'sql' && typeof value === 'string' ? sha256(value) : (canonicalize(value) as string));
  };
  walk(JSON.parse(definition), '');
  return found;
}
