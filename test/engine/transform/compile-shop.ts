import { compileProject } from '../../../engine/compile/compile-project.ts';
import type { CompiledProject } from '../../../engine/compile/compile-project.ts';
import type { ModelFile } from '../../../engine/contracts/model.ts';
import type { DeclaredSource, Project } from '../../../engine/contracts/project.ts';
import { liveSchema } from '../../../engine/warehouse/model-schema.ts';
import { minimal } from '../compile/compile-minimal.ts';
import { testModel } from '../../setup/compile-test-run.ts';

const source = (name: string): DeclaredSource => ({
  ...(minimal.sources[0] as DeclaredSource),
  source: 'erp',
  name,
  connection: 'erp',
});

/** Marts of the vertical `shop` by name and template, over the landed tables erp.orders and erp.gone, as they are named when live. */
export function compileShop(models: Readonly<Record<string, string | Partial<ModelFile>>>): CompiledProject {
  const project: Project = {
    ...minimal,
    config: { ...minimal.config, vars: { factor: { type: 'integer', default: 1 } }, env_vars: ['REGION'] },
    sources: [source('orders'), source('gone')],
    models: Object.entries(models).map(([name, model]) =>
      testModel({ name, template: '', ...(typeof model === 'string' ? { template: model } : model) }),
    ),
    macros: [
      { file: 'sql/macros/rate.sql', template: '{% macro rate() %}2{% endmacro %}', package: minimal.config.name },
    ],
  };
  return compileProject(project, { schemaOf: liveSchema, vars: {}, env: { REGION: 'south' }, target: { name: 'dev' } });
}
