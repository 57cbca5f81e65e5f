import type { Project } from '../contracts/project.ts';
import { compileParsed } from './compile-parsed.ts';
import type { CompiledProject, CompileTarget } from './compile-project.ts';
import { parseProject } from './parse-project.ts';
import { relation } from '../sql-text.ts';

/** A project compiled twice for one run. */
export interface RunCompilation {
  /** With the names of the schemas that the run builds in: what is executed. */
  readonly beside: CompiledProject;
  /** With the live schemas' names, the same from run to run: what the evidence keeps. */
  readonly live: CompiledProject;
}

type SchemaOf = CompileTarget['schemaOf'];

/**
 * Compiles a project for a run of one vertical; other verticals' models are read where they are live, and `this` is always the
 * live relation. Templates are read once.
 */
export function compileRun(
  project: Project,
  run: {
    readonly vertical: string;
    readonly liveSchema: SchemaOf;
    readonly buildSchema: SchemaOf;
    readonly target?: CompileTarget['target'];
  } & Omit<CompileTarget, 'schemaOf' | 'thisOf' | 'target' | 'asOf'>,
): RunCompilation {
  const { vertical, liveSchema, buildSchema, target = { name: 'warehouse' }, ...common } = run;
  const parsed = parseProject(project);
  const live = compileParsed(parsed, { ...common, target, schemaOf: liveSchema });
  const beside = compileParsed(
    parsed,
    {
      ...common,
      target,
      schemaOf: (model) => (model.vertical === vertical ? buildSchema(model) : liveSchema(model)),
      thisOf: (model) => relation(liveSchema(model), model.name),
    },
    live.shared,
  );
  return { beside, live };
}
