import { native } from '../native.ts';
import type { Native } from '../native.ts';
import { equal, order } from './compare.ts';
import { Dict, entriesOf, isDict, lookUp } from './dict.ts';
import type { AnyDict } from './dict.ts';
import { itemsOf } from './iterate.ts';
import { isTrue } from './truth.ts';
import { tuple } from './tuple.ts';

const ANY_LIST = {
  count: native('value', (list: unknown[], value: unknown) => list.filter((item) => equal(item, value)).length),
  index: native('value, start=0, end=None', (list: unknown[], value: unknown, start = 0, end = Infinity) => {
    const at = list.findIndex((item, index) => index >= start && index < end && equal(item, value));
    if (at < 0) throw new Error('the list does not have this item');
    return at;
  }),
} satisfies Record<string, Native>;

export const TUPLE_METHODS: Readonly<Record<string, Native>> = ANY_LIST;

export const LIST_METHODS: Readonly<Record<string, Native>> = {
  ...ANY_LIST,
  append: native('item', (list: unknown[], item: unknown) => {
    list.push(item);
    return null;
  }),
  extend: native('items', (list: unknown[], items: unknown) => {
    for (const item of itemsOf(items).slice()) list.push(item);
    return null;
  }),
  insert: native('index, item', (list: unknown[], at: number, item: unknown) => {
    list.splice(at, 0, item);
    return null;
  }),
  pop: native('index=-1', (list: unknown[], at = -1) => {
    const index = at < 0 ? at + list.length : at;
    if (index < 0 || index >= list.length)
      throw new Error(list.length === 0 ? 'the list is empty' : 'the list has no such item');
    return list.splice(index, 1)[0];
  }),
  remove: native('item', (list: unknown[], item: unknown) => {
    const at = list.findIndex((each) => equal(each, item));
    if (at < 0) throw new Error('the list does not have this item');
    list.splice(at, 1);
    return null;
  }),
  reverse: native('', (list: unknown[]) => {
    list.reverse();
    return null;
  }),
  sort: native('reverse=False', (list: unknown[], reverse?: unknown) => {
    const direction = isTrue(reverse) ? -1 : 1;
    list.sort((a, b) => direction * order(a, b));
    return null;
  }),
  copy: native('', (list: unknown[]) => [...list]),
  clear: native('', (list: unknown[]) => {
    list.length = 0;
    return null;
  }),
};

export const DICT_METHODS: Readonly<Record<string, Native>> = {
  keys: native('', (dict: AnyDict) => entriesOf(dict).map(([key]) => key)),
  values: native('', (dict: AnyDict) => entriesOf(dict).map(([, value]) => value)),
  items: native('', (dict: AnyDict) => entriesOf(dict).map((entry) => tuple(entry))),
  get: native('key, default=None', (dict: AnyDict, key: unknown, otherwise: unknown = null) => {
    const value = lookUp(dict, key);
    return value === undefined ? otherwise : value;
  }),
  pop: native('key, *default', (dict: AnyDict, key: unknown, otherwise: unknown[]) => {
    const value = lookUp(dict, key);
    if (value === undefined && otherwise.length === 0) throw new Error('the dict does not have this key');
    if (dict instanceof Dict) dict.delete(key);
    else Reflect.deleteProperty(dict, String(key));
    return value === undefined ? otherwise[0] : value;
  }),
  popitem: native('', (dict: AnyDict) => {
    const last = entriesOf(dict).at(-1);
    if (last === undefined) throw new Error('the dict is empty');
    if (dict instanceof Dict) dict.delete(last[0]);
    else Reflect.deleteProperty(dict, String(last[0]));
    return tuple(last);
  }),
  setdefault: native('key, default=None', (dict: AnyDict, key: unknown, otherwise: unknown = null) => {
    const value = lookUp(dict, key);
    if (value === undefined) put(dict, key, otherwise);
    return value === undefined ? otherwise : value;
  }),
  update: native('other=None, **named', (dict: AnyDict, other: unknown, named: Dict) => {
    const entries = isDict(other) ? entriesOf(other) : itemsOf(other ?? []).map((pair) => itemsOf(pair));
    for (const [key, value] of [...entries, ...named.entries()]) put(dict, key, value);
    return null;
  }),
  copy: native('', (dict: AnyDict) => new Dict(entriesOf(dict))),
  clear: native('', (dict: AnyDict) => {
    for (const [key] of entriesOf(dict)) {
      if (dict instanceof Dict) dict.delete(key);
      else Reflect.deleteProperty(dict, String(key));
    }
    return null;
  }),
};

function put(dict: AnyDict, key: unknown, value: unknown): void {
  if (dict instanceof Dict) dict.set(key, value);
  else Object.defineProperty(dict, String(key), { value, enumerable: true, configurable: true, writable: true });
}
