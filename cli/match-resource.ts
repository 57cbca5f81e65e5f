import { posix } from 'node:path';
import { didYouMean } from '../engine/config/did-you-mean.ts';
import { EngineError } from '../engine/errors.ts';
import { matchState, STATE_FORMS } from './match-state.ts';
import type { SelectionState } from './match-state.ts';
import { hasWildcard, matchPattern } from './match-pattern.ts';
import type { Criterion } from './parse-selector.ts';
import type { Resource, ResourceType } from './resource.ts';

type Match = (resource: Resource, value: string, state: SelectionState | undefined) => boolean;

/** What each method compares; dbt's, with `vertical`. */
const METHODS: Readonly<Record<string, Match>> = {
  fqn: matchName,
  tag: ({ tags }, value) => tags.some((tag) => matchPattern(value, tag)),
  path: ({ file }, value) => matchPath(file, value),
  file: ({ file }, value) => {
    const name = posix.basename(file);
    return matchPattern(value, name) || matchPattern(value, name.slice(0, -posix.extname(name).length));
  },
  source: (resource, value) => resource.type === 'source' && matchDotted(resource, value),
  exposure: (resource, value) => resource.type === 'exposure' && matchDotted(resource, value),
  unit_test: (resource, value) => resource.type === 'unit_test' && matchDotted(resource, value),
  resource_type: ({ type }, value) => typesOf(value).includes(type),
  test_type: ({ type, test }, value) => {
    if (value === 'unit') return type === 'unit_test';
    return type === 'check' && (value === 'data' || test?.form === value);
  },
  test_name: ({ test }, value) => test !== null && matchPattern(value, test.name),
  package: (resource, value) => value === 'this' || matchPattern(value, resource.package),
  group: ({ config }, value) => typeof config['group'] === 'string' && matchPattern(value, config['group']),
  access: ({ type, config }, value) => type === 'model' && (config['access'] ?? 'protected') === value,
  vertical: ({ vertical }, value) => matchPattern(value, vertical),
  state: matchState,
  result: ({ uniqueId }, value, state) => needed(state, 'result').previous.results.get(uniqueId)?.status === value,
  source_status: ({ uniqueId }, value, state) => {
    if (value !== 'fresher') throw new EngineError('SELECTOR_INVALID', `source_status takes fresher, not '${value}'`);
    return needed(state, 'source_status').fresher.has(uniqueId);
  },
};

const TEST_TYPES = ['generic', 'singular', 'data', 'unit'];
const RESULTS = ['error', 'fail', 'no-op', 'pass', 'skipped', 'success', 'warn'];

/** Whether a word's method and value name a resource. */
export function matchResource(
  resource: Resource,
  { method, value }: Criterion,
  state: SelectionState | undefined,
): boolean {
  if (method.startsWith('config.')) return matchConfig(resource.config, method.slice('config.'.length), value);
  return METHODS[method]?.(resource, value, state) ?? false;
}

/** Refuses a method that there is not, and a value that its method does not know. */
export function refuseUnfit({ word, method, value }: Criterion, state: SelectionState | undefined): void {
  if (method.startsWith('config.')) return;
  const methods = Object.keys(METHODS);
  if (!methods.includes(method)) {
    const known = `; there are ${[...methods, 'config.<key>', 'selector'].join(', ')}`;
    throw new EngineError(
      'SELECTOR_INVALID',
      `no selector method '${method}' in '${word}'${didYouMean(method, methods) || known}`,
    );
  }
  const values = { test_type: TEST_TYPES, result: RESULTS, state: STATE_FORMS, resource_type: TYPE_WORDS }[method];
  if (values !== undefined && !values.includes(value)) {
    const known = `; it takes ${values.join(', ')}`;
    throw new EngineError(
      'SELECTOR_INVALID',
      `'${word}': no ${method} '${value}'${didYouMean(value, values) || known}`,
    );
  }
  if (['state', 'result', 'source_status'].includes(method)) needed(state, method);
}

/** dbt's words for types of resources beside ours: a test is a check or a unit test. */
const TYPES: Readonly<Record<string, readonly ResourceType[]>> = {
  vertical: ['vertical'],
  source: ['source'],
  seed: ['seed'],
  model: ['model'],
  snapshot: ['snapshot'],
  check: ['check'],
  test: ['check'],
  waiver: ['waiver'],
  unit_test: ['unit_test'],
  exposure: ['exposure'],
  kri: ['kri'],
  control: ['control'],
};
export const TYPE_WORDS = Object.keys(TYPES);

export function typesOf(word: string): readonly ResourceType[] {
  return TYPES[word] ?? [];
}

/** By its id, for a check also as dbt would name it, or by a dotted path of folders that begins at the project, at the vertical or below it. */
function matchName({ id, name, type, fqn }: Resource, value: string): boolean {
  if (id === value) return true;
  if (!IN_FOLDERS.includes(type)) return false;
  if (matchPattern(value, id) || matchPattern(value, name)) return true;
  const [own = '', , ...folders] = fqn;
  return [fqn, fqn.slice(1), folders, [own, ...folders]].some((path) => matchFqn(path, value));
}

/** What a folder's name or a pattern selects; sources have a method of their own. */
const IN_FOLDERS: readonly ResourceType[] = ['model', 'seed', 'snapshot', 'check', 'unit_test', 'exposure'];

function matchFqn(fqn: readonly string[], value: string): boolean {
  const parts = fqn.join('.').split('.');
  const wanted = value.split('.');
  if (parts.length < wanted.length) return false;
  const wild = wanted.findIndex(hasWildcard);
  const plain = wild === -1 ? wanted.length : wild;
  if (!wanted.slice(0, plain).every((part, at) => parts[at] === part)) return false;
  return wild === -1 || matchPattern(wanted.slice(wild).join('.'), parts.slice(wild).join('.'));
}

/** `source`, `source.table` or `package.source.table`; each part may have wildcards. */
function matchDotted({ id, package: own }: Resource, value: string): boolean {
  const wanted = value.split('.');
  const parts = id.split('.');
  const fits = (path: readonly string[]): boolean =>
    wanted.length <= path.length && wanted.every((part, at) => matchPattern(part, path[at] ?? ''));
  return fits(parts) || (wanted.length > 1 && fits([own, ...parts]));
}

/** The file itself, or a folder that it lies in. */
function matchPath(file: string, value: string): boolean {
  const wanted = posix.normalize(value.replaceAll('\\', '/')).replace(/\/$/, '');
  for (let path = file; path !== '.' && path !== '/'; path = posix.dirname(path)) {
    if (path === wanted || (hasWildcard(wanted) && posix.matchesGlob(path, wanted))) return true;
  }
  return false;
}

function matchConfig(config: Readonly<Record<string, unknown>>, keys: string, value: string): boolean {
  let found: unknown = config;
  for (const key of keys.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return false;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  if (Array.isArray(found)) return found.some((each) => matchPattern(value, String(each)));
  if (typeof found === 'object' && found !== null) return Object.hasOwn(found, value);
  return isPlain(found) && String(found).toLowerCase() === value.toLowerCase();
}

function isPlain(found: unknown): found is string | number | boolean | null {
  return found === null || ['string', 'number', 'boolean'].includes(typeof found);
}

function needed(state: SelectionState | undefined, method: string): SelectionState {
  if (state !== undefined) return state;
  throw new EngineError(
    'SELECTOR_INVALID',
    `${method}: compares with an earlier invocation; give its folder with --state`,
  );
}
