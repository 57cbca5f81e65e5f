import { randomUUID } from 'node:crypto';
import { AS_OF_FORMS, parseAsOf } from '../engine/compile/as-of.ts';
import type { AsOf } from '../engine/compile/as-of.ts';
import { compileProject } from '../engine/compile/compile-project.ts';
import type { CompiledProject } from '../engine/compile/compile-project.ts';
import type { Project } from '../engine/contracts/project.ts';
import type { Vars } from '../engine/contracts/run.ts';
import { EngineError } from '../engine/errors.ts';
import { loadProject } from '../engine/project/load-project.ts';
import { liveSchema } from '../engine/warehouse/model-schema.ts';
import type { CliContext } from './context.ts';
import { findRoot } from './find-root.ts';
import { parseMoment } from './parse-moment.ts';
import { parseVars } from './parse-vars.ts';

export interface ProjectOptions {
  readonly projectDir?: string;
  readonly vars?: string;
  readonly asOf?: string;
  /** What run_started_at says. */
  readonly runClock?: string;
  readonly fullRefresh?: boolean;
  readonly empty?: boolean;
}

export interface OpenedProject {
  readonly root: string;
  readonly project: Project;
  readonly compiled: CompiledProject;
  readonly vars: Vars;
  /** What invocation_id says. */
  readonly invocationId: string;
  /** What run_started_at says. */
  readonly runClock: string;
}

/** Loads and compiles the project for an author: models as they are named when live. Needs no server. `log` takes what templates tell. */
export function openProject(
  options: ProjectOptions,
  context: Pick<CliContext, 'cwd' | 'env'>,
  log?: (message: string) => void,
): OpenedProject {
  const root = findRoot(options.projectDir, context.cwd);
  const project = loadProject(root);
  const vars = parseVars(options.vars);
  const invocationId = randomUUID();
  const runClock =
    options.runClock === undefined ? new Date().toISOString() : parseMoment(options.runClock, '--run-clock');
  const compiled = compileProject(project, {
    vars,
    env: context.env,
    schemaOf: liveSchema,
    target: { name: 'warehouse' },
    runClock,
    invocationId,
    log,
    flags: { fullRefresh: options.fullRefresh ?? false, empty: options.empty ?? false },
    asOf: options.asOf === undefined ? undefined : momentOf(options.asOf),
  });
  return { root, project, compiled, vars, invocationId, runClock };
}

function momentOf(text: string): AsOf {
  const asOf = parseAsOf(text);
  if (asOf === undefined) throw new EngineError('QUERY_FAILED', `--as-of takes ${AS_OF_FORMS}`);
  return asOf;
}
