import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { EngineError } from '../../errors.ts';
import type { Place } from '../../errors.ts';
import { isPattern, matchName } from './match-name.ts';
import type { FoundFile } from './parse-job.ts';
import { identityOf } from './read-bytes.ts';

/**
 * The files in a folder that a name or pattern means, sorted by name. None lies outside of the folder, by its path or through a
 * link; a pattern's stars are in its last part only.
 */
export async function findFiles(input: {
  readonly directory: string;
  readonly file: string;
  /** The connection's name, for messages. */
  readonly connection: string;
  readonly place: Place;
}): Promise<FoundFile[]> {
  const { directory, file, connection, place } = input;
  const missing = (message: string): EngineError => new EngineError('EXTRACT_SOURCE_MISSING', message, { place });
  if (!isInside(directory, resolve(directory, file))) {
    throw missing(`${file} lies outside the folder of connection ${connection}`);
  }
  if (isPattern(dirname(file)))
    throw missing(`${file} has * or ? in the name of a folder; only a file's may have them`);
  const folder = await realpath(directory).catch(() => {
    throw missing(`connection ${connection} has no folder to read from`);
  });
  const names = isPattern(file) ? await listNames(folder, file) : [file];
  const found: FoundFile[] = [];
  for (const name of names) {
    const path = await realpath(join(folder, name)).catch(() => undefined);
    if (path !== undefined && !isInside(folder, path)) {
      throw missing(`${name} is a link out of the folder of connection ${connection}`);
    }
    const stats = path === undefined ? undefined : await stat(path, { bigint: true }).catch(() => undefined);
    if (path === undefined || stats?.isFile() !== true) continue;
    found.push({ name, path, bytes: stats.size.toString(), identity: identityOf(stats) });
  }
  if (found.length === 0) throw missing(`connection ${connection} has no file ${file}`);
  return found;
}

async function listNames(folder: string, file: string): Promise<string[]> {
  const pattern = basename(file);
  const fits = matchName(pattern);
  const names = await readdir(join(folder, dirname(file))).catch((): string[] => []);
  return names
    .filter((name) => fits(name) && (pattern.startsWith('.') || !name.startsWith('.')))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => join(dirname(file), name));
}

function isInside(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}
