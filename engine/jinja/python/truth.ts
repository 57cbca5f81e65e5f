import { Guarded, plainText } from '../guarded-value.ts';
import { Dict, isDict } from './dict.ts';
import { Float } from './float.ts';

/** Whether Python takes a value for true: empty text, list and dict, zero, none and what has no value are not. */
export function isTrue(value: unknown): boolean {
  if (value instanceof Guarded) return isTrue(value.plain);
  if (typeof value === 'string') return plainText(value) !== '';
  if (value instanceof Float) return value.value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Dict) return value.size > 0;
  if (isDict(value)) return Object.keys(value).length > 0;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'object' && value !== null && 'length' in value && typeof value.length === 'number')
    return value.length > 0;
  return Boolean(value);
}
