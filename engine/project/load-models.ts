import { basename } from 'node:path';
import type { Layer, ModelFile } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';
import type { ContentFile } from './read-content.ts';

/** The SQL files as models, each named for its file; a name stands once in the whole project. */
export function loadModels(files: readonly (ContentFile & { readonly kind: Layer })[]): readonly ModelFile[] {
  const models = new Map<string, ModelFile>();
  for (const { file, kind, vertical, text } of files) {
    const name = basename(file, '.sql');
    const first = models.get(name);
    if (first) refuse(file, `a model '${name}' is also in ${first.file}`);
    // 63 bytes are what Postgres keeps of a name; it cuts the rest without a word.
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
      refuse(file, `a model is named with lower case letters, digits and _, at most 63 of them`);
    }
    models.set(name, { name, vertical, layer: kind, file, template: text });
  }
  return [...models.values()];
}

function refuse(file: string, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: { file } });
}
