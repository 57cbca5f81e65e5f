import { Guarded, plainText } from '../guarded-value.ts';
import { tainted } from '../guarded.ts';
import { Dict, isDict } from './dict.ts';
import { typeOf } from './type-of.ts';

/** The items that `for` sees: of a list itself, of a dict its keys, of text its characters, none of what has no value. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value === undefined) return [];
  if (value instanceof Guarded && value.kind === 'text')
    return itemsOf(value.text).map((each) => tainted(each, value.name));
  if (typeof value === 'string') {
    const plain = plainText(value);
    return plain === value ? Array.from(value) : Array.from(plain, (each) => tainted(each, 'this'));
  }
  if (value instanceof Dict) return value.keys();
  if (isDict(value)) return Object.keys(value);
  if (typeof value === 'object' && value !== null && Symbol.iterator in value)
    return Array.from(value as Iterable<unknown>);
  throw new Error(`${typeOf(value)} cannot be gone through; a list, a dict or a text can`);
}
