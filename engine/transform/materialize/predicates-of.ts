import type { Making } from './materialize.ts';

/** Further conditions on which standing rows a merge or delete+insert looks at, in brackets. */
export function predicatesOf({ model }: Making): readonly string[] {
  return (model.config.incremental_predicates ?? []).map((predicate) => `(${predicate})`);
}
