import { compileRun } from '../../engine/compile/compile-run.ts';
import type { RunCompilation } from '../../engine/compile/compile-run.ts';
import type { ModelFile } from '../../engine/contracts/model.ts';
import type { DeclaredSource, Project } from '../../engine/contracts/project.ts';
import type { RunRef } from '../../engine/contracts/run.ts';
import { buildSchema, liveSchema } from '../../engine/warehouse/model-schema.ts';

/** A model by its template; a mart of the vertical `shop` unless it says otherwise. */
export type TestModel = Partial<ModelFile> & { readonly name: string; readonly template: string };

/** Compiles a project of nothing but these models for a run, as a worker does. */
export function compileTestRun(
  run: RunRef,
  models: readonly TestModel[],
  sources: readonly DeclaredSource[] = [],
): RunCompilation {
  const project: Project = {
    root: '.',
    config: {
      name: 'test',
      warehouse: { url: '', readers: [] },
      connections: {},
      vars: {},
      env_vars: [],
      verticals: {},
      alerts: [],
      closed_periods: [],
    },
    sources,
    models: models.map((model) => ({
      vertical: 'shop',
      layer: 'marts',
      file: `sql/shop/marts/${model.name}.sql`,
      ...model,
    })),
    macros: [],
    checks: [],
    controls: [],
    kris: [],
    hash: '0'.repeat(64),
  };
  return compileRun(project, {
    vertical: run.vertical,
    vars: {},
    env: {},
    liveSchema,
    buildSchema: (model) => buildSchema(model, run.runNo),
  });
}
