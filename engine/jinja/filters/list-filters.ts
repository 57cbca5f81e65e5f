import { native } from '../native.ts';
import type { Native } from '../native.ts';
import { Guarded } from '../guarded-value.ts';
import { plainOf } from '../guarded.ts';
import { onText } from '../guarded-operation.ts';
import { arithmetic } from '../python/arithmetic.ts';
import { equal, order } from '../python/compare.ts';
import { entriesOf, isDict, sizeOf } from '../python/dict.ts';
import { itemsOf } from '../python/iterate.ts';
import { textOf } from '../python/print.ts';
import { isTrue } from '../python/truth.ts';
import { tuple } from '../python/tuple.ts';
import type { Tuple } from '../python/tuple.ts';
import { typeOf } from '../python/type-of.ts';
import { attributeGetter, withoutCase } from './attribute-of.ts';

/** Filters over lists and dicts. */
export const LIST_FILTERS: Readonly<Record<string, Native>> = {
  first: native('', (value: unknown) => itemsOf(value)[0]),
  last: native('', (value: unknown) => itemsOf(value).at(-1)),
  length: native('', lengthOf),
  count: native('', lengthOf),
  list: native('', (value: unknown) => [...itemsOf(value)]),
  reverse: native('', (value: unknown) =>
    typeof value === 'string' || value instanceof Guarded
      ? onText(value, [], (text) => Array.from(text).toReversed().join(''))
      : [...itemsOf(value)].toReversed(),
  ),
  join: native('d="", attribute=None', (value: unknown, separator: unknown = '', attribute: unknown = null) =>
    itemsOf(value).map(attributeGetter(attribute)).map(textOf).join(textOf(separator)),
  ),
  items: native('', (value: unknown) => {
    if (value === undefined) return [];
    if (!isDict(value)) throw new Error(`items takes a dict, not ${typeOf(value)}`);
    return entriesOf(value).map((entry) => tuple(entry));
  }),
  min: native('case_sensitive=False, attribute=None', (value: unknown, cased?: unknown, attribute?: unknown) =>
    extreme(value, -1, cased, attribute),
  ),
  max: native('case_sensitive=False, attribute=None', (value: unknown, cased?: unknown, attribute?: unknown) =>
    extreme(value, 1, cased, attribute),
  ),
  sum: native('attribute=None, start=0', (value: unknown, attribute: unknown = null, start: unknown = 0) =>
    itemsOf(value)
      .map(attributeGetter(attribute))
      .reduce((sum, item) => arithmetic('+', sum, item), start),
  ),
  sort: native(
    'reverse=False, case_sensitive=False, attribute=None',
    (value: unknown, reverse?: unknown, cased?: unknown, attribute?: unknown) => {
      const keys = attributesOf(attribute);
      const keyed = itemsOf(value).map((item) => ({ item, key: keys.map((get) => keyOf(get(item), cased)) }));
      const direction = isTrue(reverse) ? -1 : 1;
      return keyed.toSorted((a, b) => direction * order(a.key, b.key)).map(({ item }) => item);
    },
  ),
  unique: native('case_sensitive=False, attribute=None', (value: unknown, cased?: unknown, attribute?: unknown) => {
    const get = attributeGetter(attribute);
    const seen: unknown[] = [];
    return itemsOf(value).filter((item) => {
      const key = keyOf(get(item), cased);
      if (seen.some((each) => equal(each, key))) return false;
      seen.push(key);
      return true;
    });
  }),
  dictsort: native(
    'case_sensitive=False, by="key", reverse=False',
    (value: unknown, cased?: unknown, by = 'key', reverse?: unknown) => {
      if (!isDict(value)) throw new Error(`dictsort takes a dict, not ${typeOf(value)}`);
      if (by !== 'key' && by !== 'value') throw new Error("dictsort is by 'key' or by 'value'");
      const at = by === 'key' ? 0 : 1;
      const direction = isTrue(reverse) ? -1 : 1;
      return entriesOf(value)
        .toSorted((a, b) => direction * order(keyOf(a[at], cased), keyOf(b[at], cased)))
        .map((entry) => tuple(entry));
    },
  ),
  groupby: native(
    'attribute, default=None, case_sensitive=False',
    (value: unknown, attribute: unknown, otherwise?: unknown, cased?: unknown) => {
      const get = attributeGetter(attribute, otherwise);
      const keyed = itemsOf(value).map((item) => ({ item, key: keyOf(get(item), cased) }));
      const groups: Group[] = [];
      let last: unknown;
      for (const { item, key } of keyed.toSorted((a, b) => order(a.key, b.key))) {
        const group = groups.at(-1);
        if (group && equal(last, key)) group.list.push(item);
        else groups.push(groupOf(get(item), [item]));
        last = key;
      }
      return groups;
    },
  ),
  batch: native('linecount, fill_with=None', (value: unknown, size: number, fill: unknown = null) => {
    const items = itemsOf(value);
    const rows: unknown[][] = [];
    for (let at = 0; at < items.length; at += Math.max(1, size)) rows.push(items.slice(at, at + size));
    const last = rows.at(-1);
    if (last && fill !== null) while (last.length < size) last.push(fill);
    return rows;
  }),
  slice: native('slices, fill_with=None', (value: unknown, count: number, fill: unknown = null) => {
    const items = itemsOf(value);
    const least = Math.floor(items.length / count);
    const longer = items.length % count;
    let from = 0;
    return Array.from({ length: count }, (_, at) => {
      const part = items.slice(from, (from += least + (at < longer ? 1 : 0)));
      if (fill !== null && at >= longer) part.push(fill);
      return part;
    });
  }),
};

/** What groupby gives: a pair that also has names. */
interface Group extends Tuple {
  readonly grouper: unknown;
  readonly list: unknown[];
}

function groupOf(grouper: unknown, list: unknown[]): Group {
  return Object.assign(tuple([grouper, list]), { grouper, list });
}

function attributesOf(attribute: unknown): ((item: unknown) => unknown)[] {
  const plain = plainOf(attribute);
  return typeof plain === 'string' ? plain.split(',').map((each) => attributeGetter(each)) : [attributeGetter(plain)];
}

function keyOf(value: unknown, cased: unknown): unknown {
  return isTrue(cased) ? plainOf(value) : withoutCase(value);
}

function extreme(value: unknown, direction: number, cased: unknown, attribute: unknown): unknown {
  const get = attributeGetter(attribute);
  let best: { readonly item: unknown; readonly key: unknown } | undefined;
  for (const item of itemsOf(value)) {
    const key = keyOf(get(item), cased);
    if (best === undefined || direction * order(key, best.key) > 0) best = { item, key };
  }
  return best?.item;
}

function lengthOf(value: unknown): number {
  if (isDict(value)) return sizeOf(value);
  if (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    'length' in value &&
    typeof value.length === 'number'
  )
    return value.length;
  const plain = plainOf(value);
  return itemsOf(typeof plain === 'string' ? plain : value).length;
}
