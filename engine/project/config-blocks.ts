import { didYouMean } from '../config/did-you-mean.ts';

type Block = Readonly<Record<string, unknown>>;
type Options = Readonly<Record<string, unknown>>;

/** Options whose values are maps: without a + they are told from folders by their name. */
const MAPS = new Set([
  'meta',
  'docs',
  'grants',
  'contract',
  'persist_docs',
  'column_types',
  'snapshot_meta_column_names',
  'freshness',
  'quoting',
]);

/**
 * What a block of tickmark.yml (`models:`, `seeds:`, `data_tests:` ...) says of one thing, from its outermost folder to its innermost,
 * so that a later one counts more. `path` is the folders and the name of the thing; `roots` are names that may stand before them:
 * the project's, the vertical's.
 */
export function blockOptions(block: Block, roots: readonly string[], path: readonly string[]): readonly Options[] {
  const found: Options[] = [];
  const visit = (level: Block, optional: readonly string[], rest: readonly string[]): void => {
    const { options, folders } = readLevel(level);
    if (Object.keys(options).length > 0) found.push(options);
    for (const root of optional) {
      const inner = folders.get(root);
      const others = optional.filter((each) => each !== root);
      if (inner !== undefined) visit(inner, others, rest);
    }
    const [first, ...further] = rest;
    const inner = first === undefined || optional.includes(first) ? undefined : folders.get(first);
    if (inner !== undefined) visit(inner, [], further);
  };
  visit(block, [...new Set(roots)], path);
  return found;
}

/** Every level of a block with its options and its place, for whoever looks them over. */
export function* levelsOf(
  block: Block,
  path: readonly string[],
): Generator<{ readonly path: readonly string[]; readonly options: Options }> {
  const { options, folders } = readLevel(block);
  yield { path, options };
  for (const [name, inner] of folders) yield* levelsOf(inner, [...path, name]);
}

/** A folder's name in a block that is nobody's, but nearly somebody's: it would do nothing, without a word. */
export function nearlyAFolder(
  block: Block,
  known: ReadonlySet<string>,
  folders: readonly string[],
): { readonly path: readonly string[]; readonly guess: string } | undefined {
  for (const { path } of levelsOf(block, [])) {
    const name = path.at(-1);
    if (name === undefined || known.has(name)) continue;
    const guess = didYouMean(name, folders);
    if (guess !== '') return { path, guess };
  }
  return undefined;
}

interface Level {
  readonly options: Options;
  readonly folders: ReadonlyMap<string, Block>;
}

const read = new WeakMap<Block, Level>();

function readLevel(level: Block): Level {
  const known = read.get(level);
  if (known) return known;
  const options: Record<string, unknown> = {};
  const folders = new Map<string, Block>();
  for (const [key, value] of Object.entries(level)) {
    const option = optionName(key);
    if (isBlock(value) && isFolder(key, option, value)) folders.set(key, value);
    else options[option] = value;
  }
  const made = { options, folders };
  read.set(level, made);
  return made;
}

function isFolder(key: string, option: string, value: Block): boolean {
  if (key.startsWith('+')) return false;
  return !MAPS.has(option) || Object.keys(value).some((inner) => inner.startsWith('+'));
}

/** dbt takes `pre-hook` for `pre_hook`, and a + before an option that could be a folder. */
export function optionName(key: string): string {
  return key.replace(/^\+/, '').replaceAll('-', '_');
}

function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
