import { Guarded, plainText } from '../guarded-value.ts';
import { equal } from './compare.ts';
import { Dict, isDict, lookUp } from './dict.ts';
import { itemsOf } from './iterate.ts';
import { typeOf } from './type-of.ts';

/** Python's `in`: an item of a list, a key of a dict, a part of a text. */
export function contains(whole: unknown, part: unknown): boolean {
  const container = whole instanceof Guarded ? whole.plain : whole;
  if (typeof container === 'string') {
    const searched = part instanceof Guarded ? part.plain : part;
    if (typeof searched !== 'string') throw new Error(`only a text can be in a text, not ${typeOf(searched)}`);
    return plainText(container).includes(plainText(searched));
  }
  if (container instanceof Dict) return container.has(part);
  if (isDict(container)) return lookUp(container, part) !== undefined;
  return itemsOf(container).some((item) => equal(item, part));
}
