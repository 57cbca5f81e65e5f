import { compileRun } from '../../engine/compile/compile-run.ts';
import type { RunCompilation } from '../../engine/compile/compile-run.ts';
import { ConfigSpec } from '../../engine/contracts/config.ts';
import type { ModelFile } from '../../engine/contracts/model.ts';
import type { DeclaredSource, MacroFile, Project } from '../../engine/contracts/project.ts';
import type { RunRef } from '../../engine/contracts/run.ts';
import { NOTHING_SAID } from '../../engine/project/load-models.ts';
import { buildSchema, liveSchema } from '../../engine/warehouse/model-schema.ts';

/** A model by its template; a mart of the vertical `shop` unless it says otherwise. */
export type TestModel = Partial<ModelFile> & { readonly name: string; readonly template: string };

export function testModel(model: TestModel): ModelFile {
  return {
    resource: 'model',
    vertical: 'shop',
    layer: 'marts',
    file: `sql/shop/marts/${model.name}.sql`,
    firstLine: 1,
    properties: NOTHING_SAID,
    ...model,
  };
}

/** Compiles a project of nothing but these models for a run, as a worker does. */
export function compileTestRun(
  run: RunRef,
  models: readonly TestModel[],
  sources: readonly DeclaredSource[] = [],
  macros: readonly MacroFile[] = [],
): RunCompilation {
  const project: Project = {
    root: '.',
    config: ConfigSpec.parse({ name: 'test', warehouse: { url: '' }, verticals: {} }),
    sources,
    models: models.map(testModel),
    macros,
    docs: [],
    exposures: [],
    unitTests: [],
    checks: [],
    waivers: [],
    controls: [],
    kris: [],
    hash: '0'.repeat(64),
  };
  return compileRun(project, {
    vertical: run.vertical,
    vars: {},
    env: {},
    runClock: '2026-01-31T08:00:00.000000Z',
    invocationId: run.runId,
    liveSchema,
    buildSchema: (model) => buildSchema(model, run.runNo),
  });
}
