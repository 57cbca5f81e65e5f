import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import { EngineError } from '../errors.ts';

/** dbt_project.yml as its author wrote it, and what is needed of it. */
export interface DbtProject {
  /** Absolute path of its folder. */
  readonly root: string;
  /** `dbt_project.yml`, relative to the project that is brought over; of a package with its folder. */
  readonly file: string;
  readonly name: string;
  readonly profile: string | undefined;
  readonly paths: DbtPaths;
  readonly text: string;
  readonly document: Document;
  /** The line of a node or of a key's pair. */
  readonly lineOf: (node: Node | undefined | null) => number | undefined;
  readonly top: YAMLMap;
}

export type PathKind = 'model' | 'seed' | 'test' | 'macro' | 'snapshot' | 'analysis';
export type DbtPaths = Readonly<Record<PathKind, readonly string[]>>;

const DEFAULT_PATHS: Readonly<Record<PathKind, string>> = {
  model: 'models',
  seed: 'seeds',
  test: 'tests',
  macro: 'macros',
  snapshot: 'snapshots',
  analysis: 'analyses',
};
/** As dbt called them before 1.0. */
const OLD_PATHS: Readonly<Partial<Record<PathKind, string>>> = { model: 'source-paths', seed: 'data-paths' };

/** Reads the dbt_project.yml of a folder; throws INIT_NOT_DBT when there is none, or none that can be read. */
export function readDbtProject(root: string, from: string = root): DbtProject {
  const path = join(root, 'dbt_project.yml');
  const file = relative(from, path).replaceAll('\\', '/');
  if (!existsSync(path)) {
    throw new EngineError('INIT_NOT_DBT', `no dbt_project.yml in ${root}`);
  }
  const text = readFileSync(path, 'utf8');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: false });
  const [problem] = document.errors;
  if (problem) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new EngineError('INIT_NOT_DBT', problem.message.split('\n')[0] ?? 'not YAML', {
      place: { file, line, column: col },
    });
  }
  const top = document.contents;
  if (!isMap(top)) throw new EngineError('INIT_NOT_DBT', 'the file holds no keys', { place: { file } });
  const name: unknown = top.get('name');
  if (typeof name !== 'string' || name === '') {
    throw new EngineError('INIT_NOT_DBT', 'the project has no name', { place: { file } });
  }
  const profile: unknown = top.get('profile');
  return {
    root: resolve(root),
    file,
    name,
    profile: typeof profile === 'string' ? profile : undefined,
    paths: readPaths(document),
    text,
    document,
    top,
    lineOf: (node) => (node?.range ? lines.linePos(node.range[0]).line : undefined),
  };
}

/** The pair of a key in a map, its spelling with - or _ being the same. */
export function pairOf(map: YAMLMap | undefined, key: string): Pair<Node, Node | null> | undefined {
  return map?.items.find((pair) => isScalar(pair.key) && plain(pair.key.value) === plain(key)) as
    Pair<Node, Node | null> | undefined;
}

function plain(key: unknown): string {
  return String(key).replaceAll('-', '_');
}

function readPaths(document: Document): DbtPaths {
  const value = document.toJS() as Record<string, unknown>;
  const read = (kind: PathKind): readonly string[] => {
    const old = OLD_PATHS[kind];
    const given = value[`${kind}-paths`] ?? value[`${kind}_paths`] ?? (old === undefined ? undefined : value[old]);
    const listed = typeof given === 'string' ? [given] : Array.isArray(given) ? given.map(String) : undefined;
    return (listed ?? [DEFAULT_PATHS[kind]]).map((path) => path.replace(/^\.\//, '').replace(/\/+$/, ''));
  };
  return {
    model: read('model'),
    seed: read('seed'),
    test: read('test'),
    macro: read('macro'),
    snapshot: read('snapshot'),
    analysis: read('analysis'),
  };
}
