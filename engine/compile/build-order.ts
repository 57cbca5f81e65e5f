import type { CompiledModel } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';

/** The models, every one after those it refers to, else as given; a circle is an error at the reference that closes it. */
export function buildOrder(
  models: readonly CompiledModel[],
  placeOfRef: (from: CompiledModel, to: string) => Place,
): readonly CompiledModel[] {
  const byName = new Map(models.map((model) => [model.name, model]));
  const ordered = new Set<CompiledModel>();
  const visit = (model: CompiledModel, path: readonly string[]): void => {
    if (ordered.has(model)) return;
    const here = [...path, model.name];
    for (const name of model.dependsOn.models) {
      const start = here.indexOf(name);
      if (start >= 0) {
        const circle = [...here.slice(start), name].join(' -> ');
        throw new EngineError('COMPILE_CYCLE', `models refer to each other in a circle: ${circle}`, {
          place: placeOfRef(model, name),
        });
      }
      const next = byName.get(name);
      if (next) visit(next, here);
    }
    ordered.add(model);
  };
  for (const model of models) visit(model, []);
  return [...ordered];
}
