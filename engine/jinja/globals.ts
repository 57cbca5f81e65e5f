import { CALL } from './callable.ts';
import type { Callable } from './callable.ts';
import { callNative, native } from './native.ts';
import type { Native } from './native.ts';
import { guardedIn, plainOf, tainted } from './guarded.ts';
import { Dict, entriesOf, isDict } from './python/dict.ts';
import { itemsOf } from './python/iterate.ts';
import { Namespace } from './python/namespace.ts';
import { Return } from './run/signals.ts';

/** So many numbers are the most that range gives, as in dbt. */
const MOST = 100_000;

/** What every template has of Jinja itself, before any word is added. */
export const GLOBALS: Readonly<Record<string, unknown>> = {
  range: called(
    'range',
    native('*bounds', (bounds: unknown[]) => {
      const name = guardedIn(bounds);
      const numbers = range(bounds.map(plainOf));
      return name === undefined ? numbers : tainted(numbers, name);
    }),
  ),
  dict: called(
    'dict',
    native(
      'entries=None, **named',
      (entries: unknown, named: Dict) => new Dict([...pairsOf(entries), ...named.entries()]),
    ),
  ),
  namespace: called(
    'namespace',
    native(
      'entries=None, **named',
      (entries: unknown, named: Dict) =>
        new Namespace([...pairsOf(entries), ...named.entries()].map(([name, value]) => [String(name), value] as const)),
    ),
  ),
  cycler: called(
    'cycler',
    native('*items', (items: unknown[]) => new Cycler(items)),
  ),
  joiner: called(
    'joiner',
    native('sep=", "', (separator: unknown = ', ') => joiner(separator)),
  ),
};

/** What no macro may be called: each means something to the engine itself. */
export const RESERVED_WORDS: Readonly<Record<string, unknown>> = {
  return: called(
    'return',
    native('value=None', (value: unknown = null) => {
      throw new Return(value);
    }),
  ),
};

function called(name: string, fn: Native): Callable {
  return { [CALL]: (positional, named) => callNative(name, fn, [], positional, named) };
}

function range(bounds: readonly unknown[]): number[] {
  const numbers = bounds.map((bound) => {
    if (typeof bound === 'number' && Number.isSafeInteger(bound)) return bound;
    throw new Error('range takes integers');
  });
  const [first = 0, second, step = 1] = numbers;
  if (numbers.length === 0 || numbers.length > 3) throw new Error('range takes an end, or a start, an end and a step');
  if (step === 0) throw new Error('the step of a range cannot be 0');
  const [start, end] = second === undefined ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (count > MOST) throw new Error(`a range has at most ${MOST} numbers, not ${count}`);
  return Array.from({ length: count }, (_, at) => start + at * step);
}

function pairsOf(entries: unknown): (readonly [unknown, unknown])[] {
  if (entries === undefined || entries === null) return [];
  if (isDict(entries)) return entriesOf(entries);
  return itemsOf(entries).map((pair) => {
    const [key, value] = itemsOf(pair);
    return [key, value] as const;
  });
}

/** Gives its items by turns. */
class Cycler {
  readonly #items: readonly unknown[];
  #at = 0;

  constructor(items: readonly unknown[]) {
    if (items.length === 0) throw new Error('cycler needs items');
    this.#items = items;
  }

  get current(): unknown {
    return this.#items[this.#at];
  }

  next(): unknown {
    const item = this.current;
    this.#at = (this.#at + 1) % this.#items.length;
    return item;
  }

  reset(): void {
    this.#at = 0;
  }
}

function joiner(separator: unknown): Callable {
  let used = false;
  return {
    [CALL]: () => {
      const text = used ? separator : '';
      used = true;
      return text;
    },
  };
}
