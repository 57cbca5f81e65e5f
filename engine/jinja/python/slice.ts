import { Guarded, isGuarded } from '../guarded-value.ts';
import { plainOf } from '../guarded.ts';
import { onText } from '../guarded-operation.ts';
import { tuple, Tuple } from './tuple.ts';
import { typeOf } from './type-of.ts';

/** `[start:stop:step]` in a subscript; what is left out is null. */
export class Slice {
  readonly start: unknown;
  readonly stop: unknown;
  readonly step: unknown;

  constructor(start: unknown, stop: unknown, step: unknown) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** The items of a list, or the letters of a text, that a slice names. */
export function sliced(value: unknown, slice: Slice): unknown {
  if (Array.isArray(value)) {
    const items = pick(value, slice);
    return value instanceof Tuple ? tuple(items) : items;
  }
  if (typeof value === 'string' || (value instanceof Guarded && value.kind === 'text')) {
    const cut = (text: string): string => pick(Array.from(text), slice).join('');
    return isGuarded(value) ? onText(value, [], cut) : cut(String(value));
  }
  throw new Error(`${typeOf(value)} has no parts`);
}

function pick<T>(items: readonly T[], slice: Slice): T[] {
  const step = bound(slice.step) ?? 1;
  if (step === 0) throw new Error('the step of a slice cannot be 0');
  const { length } = items;
  const clamp = (index: number, low: number, high: number): number =>
    Math.min(Math.max(index < 0 ? index + length : index, low), high);
  const picked: T[] = [];
  const given = { start: bound(slice.start), stop: bound(slice.stop) };
  if (step > 0) {
    const stop = clamp(given.stop ?? length, 0, length);
    for (let at = clamp(given.start ?? 0, 0, length); at < stop; at += step) picked.push(items[at] as T);
  } else {
    const stop = given.stop === undefined ? -1 : clamp(given.stop, -1, length - 1);
    for (let at = given.start === undefined ? length - 1 : clamp(given.start, -1, length - 1); at > stop; at += step)
      picked.push(items[at] as T);
  }
  return picked;
}

function bound(value: unknown): number | undefined {
  const plain = plainOf(value);
  if (plain === null || plain === undefined) return undefined;
  if (typeof plain === 'number' && Number.isSafeInteger(plain)) return plain;
  throw new Error(`a slice goes from integer to integer, not ${typeOf(plain)}`);
}
