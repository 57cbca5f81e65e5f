import { AS_OF_FORMS, parseAsOf } from '../engine/compile/as-of.ts';
import type { AsOf } from '../engine/compile/as-of.ts';
import { compileProject } from '../engine/compile/compile-project.ts';
import type { CompiledProject } from '../engine/compile/compile-project.ts';
import type { Project } from '../engine/contracts/project.ts';
import { EngineError } from '../engine/errors.ts';
import { loadProject } from '../engine/project/load-project.ts';
import { liveSchema } from '../engine/warehouse/model-schema.ts';
import type { CliContext } from './context.ts';
import { findRoot } from './find-root.ts';
import { parseVars } from './parse-vars.ts';

export interface ProjectOptions {
  readonly projectDir?: string;
  readonly vars?: string;
  readonly asOf?: string;
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
    asOf: options.asOf === undefined ? undefined : momentOf(options.asOf),
  });
  return { root, project, compiled };
}

function momentOf(text: string): AsOf {
  const asOf = parseAsOf(text);
  if (asOf === undefined) throw new EngineError('QUERY_FAILED', `--as-of takes ${AS_OF_FORMS}`);
  return asOf;
}
