import { hash } from 'node:crypto';
import { loadYaml } from '../../config/load-yaml.ts';
import { wordFailure } from '../../jinja/word-failure.ts';
import { dumpJson } from '../python/json.ts';
import { listOf } from '../python/itertools.ts';
import { nameArguments, splitArguments } from './arguments.ts';
import { plain } from './plain.ts';

/** A list in which each member stands once, with the words of Python's sets. */
class UniqueList extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  union(...others: unknown[]): UniqueList {
    return uniqueList([...this, ...others.flatMap(listOf)]);
  }
  intersection(...others: unknown[]): UniqueList {
    return uniqueList([...this].filter((each) => others.every((other) => listOf(other).includes(each))));
  }
  difference(...others: unknown[]): UniqueList {
    return uniqueList([...this].filter((each) => others.every((other) => !listOf(other).includes(each))));
  }
  symmetric_difference(other: unknown): UniqueList {
    return this.difference(other).union(uniqueList(listOf(other)).difference(this));
  }
  issubset(other: unknown): boolean {
    return [...this].every((each) => listOf(other).includes(each));
  }
  issuperset(other: unknown): boolean {
    return listOf(other).every((each) => this.includes(each));
  }
  add(value: unknown): string {
    if (!this.includes(value)) this.push(value);
    return '';
  }
}

function uniqueList(values: readonly unknown[]): UniqueList {
  const list = new UniqueList();
  for (const value of new Set(values)) list.push(value);
  return list;
}

/** dbt's words for JSON, YAML, sets and pairs of lists. */
export const containerWords: Readonly<Record<string, unknown>> = {
  fromjson: (...given: unknown[]): unknown => {
    const { string, default: otherwise = null } = nameArguments('fromjson', ['string', 'default'], given);
    try {
      return JSON.parse(String(plain(string))) as unknown;
    } catch {
      return otherwise;
    }
  },
  tojson: (...given: unknown[]): unknown => {
    const takes = ['value', 'default', 'sort_keys'];
    const { value, default: otherwise = null, sort_keys: sorted = false } = nameArguments('tojson', takes, given);
    return dumpJson(plain(value), Boolean(sorted)) ?? otherwise;
  },
  fromyaml: (...given: unknown[]): unknown => {
    const { value, default: otherwise = null } = nameArguments('fromyaml', ['value', 'default'], given);
    try {
      return loadYaml().parse(String(plain(value))) as unknown;
    } catch {
      return otherwise;
    }
  },
  toyaml: (...given: unknown[]): unknown => {
    const takes = ['value', 'default', 'sort_keys'];
    const { value, sort_keys: sorted = false } = nameArguments('toyaml', takes, given);
    return loadYaml().stringify(plain(value), { sortMapEntries: Boolean(sorted) });
  },
  set: (...given: unknown[]): unknown => {
    const { value, default: otherwise = null } = nameArguments('set', ['value', 'default'], given);
    return isIterable(value) ? uniqueList(listOf(value)) : otherwise;
  },
  set_strict: (value: unknown): unknown => {
    if (!isIterable(value)) throw wordFailure('COMPILE_TEMPLATE', 'set_strict takes a list');
    return uniqueList(listOf(value));
  },
  zip: (...given: unknown[]): unknown => {
    const { positional, named } = splitArguments(given);
    return positional.every(isIterable) ? zipped(positional) : (named['default'] ?? null);
  },
  zip_strict: (...lists: unknown[]): unknown => {
    if (!lists.every(isIterable)) throw wordFailure('COMPILE_TEMPLATE', 'zip_strict takes lists');
    return zipped(lists);
  },
  local_md5: (value: unknown): string => hash('md5', String(plain(value))),
  diff_of_two_dicts: (a: unknown, b: unknown): unknown => {
    const [left, right] = [a, b].map((each) => new Map(Object.entries(plain(each) as Record<string, string[]>)));
    const less = [...(left ?? [])].flatMap(([key, values]) => {
      const missing = values.filter((value) => !(right?.get(key) ?? []).includes(value));
      return missing.length > 0 ? [[key, missing] as const] : [];
    });
    return Object.fromEntries(less);
  },
};

function zipped(lists: readonly unknown[]): readonly (readonly unknown[])[] {
  const all = lists.map(listOf);
  const length = all.length === 0 ? 0 : Math.min(...all.map((each) => each.length));
  return Array.from({ length }, (_, index) => all.map((each) => each[index]));
}

function isIterable(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}
