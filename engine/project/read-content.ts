import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { didYouMean } from '../config/did-you-mean.ts';
import { CONFIG_FILE } from '../config/read-config.ts';
import { EngineError } from '../errors.ts';
import type { ContentFile, ContentKind } from './content-file.ts';
import { hashFile } from './hash-file.ts';

/** First folders of a vertical that decide what their files become; any other holds marts. */
const KNOWN_FOLDERS: readonly string[] = ['staging', 'engagement', 'seeds', 'snapshots'];

/** Folders within folders within: deeper than people nest, and an end for links that lead back. */
const DEEPEST = 24;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Every content file under sql/ and checks/, by path: what its folders and its ending make of it. A folder or file that would be
 * overlooked is an error, because what is not read is not checked.
 */
export function readContent(root: string, verticals: readonly string[]): readonly ContentFile[] {
  const found: ContentFile[] = [];
  for (const { name, path } of topFolders(root, 'sql')) {
    if (name === 'macros') walk(root, path, [], (file) => read(root, file, '', macroKind(file), found));
    else if (name === 'packages') readPackages(root, path, found);
    else {
      requireVertical(name, path, verticals);
      walk(root, path, [], (file) => read(root, file, name, kindInSql(file), found));
    }
  }
  for (const { name, path } of topFolders(root, 'checks')) {
    requireVertical(name, path, verticals);
    walk(root, path, [], (file) => read(root, file, name, kindInChecks(file), found));
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly isFolder: boolean;
}

function topFolders(root: string, folder: string): readonly Entry[] {
  return list(root, folder).filter(({ name, path, isFolder }) => {
    if (isFolder || name.endsWith('.md')) return isFolder;
    return refuse(path, 'a file here is not read; it belongs in the folder of a vertical');
  });
}

/** A file on its way to be read. */
interface Found extends Entry {
  readonly folders: readonly string[];
  readonly ending: string;
  readonly package?: string | undefined;
}

/** What a file is; undefined: it says nothing to Tickmark. */
type Kind = ContentKind | undefined;

function kindInSql({ path, folders, ending }: Found): Kind {
  const [first] = folders;
  switch (ending) {
    case '.sql':
      if (first === 'seeds') return refuse(path, 'a seed is a .csv file; a query belongs in another folder');
      if (first === 'snapshots') return 'snapshot';
      return first === 'staging' || first === 'engagement' ? first : 'marts';
    case '.csv':
      if (first === 'seeds') return 'seed';
      if (folders.includes('fixtures')) return 'fixture';
      return refuse(path, 'a .csv file is read in seeds/, or, with rows of a unit test, in a folder fixtures/');
    case '.py':
      return refuse(path, 'a model in Python cannot be built; write it in SQL');
    default:
      return ofAnyFolder(ending) ?? refuse(path, 'not read; a file here ends in .sql, .yml, .csv or .md');
  }
}

function kindInChecks({ path, name, folders, ending }: Found): Kind {
  if (folders.includes('fixtures') && (ending === '.csv' || ending === '.sql')) return 'fixture';
  if (ending === '.sql') return 'bespoke';
  if (ending === '.csv') return refuse(path, 'a .csv file is read in a folder fixtures/, with rows of a unit test');
  if (/^controls\.ya?ml$/.test(name)) return 'controls';
  if (/^kris\.ya?ml$/.test(name)) return 'kris';
  if (/^waivers\.ya?ml$/.test(name)) return 'waivers';
  if (/^survivors\.ya?ml$/.test(name)) return 'survivors';
  return ofAnyFolder(ending) ?? refuse(path, 'not read; a file here ends in .yml or .sql');
}

function macroKind({ path, ending }: Found): Kind {
  if (ending === '.sql') return 'macros';
  return ofAnyFolder(ending) ?? refuse(path, 'not read; a file here ends in .sql or .yml');
}

function ofAnyFolder(ending: string): Kind | undefined {
  if (ending === '.yml' || ending === '.yaml') return 'properties';
  return ending === '.md' ? 'docs' : undefined;
}

function readPackages(root: string, folder: string, found: ContentFile[]): void {
  for (const { name, path, isFolder } of list(root, folder)) {
    if (!isFolder) refuse(path, 'a file here is not read; it belongs in the folder of a package, under macros/');
    for (const inner of list(root, path)) {
      if (!inner.isFolder || inner.name !== 'macros') refuse(inner.path, `not read; of a package only macros/ is`);
      walk(root, inner.path, [], (file) => read(root, { ...file, package: name }, '', macroKind(file), found));
    }
  }
}

function walk(root: string, folder: string, folders: readonly string[], take: (file: Found) => void): void {
  if (folders.length > DEEPEST) refuse(folder, `more than ${DEEPEST} folders deep; does a link lead back?`);
  const ofVertical = folders.length === 0 && !/^sql\/(?:macros|packages)|^checks/.test(folder);
  for (const entry of list(root, folder)) {
    if (!entry.isFolder) {
      take({ ...entry, folders, ending: extname(entry.name).toLowerCase() });
      continue;
    }
    if (ofVertical) refuseNearlyKnown(entry);
    walk(root, entry.path, [...folders, entry.name], take);
  }
}

/** A slip of the hand must not move a model into another schema. */
function refuseNearlyKnown({ name, path }: Entry): void {
  if (KNOWN_FOLDERS.includes(name)) return;
  const guess = didYouMean(name, KNOWN_FOLDERS);
  if (guess !== '')
    refuse(
      path,
      `'${name}' is nearly one of ${KNOWN_FOLDERS.join(', ')}, which decide what their files become${guess}`,
    );
}

function requireVertical(name: string, path: string, verticals: readonly string[]): void {
  if (!verticals.includes(name)) refuse(path, `no vertical '${name}' in ${CONFIG_FILE}${didYouMean(name, verticals)}`);
}

function read(root: string, file: Found, vertical: string, kind: Kind, found: ContentFile[]): void {
  if (kind === undefined) return;
  const { path, folders } = file;
  const content = kind === 'seed' ? { text: '', hash: hashFile(join(root, path)) } : readText(root, path);
  // A note without docs blocks is nobody's content.
  if (kind === 'docs' && !/\{%[-+]?\s*docs\s/.test(content.text)) return;
  found.push({ file: path, kind, vertical, folders, package: file.package, ...content });
}

/** Without dot files; nothing where there is no such folder. */
function list(root: string, folder: string): Entry[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .map((entry) => {
        const path = `${folder}/${entry.name}`;
        const isFolder = entry.isSymbolicLink() ? statSync(join(root, path)).isDirectory() : entry.isDirectory();
        return { name: entry.name, path, isFolder };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

function readText(root: string, file: string): { text: string; hash: string } {
  const bytes = readFileSync(join(root, file));
  try {
    return { text: decoder.decode(bytes), hash: hash('sha256', bytes) };
  } catch (error) {
    if (error instanceof TypeError) return refuse(file, 'not UTF-8 text');
    throw error;
  }
}

function refuse(file: string, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: { file } });
}
