import { Guarded, plainText } from '../guarded-value.ts';
import { Dict, isDict } from './dict.ts';
import type { AnyDict } from './dict.ts';
import type { Float } from './float.ts';
import { isNumeric } from './numbers.ts';
import { Tuple } from './tuple.ts';
import { typeOf } from './type-of.ts';

/** Python's ==: numbers by value whatever their type, lists and dicts by what they hold, nothing turned into anything else. */
export function equal(left: unknown, right: unknown): boolean {
  const a = bare(left);
  const b = bare(right);
  if (a === b) return true;
  if (isNumeric(a) && isNumeric(b)) return number(a) == number(b); // oxlint-disable-line eqeqeq -- a bigint and a number
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a instanceof Tuple !== b instanceof Tuple || a.length !== b.length) return false;
    return a.every((item, at) => equal(item, b[at]));
  }
  if (isDict(a) && isDict(b)) return equalDicts(a, b);
  return equalObjects(a, b);
}

/** Less than zero when left comes first; throws when the two have no order. */
export function order(left: unknown, right: unknown): number {
  const a = bare(left);
  const b = bare(right);
  if (isNumeric(a) && isNumeric(b)) {
    const [x, y] = [number(a), number(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (typeof a === 'string' && typeof b === 'string') return orderTexts(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    const at = a.findIndex((item, index) => index >= b.length || !equal(item, b[index]));
    return at < 0 || at >= b.length ? a.length - b.length : order(a[at], b[at]);
  }
  const compared = comparable(a) ? a.compareTo(b) : undefined;
  if (compared !== undefined) return compared;
  throw new Error(`${typeOf(a)} and ${typeOf(b)} cannot be put in order`);
}

/** A class of words whose values have an order, such as a date. */
interface Comparable {
  readonly compareTo: (other: unknown) => number | undefined;
}

function comparable(value: unknown): value is Comparable {
  return typeof value === 'object' && value !== null && 'compareTo' in value && typeof value.compareTo === 'function';
}

function equalObjects(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return false;
  if ('equals' in a && typeof a.equals === 'function') return Boolean(Reflect.apply(a.equals, a, [b]));
  return comparable(a) && a.compareTo(b) === 0;
}

function equalDicts(a: AnyDict, b: AnyDict): boolean {
  const [left, right] = [asDict(a), asDict(b)];
  if (left.size !== right.size) return false;
  return left.keys().every((key) => right.has(key) && equal(left.get(key), right.get(key)));
}

function asDict(value: AnyDict): Dict {
  return value instanceof Dict ? value : new Dict(Object.entries(value));
}

/** By code point; JavaScript's own order is by UTF-16, which differs beyond U+FFFF only. */
function orderTexts(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return (a.codePointAt(at) ?? -1) < (b.codePointAt(at) ?? -1) ? -1 : 1;
}

function bare(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value);
  return value instanceof Guarded ? value.plain : value;
}

function number(value: number | bigint | boolean | Float): number | bigint {
  return typeof value === 'bigint' ? value : Number(value);
}
