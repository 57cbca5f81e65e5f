import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EngineError } from '../engine/errors.ts';

/** The project's folder: the one given, or the nearest one upward that holds a tickmark.yml. */
export function findRoot(given: string | undefined, cwd: string): string {
  if (given !== undefined) {
    const root = resolve(cwd, given);
    if (existsSync(join(root, 'tickmark.yml'))) return root;
    throw new EngineError('PROJECT_NOT_FOUND', `${given} holds no tickmark.yml`);
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'tickmark.yml'))) return folder;
    if (dirname(folder) === folder)
      throw new EngineError('PROJECT_NOT_FOUND', 'no tickmark.yml here or in a folder above');
  }
}
