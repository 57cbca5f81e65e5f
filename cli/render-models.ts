import type { CompiledModel } from '../engine/contracts/model.ts';
import type { CliContext } from './context.ts';
import type { OpenedProject } from './open-project.ts';
import { withLazyWarehouse } from './with-lazy-warehouse.ts';

/** Models with their SQL; a server is opened only when one of their templates asks the warehouse. */
export async function renderModels(
  models: readonly CompiledModel[],
  { root, compiled }: OpenedProject,
  context: CliContext,
): Promise<readonly CompiledModel[]> {
  return withLazyWarehouse({ root, temporal: false, readOnly: true }, context, async (open) => {
    const rendered: CompiledModel[] = [];
    for (const model of models) {
      if (!model.asksWarehouse) {
        rendered.push(model);
        continue;
      }
      const ask = async (query: string) => (await open()).query(query);
      const { sql } = await compiled.renderModel(model.name, { self: compiled.relation(model.name), ask });
      rendered.push({ ...model, sql });
    }
    return rendered;
  });
}
