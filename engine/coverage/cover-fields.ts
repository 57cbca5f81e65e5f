import type { Coverage, CoveredField } from '../contracts/coverage.ts';
import type { ModelLineage } from '../lineage/model-lineage.ts';
import type { Looked } from './columns-of-checks.ts';

/** How each column is looked at; `madeOf` is the lineage of the models, by which a check on a model's column covers what that is made of. */
export function coverFields(
  looked: readonly Looked[],
  madeOf: readonly ModelLineage[],
): (node: string, column: string) => CoveredField {
  const direct = new Map<string, string[]>();
  const whole = new Map<string, string[]>();
  for (const { check, columns, relations } of looked) {
    for (const [node, names] of columns) for (const name of names) push(direct, keyOf(node, name), check);
    for (const node of relations) push(whole, node, check);
  }
  const goesInto = new Map<string, { readonly node: string; readonly column: string }[]>();
  for (const { model, columns } of madeOf) {
    for (const { name, origins } of columns)
      for (const { node, column } of origins) push(goesInto, keyOf(node, column), { node: model, column: name });
  }

  const below = new Map<string, ReadonlySet<string>>();
  const checksBelow = (node: string, column: string): ReadonlySet<string> => {
    const key = keyOf(node, column);
    const before = below.get(key);
    if (before !== undefined) return before;
    const found = new Set<string>();
    // A snapshot that reads itself must not be gone round for ever.
    below.set(key, found);
    for (const made of goesInto.get(key) ?? []) {
      for (const check of direct.get(keyOf(made.node, made.column)) ?? []) found.add(check);
      for (const check of checksBelow(made.node, made.column)) found.add(check);
    }
    return found;
  };

  return (node, column) => {
    const ways: readonly (readonly [Coverage, Iterable<string>])[] = [
      ['checked', direct.get(keyOf(node, column)) ?? []],
      ['through_models', checksBelow(node, column)],
      ['rows', whole.get(node) ?? []],
    ];
    for (const [coverage, ids] of ways) {
      const checks = [...new Set(ids)].toSorted();
      if (checks.length > 0) return { column, coverage, checks };
    }
    return { column, coverage: 'none', checks: [] };
  };
}

function keyOf(node: string, column: string): string {
  return `${node}\0${column}`;
}

function push<T>(into: Map<string, T[]>, key: string, value: T): void {
  const all = into.get(key);
  if (all === undefined) into.set(key, [value]);
  else all.push(value);
}
