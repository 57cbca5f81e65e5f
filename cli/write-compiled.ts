import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes compiled SQL to `<target>/compiled/<project>/<path of the model>`, as dbt lays it out, and gives the path of each from the
 * project's folder.
 */
export function writeCompiled(
  models: readonly { readonly name: string; readonly file: string; readonly sql: string }[],
  to: { readonly root: string; readonly targetPath: string; readonly project: string },
): ReadonlyMap<string, string> {
  const folders = new Set<string>();
  const inFile = Map.groupBy(models, ({ file }) => file);
  const written = models
    .filter(({ sql }) => sql !== '')
    .map(({ name, file, sql }): [string, string] => {
      // A file may hold several snapshots.
      const isAlone = basename(file) === `${name}.sql` && inFile.get(file)?.length === 1;
      const own = isAlone ? file : `${file}/${name}.sql`;
      const path = join(to.targetPath, 'compiled', to.project, own);
      const absolute = join(to.root, path);
      const folder = dirname(absolute);
      if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
      folders.add(folder);
      writeFileSync(absolute, `${sql}\n`);
      return [name, path];
    });
  return new Map(written);
}
