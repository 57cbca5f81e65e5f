import { join } from 'node:path';
import { didYouMean } from '../config/did-you-mean.ts';
import type { DbtProject, PathKind } from './dbt-project.ts';
import { listFiles } from './list-files.ts';
import { readFileSync } from 'node:fs';

/** What a file is to Tickmark: a template, YAML that describes, or what is taken over byte for byte. */
export type PlacedKind = 'model' | 'snapshot' | 'macro' | 'check' | 'properties' | 'seed' | 'docs' | 'fixture';

export interface PlacedFile {
  readonly kind: PlacedKind;
  /** Relative to the dbt project. */
  readonly from: string;
  /** Relative to the new project. */
  readonly to: string;
}

export interface LeftFile {
  readonly from: string;
  readonly why: string;
  readonly next: string;
}

/** First folders that mean something in Tickmark and nothing in dbt. `staging` keeps its meaning: a schema of its own. */
const MEANT = ['engagement', 'seeds', 'snapshots', 'macros'];

/** The first folder below a model path as the new project calls it. */
export function renamedFolder(folder: string): string {
  const taken = MEANT.includes(folder) || (folder !== 'staging' && didYouMean(folder, [...MEANT, 'staging']) !== '');
  return taken ? `models_${folder}` : folder;
}

const ORDER: readonly PathKind[] = ['snapshot', 'seed', 'macro', 'test', 'model', 'analysis'];

/** Where each file of a dbt project goes, and which ones go nowhere. */
export function placeFiles(
  project: DbtProject,
  vertical: string,
): { readonly placed: readonly PlacedFile[]; readonly left: readonly LeftFile[] } {
  const placed: PlacedFile[] = [];
  const taken = new Set<string>();
  const left: LeftFile[] = [];
  const seen = new Set<string>();
  for (const kind of ORDER) {
    for (const folder of project.paths[kind]) {
      for (const path of listFiles(join(project.root, folder))) {
        const from = `${folder}/${path}`;
        if (seen.has(from)) continue;
        const found = placeFile(project, { kind, from, path, vertical });
        // Two kinds may share a folder; each takes its own.
        if (found === undefined) continue;
        seen.add(from);
        if (!('to' in found)) left.push(found);
        else placed.push({ ...found, to: takeName(found.to, taken) });
      }
    }
  }
  return { placed, left };
}

function placeFile(
  project: DbtProject,
  file: { readonly kind: PathKind; readonly from: string; readonly path: string; readonly vertical: string },
): PlacedFile | LeftFile | undefined {
  const { kind, from, path, vertical } = file;
  const extension = /\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? '';
  const isYaml = extension === '.yml' || extension === '.yaml';
  const content = `sql/${vertical}`;
  const checks = `checks/${vertical}`;
  const as = (placedKind: PlacedKind, to: string): PlacedFile => ({ kind: placedKind, from, to });
  switch (kind) {
    case 'model':
      if (extension === '.py') {
        return { from, why: 'a model in Python', next: 'write it as SQL; Tickmark runs no Python' };
      }
      if (extension === '.sql') return as('model', `${content}/${inModels(path)}`);
      if (isYaml) return as('properties', `${content}/${inModels(path)}`);
      return extension === '.md' ? as('docs', `${content}/${inModels(path)}`) : undefined;
    case 'snapshot':
      if (extension === '.sql') {
        if (shared(project, 'snapshot', from) && !/\{%-?\s*snapshot\b/.test(read(project, from))) return undefined;
        return as('snapshot', `${content}/snapshots/${path}`);
      }
      if (isYaml && shared(project, 'snapshot', from)) return undefined;
      if (isYaml) return as('properties', `${content}/snapshots/${path}`);
      return extension === '.md' ? as('docs', `${content}/snapshots/${path}`) : undefined;
    case 'seed':
      if (extension === '.csv') return as('seed', `${content}/seeds/${path}`);
      if (shared(project, 'seed', from)) return undefined;
      if (isYaml) return as('properties', `${content}/seeds/${path}`);
      return extension === '.md' ? as('docs', `${content}/seeds/${path}`) : undefined;
    case 'macro':
      if (extension === '.sql') return as('macro', `sql/macros/${path}`);
      if (isYaml) return as('properties', `${checks}/macros/${path}`);
      return extension === '.md' ? as('docs', `${content}/${path}`) : undefined;
    case 'test':
      if (/(^|\/)fixtures\//.test(path))
        return as('fixture', `${checks}/fixtures/${path.replace(/^.*?fixtures\//, '')}`);
      if (extension === '.sql' && path.startsWith('generic/')) return as('macro', `sql/macros/${path}`);
      if (extension === '.sql') return as('check', `${checks}/${path}`);
      if (isYaml) return as('properties', `${checks}/${path}`);
      return extension === '.md' ? as('docs', `${content}/${path}`) : undefined;
    case 'analysis':
      return extension === '.sql'
        ? { from, why: 'an analysis', next: 'keep it, and run it with `tickmark show --inline`' }
        : undefined;
    default:
      return kind satisfies never;
  }
}

function inModels(path: string): string {
  const [first = '', ...rest] = path.split('/');
  return rest.length === 0 ? first : [renamedFolder(first), ...rest].join('/');
}

/** Whether a file of one kind also lies below a model path. */
function shared(project: DbtProject, kind: PathKind, from: string): boolean {
  return kind !== 'model' && project.paths.model.some((folder) => from.startsWith(`${folder}/`));
}

function read(project: DbtProject, from: string): string {
  return readFileSync(join(project.root, from), 'utf8');
}

/** Two model paths may each hold a schema.yml. */
function takeName(to: string, taken: Set<string>): string {
  const [, stem = to, extension = ''] = /^(.*?)(\.[^./]+)$/.exec(to) ?? [];
  let name = to;
  for (let count = 2; taken.has(name); count += 1) name = `${stem}_${count}${extension}`;
  taken.add(name);
  return name;
}
