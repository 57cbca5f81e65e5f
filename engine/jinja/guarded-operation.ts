import { Guarded, isGuarded, partsOf, plainText } from './guarded-value.ts';
import { guardedIn, plainOf, reworded, tainted } from './guarded.ts';

/** Characters that stand for guarded parts while an operation works on the text around them. */
const FIRST_STAND_IN = 0xfdd2;
const STAND_INS = 0x1e;

/**
 * Does something to a text as to its plain value. Where the guarded parts stay whole in the result it keeps them apart from what
 * the template wrote; else all of the result is guarded.
 */
export function onText<A extends readonly unknown[]>(
  text: unknown,
  args: A,
  run: (text: string, ...args: A) => unknown,
): unknown {
  const name = guardedIn([text, ...args]);
  if (name === undefined) return run(String(text), ...args);
  const plainArgs = args.map(plainOf) as unknown as A;
  const plain = run(plainText(String(text)), ...plainArgs);
  const apart =
    typeof text === 'string' && guardedIn(args) === undefined
      ? keptApart(text, plain, (each) => run(each, ...args))
      : undefined;
  if (apart !== undefined) return apart;
  return text instanceof Guarded && typeof plain === 'string' && guardedIn(args) === undefined
    ? reworded(text, plain)
    : tainted(plain, name);
}

function keptApart(text: string, plain: unknown, run: (text: string) => unknown): unknown {
  const parts = partsOf(text);
  const guarded = parts.filter((part) => typeof part !== 'string');
  if (guarded.length > STAND_INS) return undefined;
  let count = 0;
  const withStandIns = parts
    .map((part) => (typeof part === 'string' ? part : String.fromCharCode(FIRST_STAND_IN + count++)))
    .join('');
  const result = run(withStandIns);
  // The parts as they are (trim, indent, split), or each changed like the text around (upper).
  for (const values of [guarded, guarded.map((part) => changed(part, run))]) {
    const put = putBack(result, values);
    if (same(plainOf(put), plain)) return put;
  }
  return undefined;
}

function changed(part: Guarded, run: (text: string) => unknown): Guarded {
  const text = run(part.text);
  if (typeof text !== 'string' || (part.kind !== 'text' && text !== part.text)) return part;
  return new Guarded(text, part.kind, part.name, part.place);
}

function putBack(result: unknown, values: readonly Guarded[]): unknown {
  if (Array.isArray(result)) return result.map((each) => putBack(each, values));
  if (typeof result !== 'string') return result;
  return result.replace(/[\uFDD2-\uFDEF]/g, (char) => String(values[char.charCodeAt(0) - FIRST_STAND_IN] ?? ''));
}

function same(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b && !isGuarded(a);
  return a.length === b.length && a.every((each, at) => same(each, b[at]));
}
