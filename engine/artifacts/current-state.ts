import type { CompiledProject } from '../compile/compile-project.ts';
import type { Project } from '../contracts/project.ts';
import { manifest } from './manifest.ts';
import { stateNodes } from './state-nodes.ts';
import type { StateNode } from './state-nodes.ts';

/** The project as it is now, in the form in which `readState` gives an earlier one. */
export function currentState(project: Project, compiled: CompiledProject): ReadonlyMap<string, StateNode> {
  const now = { id: '', startedAt: '1970-01-01T00:00:00.000Z', elapsedMs: 0 };
  return stateNodes(manifest(project, compiled, now), 'the project');
}
