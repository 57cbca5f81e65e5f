import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Empties a folder, and writes files into it by their paths. */
export function fileWriter(folder: string): (path: string, text: string) => void {
  rmSync(folder, { recursive: true, force: true });
  return (path, text) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
}
