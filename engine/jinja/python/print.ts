import { Guarded } from '../guarded-value.ts';
import { Dict, isDict } from './dict.ts';
import { isForgiving } from './forgiving.ts';
import { isNumeric, printNumber } from './numbers.ts';
import { textOfItsOwn } from './text-of-its-own.ts';
import { Tuple } from './tuple.ts';

/** What Python's str() gives; of a guarded value its mark. Throws for what has no value, and for what is no data. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) {
    if (isForgiving()) return '';
    throw new Error('this has no value');
  }
  return value instanceof Guarded ? value.toString() : written(value);
}

/** What Python's repr() gives: as str(), but text in quotes. */
export function representationOf(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Guarded) return value.kind === 'text' ? `'${value.toString()}'` : value.toString();
  return value === undefined ? 'Undefined' : written(value);
}

function written(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isNumeric(value)) return printNumber(value);
  if (value instanceof Tuple) return `(${value.map(representationOf).join(', ')}${value.length === 1 ? ',' : ''})`;
  if (Array.isArray(value)) return `[${value.map(representationOf).join(', ')}]`;
  if (value instanceof Dict) return dict(value.entries());
  if (isDict(value)) return dict(Object.entries(value));
  const own = typeof value === 'object' ? textOfItsOwn(value) : undefined;
  if (own !== undefined) return own;
  throw new Error('this cannot be written as SQL');
}

function dict(entries: Iterable<readonly [unknown, unknown]>): string {
  return `{${Array.from(entries, ([key, value]) => `${representationOf(key)}: ${representationOf(value)}`).join(', ')}}`;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(quote, `\\${quote}`);
  return quote + inner + quote;
}
