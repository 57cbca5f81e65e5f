import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../config/did-you-mean.ts';
import { CONFIG_FILE } from '../config/read-config.ts';
import type { Layer } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';

/** What a content file is, which its place in the folders tells. */
export type ContentKind = 'macros' | 'sources' | Layer | 'checks' | 'bespoke' | 'controls' | 'kris';

export interface ContentFile {
  /** Relative to the project's root, with `/`. */
  readonly file: string;
  readonly kind: ContentKind;
  /** Empty for a macro. */
  readonly vertical: string;
  readonly text: string;
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
}

const LAYERS = ['staging', 'marts', 'engagement'] as const satisfies readonly Layer[];

/** Every content file under sql/ and checks/, by path. A folder or file that would be overlooked is an error, because what is not read is not checked. */
export function readContent(root: string, verticals: readonly string[]): readonly ContentFile[] {
  const found: ContentFile[] = [];
  const add = (kind: ContentKind, vertical: string, file: string): void => {
    found.push({ file, kind, vertical, ...readText(root, file) });
  };
  const verticalsIn = (folder: string, others: readonly string[]): Entry[] =>
    list(root, folder).filter(({ name, path, isFolder }) => {
      if (others.includes(name)) return false;
      if (!isFolder) refuse(path, 'a file here is not read; it belongs in the folder of a vertical');
      if (verticals.includes(name)) return true;
      return refuse(path, `no vertical '${name}' in ${CONFIG_FILE}${didYouMean(name, verticals)}`);
    });

  for (const { path } of files(root, 'sql/macros', ['.sql'])) add('macros', '', path);
  for (const { name: vertical, path: folder } of verticalsIn('sql', ['macros'])) {
    for (const { name, path, isFolder } of list(root, folder)) {
      if (name === 'sources.yml' && !isFolder) add('sources', vertical, path);
      else if (!isFolder) refuse(path, `only sources.yml lies here; a model lies in ${LAYERS.join('/, ')}/`);
      else if (!isLayer(name)) refuse(path, `no layer '${name}', only ${LAYERS.join(', ')}${didYouMean(name, LAYERS)}`);
      else for (const model of files(root, path, ['.sql'])) add(name, vertical, model.path);
    }
  }
  for (const { name: vertical, path: folder } of verticalsIn('checks', [])) {
    for (const { name, path } of files(root, folder, ['.yml', '.sql'])) add(kindOfCheckFile(name), vertical, path);
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly isFolder: boolean;
}

function kindOfCheckFile(name: string): ContentKind {
  if (name.endsWith('.sql')) return 'bespoke';
  if (name === 'controls.yml') return 'controls';
  return name === 'kris.yml' ? 'kris' : 'checks';
}

function files(root: string, folder: string, endings: readonly string[]): Entry[] {
  return list(root, folder).filter(({ name, path, isFolder }) => {
    if (isFolder) return refuse(path, `a folder here is not read; put its files in ${folder}/`);
    if (endings.some((ending) => name.endsWith(ending))) return true;
    return refuse(path, `not read; a file here ends in ${endings.join(' or ')}`);
  });
}

/** Without dot files and notes (.md); nothing where there is no such folder. */
function list(root: string, folder: string): Entry[] {
  const path = join(root, folder);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(path)
    .filter((name) => !name.startsWith('.') && !name.endsWith('.md'))
    .sort()
    .map((name) => ({ name, path: `${folder}/${name}`, isFolder: statSync(join(path, name)).isDirectory() }));
}

function readText(root: string, file: string): { text: string; hash: string } {
  const bytes = readFileSync(join(root, file));
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), hash: hash('sha256', bytes) };
  } catch (error) {
    if (error instanceof TypeError) return refuse(file, 'not UTF-8 text');
    throw error;
  }
}

function isLayer(name: string): name is Layer {
  return LAYERS.some((layer) => layer === name);
}

function refuse(file: string, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: { file } });
}
