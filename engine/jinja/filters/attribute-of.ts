import { itemOf } from '../members.ts';
import { plainOf } from '../guarded.ts';
import { textOf } from '../python/print.ts';

/** What `attribute=` of a filter asks of an item: `'a'`, `'a.b'`, `'items.0'`, 0. */
export function attributeGetter(attribute: unknown, otherwise?: unknown): (item: unknown) => unknown {
  const plain = plainOf(attribute);
  if (plain === undefined || plain === null) return (item) => item;
  const path = textOf(plain)
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return (item) => {
    let value = item;
    for (const part of path) {
      value = itemOf(value, part);
      if (value === undefined && otherwise !== undefined) return otherwise;
    }
    return value;
  };
}

/** A key by which texts that differ in case only are one. */
export function withoutCase(value: unknown): unknown {
  const plain = plainOf(value);
  return typeof plain === 'string' ? plain.toLowerCase() : plain;
}
