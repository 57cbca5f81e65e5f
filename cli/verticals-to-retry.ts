import type { StateResult } from '../engine/artifacts/read-state.ts';
import type { Resource } from './resource.ts';

const FAILED = ['error', 'fail', 'runtime error', 'skipped', 'partial success'];

/**
 * The verticals in which something failed or was skipped, or that the invocation did not come to; all of them when what failed is
 * not in the project any more. A vertical is published whole or not at all, so all of it is asked for again: what was built from the
 * same definition and inputs is taken over.
 */
export function verticalsToRetry(
  results: ReadonlyMap<string, StateResult>,
  resources: readonly Resource[],
): readonly string[] {
  const verticals = resources.filter(({ type }) => type === 'vertical').map(({ id }) => id);
  const verticalOf = new Map(resources.map(({ uniqueId, vertical }) => [uniqueId, vertical]));
  const reached = new Set([...results.keys()].map((id) => verticalOf.get(id)));
  const failed = [...results.values()]
    .filter(({ status }) => FAILED.includes(status))
    .map(({ uniqueId }) => verticalOf.get(uniqueId));
  if (failed.length === 0) return [];
  if (failed.includes(undefined)) return verticals;
  return verticals.filter((vertical) => failed.includes(vertical) || !reached.has(vertical));
}
