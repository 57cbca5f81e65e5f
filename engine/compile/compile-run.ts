import type { Vars } from '../contracts/run.ts';
import type { Project } from '../contracts/project.ts';
import { compileProject } from './compile-project.ts';
import type { CompiledProject } from './compile-project.ts';

/** A project compiled twice for one run. */
export interface RunCompilation {
  /** With the names of the schemas that the run builds in: what is executed. */
  readonly beside: CompiledProject;
  /** With the live schemas' names, the same from run to run: what the evidence keeps. */
  readonly live: CompiledProject;
}

/** Compiles a project for a run of one vertical; other verticals' models are read where they are live. */
export function compileRun(
  project: Project,
  run: {
    readonly vertical: string;
    readonly vars: Vars;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly liveSchema: Parameters<typeof compileProject>[1]['schemaOf'];
    readonly buildSchema: Parameters<typeof compileProject>[1]['schemaOf'];
  },
): RunCompilation {
  const { vertical, vars, env, liveSchema, buildSchema } = run;
  const common = { vars, env, target: { name: 'warehouse' } };
  return {
    beside: compileProject(project, {
      ...common,
      schemaOf: (model) => (model.vertical === vertical ? buildSchema(model) : liveSchema(model)),
    }),
    live: compileProject(project, { ...common, schemaOf: liveSchema }),
  };
}
