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
  /** From the model that is looked at up to where the search began; a set keeps the order it was filled in. */
  const path = new Set<string>();
  const visit = (model: CompiledModel): void => {
    if (ordered.has(model)) return;
    path.add(model.name);
    for (const name of model.dependsOn.models) {
      if (path.has(name)) {
        const here = [...path];
        const circle = [...here.slice(here.indexOf(name)), name].join(' -> ');
        throw new EngineError('COMPILE_CYCLE', `models refer to each other in a circle: ${circle}`, {
          place: placeOfRef(model, name),
        });
      }
      const next = byName.get(name);
      if (next) visit(next);
    }
    path.delete(model.name);
    ordered.add(model);
  };
  for (const model of models) visit(model);
  return [...ordered];
}
