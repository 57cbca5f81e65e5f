import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { SourceFile } from './read-module.ts';

const NOT_OURS = new Set(['node_modules', '.tickmark', '.git', 'examples']);

/** Every TypeScript and JavaScript file of the project, as it stands on disk: a file not yet in git counts too. */
export async function readProjectFiles(root: string): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  const names = glob('**/*.{ts,mts,cts,js,mjs,cjs}', { cwd: root, exclude: (name) => NOT_OURS.has(name) });
  for await (const name of names) {
    files.push({ path: name.split(sep).join('/'), text: readFileSync(join(root, name), 'utf8') });
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
