import { CALL, isCallable, isTrusted } from './callable.ts';
import type { Callable } from './callable.ts';
import { onText } from './guarded-operation.ts';
import { Guarded } from './guarded-value.ts';
import { guardedTextIn, plainOf, tainted } from './guarded.ts';
import { attributeOf, itemOf, Method } from './members.ts';
import { callNative } from './native.ts';
import type { Named } from './native.ts';
import { braceFormat } from './python/brace-format.ts';
import { Dict, toObject } from './python/dict.ts';
import { Float } from './python/float.ts';
import { itemsOf } from './python/iterate.ts';
import { textOf } from './python/print.ts';
import { typeOf } from './python/type-of.ts';

/** Calls a macro, a method or a word. `name` is what messages call it. */
export function callValue(callee: unknown, positional: readonly unknown[], named: Named, name: string): unknown {
  if (isCallable(callee)) return callee[CALL](positional, named);
  if (callee instanceof Method) return callMethod(callee, positional, named);
  if (typeof callee !== 'function')
    throw new Error(`${name} cannot be called: it ${callee === undefined ? 'has no value' : `is ${typeOf(callee)}`}`);
  const args = positional.map(forWord);
  if (named.length > 0) args.push(keywords(Object.fromEntries(named.map(([key, value]) => [key, forWord(value)]))));
  const result: unknown = Reflect.apply(callee, undefined, args);
  const value = result instanceof Map ? new Dict(result) : result instanceof Set ? [...result] : result;
  // A word that took the guard off gives a value that is as foreign as what it was given.
  const from = isTrusted(callee) ? undefined : guardedTextIn(args);
  return from === undefined || value === '' || guardedTextIn([value]) !== undefined ? value : tainted(value, from);
}

/** Arguments by name, as words take them: the last argument, told by this mark. */
export function keywords(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...values, __keywords: true };
}

/** A function as a template calls it from JavaScript: with arguments by name as a last object of `keywords`. */
export function asFunction(call: Callable[typeof CALL]): ((...given: unknown[]) => unknown) & Callable {
  const run = (...given: unknown[]): unknown => {
    const last = given.at(-1);
    if (typeof last !== 'object' || last === null || !('__keywords' in last)) return call(given, []);
    const { __keywords: _, ...named } = last as Record<string, unknown>;
    return call(given.slice(0, -1), Object.entries(named));
  };
  return Object.assign(run, { [CALL]: call });
}

function callMethod({ owner, name, native }: Method, positional: readonly unknown[], named: Named): unknown {
  const text = typeof owner === 'string' || owner instanceof Guarded;
  if (native && text) {
    return onText(owner, [positional, named] as const, (plain, args, byName) =>
      callNative(name, native, [plain], args, byName),
    );
  }
  if (native) return callNative(name, native, [owner], positional, named);
  if (name === 'join') {
    const [items, ...more] = positional;
    if (more.length > 0 || positional.length === 0) throw new Error('join takes one list');
    return itemsOf(items).map(aText).join(textOf(owner));
  }
  const values = name === 'format_map' ? [] : positional;
  const byName = name === 'format_map' && positional[0] instanceof Dict ? positional[0] : new Dict(named);
  return braceFormat(textOf(owner), values, byName, (holder, key) =>
    typeof key === 'string' ? (attributeOf(holder, key) ?? itemOf(holder, key)) : itemOf(holder, key),
  );
}

function aText(item: unknown): string {
  if (typeof plainOf(item) === 'string') return textOf(item);
  throw new Error(`join takes a list of texts, and one is ${typeOf(item)}; map them with |string`);
}

/** Words are JavaScript: they take dicts as objects and floats as numbers. */
function forWord(value: unknown): unknown {
  if (value instanceof Float) return value.value;
  if (value instanceof Dict) return objectForWord(value);
  if (Array.isArray(value)) return value.some((each) => forWord(each) !== each) ? value.map(forWord) : value;
  return value;
}

function objectForWord(dict: Dict): Record<string, unknown> {
  const object = toObject(dict);
  for (const [key, value] of Object.entries(object)) {
    const plain = forWord(value);
    if (plain !== value)
      Object.defineProperty(object, key, { value: plain, enumerable: true, configurable: true, writable: true });
  }
  return object;
}
