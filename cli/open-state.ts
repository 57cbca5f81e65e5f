import { join, resolve } from 'node:path';
import { currentState } from '../engine/artifacts/current-state.ts';
import { readState } from '../engine/artifacts/read-state.ts';
import type { CliContext } from './context.ts';
import type { SelectionState } from './match-state.ts';
import type { OpenedProject } from './open-project.ts';
import { readFresher } from './read-fresher.ts';

/** The earlier invocation that `--state` names, and the project as it is now; undefined without the option. */
export function openState(
  options: { readonly state?: string; readonly targetPath?: string },
  { root, project, compiled }: OpenedProject,
  { cwd }: Pick<CliContext, 'cwd'>,
): SelectionState | undefined {
  if (options.state === undefined) return undefined;
  const before = resolve(cwd, options.state);
  return {
    previous: readState(before),
    current: currentState(project, compiled),
    fresher: readFresher(before, join(root, options.targetPath ?? 'target')),
  };
}
