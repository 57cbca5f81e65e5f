import type { CheckDefinition } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';

/** The columns that name a row of a relation: a source's declared key, or those that a check over all of it says are unique; none when nobody says so. */
export function keyColumns(
  on: string,
  { checks, sources }: { readonly checks: readonly CheckDefinition[]; readonly sources: readonly DeclaredSource[] },
): readonly string[] {
  const source = sources.find((declared) => `${declared.source}.${declared.name}` === on);
  if (source && source.key.length > 0) return source.key;
  return keysOf(checks).get(on) ?? [];
}

const known = new WeakMap<readonly CheckDefinition[], ReadonlyMap<string, readonly string[]>>();

/** By relation, once for a list of checks: each of some thousand checks asks. */
function keysOf(checks: readonly CheckDefinition[]): ReadonlyMap<string, readonly string[]> {
  const found = known.get(checks);
  if (found) return found;
  const keys = new Map<string, readonly string[]>();
  for (const keyOf of [uniqueColumns, uniqueCombination]) {
    for (const check of checks) {
      const key = check.settings.where === undefined ? keyOf(check) : [];
      if (key.length > 0 && !keys.has(check.on)) keys.set(check.on, key);
    }
  }
  known.set(checks, keys);
  return keys;
}

function uniqueColumns({ kind, column, arguments: given }: CheckDefinition): readonly string[] {
  if (kind !== 'unique' || given['nulls'] === 'equal') return [];
  const columns = (given['columns'] as readonly string[] | undefined) ?? (column === undefined ? [] : [column]);
  return columns.every((name) => /^[A-Za-z_][A-Za-z0-9_ $]*$/.test(name)) ? columns : [];
}

function uniqueCombination({ kind, arguments: given }: CheckDefinition): readonly string[] {
  const combined = given['columns'] as readonly string[] | undefined;
  if (kind !== 'unique' || given['nulls'] !== 'equal' || combined === undefined) return [];
  return combined.every((name) => /^[a-z_][a-z0-9_]*$/.test(name)) ? combined : [];
}
