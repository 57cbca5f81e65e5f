import { Guarded, plainText } from '../guarded-value.ts';
import { Float } from './float.ts';
import { textOfItsOwn } from './text-of-its-own.ts';
import { Tuple } from './tuple.ts';

/** A dict as Python has it: keys of any hashable kind, in the order they came. */
export class Dict {
  readonly #entries = new Map<unknown, readonly [key: unknown, value: unknown]>();

  constructor(entries: Iterable<readonly [key: unknown, value: unknown]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: unknown): unknown {
    return this.#entries.get(identityOf(key))?.[1];
  }

  has(key: unknown): boolean {
    return this.#entries.has(identityOf(key));
  }

  set(key: unknown, value: unknown): void {
    const identity = identityOf(key);
    this.#entries.set(identity, [this.#entries.get(identity)?.[0] ?? key, value]);
  }

  delete(key: unknown): boolean {
    return this.#entries.delete(identityOf(key));
  }

  clear(): void {
    this.#entries.clear();
  }

  keys(): unknown[] {
    return Array.from(this.#entries.values(), ([key]) => key);
  }

  values(): unknown[] {
    return Array.from(this.#entries.values(), ([, value]) => value);
  }

  entries(): IterableIterator<readonly [key: unknown, value: unknown]> {
    return this.#entries.values();
  }

  toJSON(): unknown {
    return toObject(this);
  }
}

/** A dict of templates, or an object without a class that a word gave. */
export type AnyDict = Dict | Record<string, unknown>;

export function isDict(value: unknown): value is AnyDict {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Dict) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A dict as an object with text keys, which is what words take. */
export function toObject(dict: Dict): Record<string, unknown> {
  return Object.fromEntries(Array.from(dict.entries(), ([key, value]) => [String(key), value]));
}

/** A dict's value; undefined when it has no such key. */
export function lookUp(dict: AnyDict, key: unknown): unknown {
  if (dict instanceof Dict) return dict.get(key);
  const name = String(identityOf(key));
  return Object.hasOwn(dict, name) ? dict[name] : undefined;
}

export function entriesOf(dict: AnyDict): (readonly [key: unknown, value: unknown])[] {
  return dict instanceof Dict ? [...dict.entries()] : Object.entries(dict);
}

export function sizeOf(dict: AnyDict): number {
  return dict instanceof Dict ? dict.size : Object.keys(dict).length;
}

/** Equal keys have one identity: 1, 1.0 and True are one key, a guarded text is its plain one, tuples are compared by their items. */
function identityOf(key: unknown): unknown {
  if (typeof key === 'boolean') return key ? 1 : 0;
  if (key instanceof Float) return key.value;
  if (typeof key === 'string') return plainText(key);
  if (key instanceof Guarded) return identityOf(key.plain);
  if (key instanceof Tuple)
    return `\0tuple:${JSON.stringify(key.map((item) => [typeof item, String(identityOf(item))]))}`;
  if (Array.isArray(key)) throw new Error("a list cannot be a dict's key");
  if (isDict(key)) throw new Error("a dict cannot be a dict's key");
  // Two relations of one name are one key.
  const text = typeof key === 'object' && key !== null ? textOfItsOwn(key) : undefined;
  return text === undefined ? key : `\0object:${text}`;
}
