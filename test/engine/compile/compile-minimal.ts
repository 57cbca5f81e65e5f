import { compileProject } from '../../../engine/compile/compile-project.ts';
import type { CompiledProject, CompileTarget } from '../../../engine/compile/compile-project.ts';
import type { Project } from '../../../engine/contracts/project.ts';
import { loadProject } from '../../../engine/project/load-project.ts';
import { testModel } from '../../setup/compile-test-run.ts';
import { MINIMAL } from '../project/write-project.ts';

export const minimal: Project = loadProject(MINIMAL);

const target: CompileTarget = {
  schemaOf: ({ vertical, layer }) => (layer === 'marts' ? vertical : `${vertical}_${layer}`),
  vars: {},
  env: {},
  target: { name: 'dev' },
};

/** The minimal project with these models (name to template, all of them marts), macros (file to template) and parts of a target. */
export function compileMinimal(
  models: Readonly<Record<string, string>> = {},
  macros: Readonly<Record<string, string>> = {},
  changes: Partial<CompileTarget> & { readonly config?: Partial<Project['config']> } = {},
): CompiledProject {
  const { config, ...ofTarget } = changes;
  const added = Object.entries(models).map(([name, template]) => {
    return testModel({ name, template });
  });
  const project: Project = {
    ...minimal,
    config: { ...minimal.config, ...config },
    models: [...minimal.models, ...added],
    macros: [
      ...minimal.macros,
      ...Object.entries(macros).map(([file, template]) => ({ file, template, package: minimal.config.name })),
    ],
  };
  return compileProject(project, { ...target, ...ofTarget });
}
