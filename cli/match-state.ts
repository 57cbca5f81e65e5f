import type { State, StateNode } from '../engine/artifacts/read-state.ts';
import { EngineError } from '../engine/errors.ts';
import type { Resource } from './resource.ts';

/** An earlier invocation, and the project as it is now in the same form. */
export interface SelectionState {
  readonly previous: State;
  readonly current: ReadonlyMap<string, StateNode>;
  /** Unique ids of sources that have newer rows than the earlier invocation saw. */
  readonly fresher: ReadonlySet<string>;
}

const CHANGES = {
  body: (a, b) => a.checksum !== b.checksum,
  configs: (a, b) => a.configHash !== b.configHash,
  relation: (a, b) => a.relationName !== b.relationName,
  contract: (a, b) => a.contractChecksum !== b.contractChecksum,
  macros: (a, b) => a.macros.size !== b.macros.size || [...a.macros].some(([id, text]) => b.macros.get(id) !== text),
  persisted_descriptions: (a, b, { config }) => config['persist_docs'] !== undefined && a.description !== b.description,
} as const satisfies Readonly<Record<string, (now: StateNode, then: StateNode, resource: Resource) => boolean>>;

export const STATE_FORMS = [
  'new',
  'old',
  'modified',
  ...Object.keys(CHANGES).map((change) => `modified.${change}`),
  'unmodified',
];

/** dbt's `state:`. What the earlier invocation did not know is new, and modified too. */
export function matchState(resource: Resource, form: string, state: SelectionState | undefined): boolean {
  if (state === undefined) throw new EngineError('SELECTOR_INVALID', 'state: needs --state');
  const { uniqueId } = resource;
  const now = state.current.get(uniqueId);
  const then = state.previous.nodes.get(uniqueId);
  if (now === undefined) return false;
  if (form === 'new') return then === undefined;
  if (form === 'old') return then !== undefined;
  const change = form.startsWith('modified.') ? (form.slice('modified.'.length) as keyof typeof CHANGES) : undefined;
  if (then === undefined) return form.startsWith('modified');
  if (change !== undefined) return CHANGES[change](now, then, resource);
  const modified = Object.values(CHANGES).some((differs) => differs(now, then, resource));
  return form === 'modified' ? modified : !modified;
}
