import { Guarded, isGuarded, partsOf, plainText } from './guarded-value.ts';
import type { GuardKind } from './guarded-value.ts';
import { Dict, isDict } from './python/dict.ts';
import { Float } from './python/float.ts';
import { Tuple, tuple } from './python/tuple.ts';

/**
 * Guards a value, and every value in a list or dict; none stays as it is. `name` is a variable's name, or what gave the value as
 * it is written in a template (`env_var('X')`); `kind` is for an exact decimal given as text. Throws RangeError for a value that
 * cannot be.
 */
export function guard(value: unknown, name: string, kind?: GuardKind): unknown {
  const said = name.includes('(') ? name : `var('${name}')`;
  if (value instanceof Guarded || value === null || value === undefined) return value;
  if (typeof value === 'string') return new Guarded(value, kind ?? 'text', said);
  if (typeof value === 'boolean') return new Guarded(value ? 'True' : 'False', 'boolean', said);
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float)
    return new Guarded(String(value), 'number', said);
  if (Array.isArray(value)) return value.map((each) => guard(each, said, kind));
  if (value instanceof Dict)
    return new Dict([...value.entries()].map(([key, each]) => [key, guard(each, said, kind)] as const));
  if (isDict(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, guard(each, said, kind)]));
  throw new RangeError(`${said} is neither text, number, boolean, list nor dict`);
}

/** The value without its guard, lists and dicts too: for logic and names, never for SQL. */
export function plainOf(value: unknown): unknown {
  if (value instanceof Guarded) return value.plain;
  if (typeof value === 'string') return plainText(value);
  if (Array.isArray(value)) {
    const at = value.findIndex((each) => plainOf(each) !== each);
    return at < 0 ? value : value.map(plainOf);
  }
  if (value instanceof Dict) {
    const entries = [...value.entries()];
    return entries.some(([key, each]) => plainOf(key) !== key || plainOf(each) !== each)
      ? new Dict(entries.map(([key, each]) => [plainOf(key), plainOf(each)] as const))
      : value;
  }
  if (isDict(value)) {
    const entries = Object.entries(value);
    return entries.some(([, each]) => plainOf(each) !== each)
      ? Object.fromEntries(entries.map(([key, each]) => [key, plainOf(each)]))
      : value;
  }
  return value;
}

/** What was made from guarded values, guarded as they are; an object of a class stays as it is. */
export function tainted(value: unknown, name: string): unknown {
  if (value instanceof Tuple) return tuple(value.map((each) => tainted(each, name)));
  if (Array.isArray(value)) return value.map((each) => tainted(each, name));
  if (
    typeof value === 'boolean' ||
    (typeof value === 'object' && value !== null && !isDict(value) && !(value instanceof Float))
  )
    return value;
  if (typeof value === 'function') return value;
  return guard(typeof value === 'string' ? plainText(value) : value, name);
}

/** A guarded value in another form, such as with two decimals: a number stays one while its text is one. */
export function reworded({ kind, name, place }: Guarded, text: string): Guarded {
  return new Guarded(text, kind === 'number' && /^-?\d+(?:\.\d+)?$/.test(text) ? 'number' : 'text', name, place);
}

/** What gave the first guarded value in these, as it is written; undefined when none is guarded. */
export function guardedIn(values: readonly unknown[]): string | undefined {
  return findGuarded(values, () => true)?.name;
}

/** The same for texts only: numbers and booleans hold nothing that could become SQL. */
export function guardedTextIn(values: readonly unknown[]): string | undefined {
  return findGuarded(values, ({ kind }) => kind === 'text')?.name;
}

function findGuarded(values: readonly unknown[], wanted: (value: Guarded) => boolean): Guarded | undefined {
  for (const value of values) {
    if (value instanceof Guarded && wanted(value)) return value;
    let found: Guarded | undefined;
    if (typeof value === 'string') {
      if (isGuarded(value))
        found = partsOf(value).find((part): part is Guarded => typeof part !== 'string' && wanted(part));
    } else if (Array.isArray(value)) found = findGuarded(value, wanted);
    else if (value instanceof Dict) found = findGuarded([...value.keys(), ...value.values()], wanted);
    else if (isDict(value)) found = findGuarded(Object.values(value), wanted);
    if (found) return found;
  }
  return undefined;
}
