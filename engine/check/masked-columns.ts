import type { CompiledProject } from '../compile/compile-project.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';

/**
 * The columns, in lower case, whose values no failing row may show: those that YAML tags `pii`, or `meta: {pii: true}`, in any relation
 * that the check names. What a source's `pii: hash` or `last4` changed before it landed is not personal data any more.
 */
export function maskedColumns(
  { on, refersTo }: Pick<CheckDefinition, 'on' | 'refersTo'>,
  project: { readonly compiled: CompiledProject; readonly sources: readonly DeclaredSource[] },
): ReadonlySet<string> {
  const tagged = taggedColumns(project.compiled, project.sources);
  if (tagged.size === 0) return NONE;
  const found = [on, ...refersTo].flatMap((name) => tagged.get(name) ?? []);
  return found.length === 0 ? NONE : new Set(found);
}

/** Whether SQL, or a name, that an author wrote mentions one of them. */
export function mentions(written: string, masked: ReadonlySet<string>): boolean {
  if (masked.size === 0) return false;
  const text = written.toLowerCase();
  const words = new Set(text.match(/[\p{L}\p{N}_$]+/gu));
  return [...masked].some((column) => words.has(column) || text === column || text.includes(`"${column}"`));
}

/** A key that may be shown; none when a part of it may not. */
export function shownKey(key: readonly string[], masked: ReadonlySet<string>): readonly string[] {
  return key.some((column) => masked.has(column.toLowerCase())) ? [] : key;
}

const NONE: ReadonlySet<string> = new Set();

const known = new WeakMap<CompiledProject, ReadonlyMap<string, readonly string[]>>();

/** By relation, once for a project: each of some thousand checks asks. */
function taggedColumns(
  compiled: CompiledProject,
  sources: readonly DeclaredSource[],
): ReadonlyMap<string, readonly string[]> {
  const found = known.get(compiled);
  if (found) return found;
  const relations = [
    ...compiled.models.map(({ name, columns }) => [name, columns.filter(isTagged)] as const),
    ...sources.map(({ source, name, columns }) => {
      const open = columns.filter(({ pii }) => pii === undefined);
      return [`${source}.${name}`, open.filter((column) => isTagged(column) || isTagged(column.config ?? {}))] as const;
    }),
  ];
  const tagged = new Map(
    relations.flatMap(([name, columns]) =>
      columns.length === 0 ? [] : [[name, columns.map((column) => column.name.toLowerCase())] as const],
    ),
  );
  known.set(compiled, tagged);
  return tagged;
}

function isTagged({
  tags,
  meta,
}: {
  readonly tags?: string | readonly string[] | undefined;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}): boolean {
  const isPersonal = meta?.['pii'];
  return (
    [tags ?? []].flat().includes('pii') || (isPersonal !== undefined && isPersonal !== false && isPersonal !== null)
  );
}
