import { didYouMean } from '../config/did-you-mean.ts';
import type { ModelFile } from '../contracts/model.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';

/** What a check, a control or a KRI may look at. */
export interface Relations {
  /** Returns the name of a model or of a landed table (`source.table`) if there is one, else throws with what was meant. */
  readonly require: (name: string, place: Place) => string;
}

/** The names of all models and landed tables. */
export function relationsOf(models: readonly ModelFile[], sources: readonly DeclaredSource[]): Relations {
  const names = new Set([
    ...models.map((model) => model.name),
    ...sources.map((table) => `${table.source}.${table.name}`),
  ]);
  return {
    require: (name, place) => {
      if (names.has(name)) return name;
      const what = name.includes('.') ? 'source table' : 'model';
      throw new EngineError('PROJECT_INVALID', `no ${what} '${name}'${didYouMean(name, names)}`, { place });
    },
  };
}
