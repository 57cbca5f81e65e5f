import { Guarded } from '../guarded-value.ts';
import { Dict, isDict } from './dict.ts';
import { isFloat, isInteger } from './numbers.ts';
import { Tuple } from './tuple.ts';

/** What a value is, in the words of messages. */
export function typeOf(value: unknown): string {
  if (value instanceof Guarded) return typeOf(value.plain);
  if (value === undefined) return 'what has no value';
  if (value === null) return 'none';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'a boolean';
  if (isInteger(value)) return 'an integer';
  if (isFloat(value)) return 'a float';
  if (value instanceof Tuple) return 'a tuple';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Dict || isDict(value)) return 'a dict';
  return typeof value === 'function' ? 'a function' : 'an object';
}
