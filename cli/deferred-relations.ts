import type { CompiledProject } from '../engine/compile/compile-project.ts';
import { EngineError } from '../engine/errors.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import type { SelectionState } from './match-state.ts';
import type { Resource } from './resource.ts';

/**
 * dbt's `--defer`: the relations of an earlier invocation that stand for models that are not selected and do not stand in the
 * warehouse; with `favorState` also for those that do.
 */
export async function deferredRelations(
  input: {
    readonly all: readonly Resource[];
    readonly selected: readonly Resource[];
    readonly compiled: CompiledProject;
    readonly state: SelectionState | undefined;
    readonly favorState: boolean;
  },
  warehouse: Warehouse,
): Promise<Readonly<Record<string, string>>> {
  const { state } = input;
  if (state === undefined)
    throw new EngineError('OPTION_INVALID', '--defer reads an earlier invocation; give its folder with --state');
  const chosen = new Set(input.selected);
  const known = input.all
    .filter((resource) => ['model', 'seed', 'snapshot'].includes(resource.type) && !chosen.has(resource))
    .flatMap(({ id, uniqueId }) => {
      const relation = state.previous.nodes.get(uniqueId)?.relationName;
      return relation ? [{ id, relation, own: input.compiled.relation(id) }] : [];
    });
  const standing = input.favorState
    ? new Set()
    : await standingOf(
        known.map(({ own }) => own),
        warehouse,
      );
  return Object.fromEntries(known.filter(({ own }) => !standing.has(own)).map(({ id, relation }) => [id, relation]));
}

async function standingOf(relations: readonly string[], warehouse: Warehouse): Promise<ReadonlySet<string>> {
  const rows = await warehouse.query<{ relation: string }>(
    'select relation from json_array_elements_text($1::json) as relation where to_regclass(relation) is not null',
    [JSON.stringify(relations)],
  );
  return new Set(rows.map(({ relation }) => relation));
}
