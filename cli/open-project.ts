import { compileProject } from '../engine/compile/compile-project.ts';
import type { CompiledProject } from '../engine/compile/compile-project.ts';
import type { Project } from '../engine/contracts/project.ts';
import { loadProject } from '../engine/project/load-project.ts';
import { liveSchema } from '../engine/warehouse/model-schema.ts';
import type { CliContext } from './context.ts';
import { findRoot } from './find-root.ts';
import { parseVars } from './parse-vars.ts';

export interface ProjectOptions {
  readonly projectDir?: string;
  readonly vars?: string;
}

/** Loads and compiles the project for an author: models as they are named when live. Needs no server. */
export function openProject(
  options: ProjectOptions,
  context: CliContext,
): { readonly root: string; readonly project: Project; readonly compiled: CompiledProject } {
  const root = findRoot(options.projectDir, context.cwd);
  const project = loadProject(root);
  const compiled = compileProject(project, {
    vars: parseVars(options.vars),
    env: context.env,
    schemaOf: liveSchema,
    target: { name: 'warehouse' },
  });
  return { root, project, compiled };
}
