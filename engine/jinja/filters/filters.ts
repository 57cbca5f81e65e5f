import { didYouMean } from '../../config/did-you-mean.ts';
import { callNative, native } from '../native.ts';
import type { Named, Native } from '../native.ts';
import { plainOf } from '../guarded.ts';
import type { Dict } from '../python/dict.ts';
import { itemsOf } from '../python/iterate.ts';
import { textOf } from '../python/print.ts';
import { isTrue } from '../python/truth.ts';
import { TESTS } from '../tests.ts';
import { attributeGetter } from './attribute-of.ts';
import { LIST_FILTERS } from './list-filters.ts';
import { TEXT_FILTERS } from './text-filters.ts';
import { VALUE_FILTERS } from './value-filters.ts';

/** Every filter; `random` is not among them: the same project gives the same SQL. */
export const FILTERS: ReadonlyMap<string, Native> = new Map(
  Object.entries({
    ...TEXT_FILTERS,
    ...LIST_FILTERS,
    ...VALUE_FILTERS,
    map: native('*args, **named', (value: unknown, args: unknown[], named: Dict) => {
      if (args.length === 0 && named.has('attribute')) {
        const other = named.keys().find((key) => key !== 'attribute' && key !== 'default');
        if (other !== undefined) throw new Error(`map has no argument '${textOf(other)}'`);
        return itemsOf(value).map(attributeGetter(named.get('attribute'), named.get('default')));
      }
      const [name, ...rest] = args;
      const filter = find('filter', FILTERS, name);
      return itemsOf(value).map((item) =>
        callNative(String(name), filter, [item], rest, [...named.entries()] as unknown as Named),
      );
    }),
    select: native('*args, **named', (value: unknown, args: unknown[]) => picked(value, args, (item) => item, true)),
    reject: native('*args, **named', (value: unknown, args: unknown[]) => picked(value, args, (item) => item, false)),
    selectattr: native('attribute, *args', (value: unknown, attribute: unknown, args: unknown[]) =>
      picked(value, args, attributeGetter(attribute), true),
    ),
    rejectattr: native('attribute, *args', (value: unknown, attribute: unknown, args: unknown[]) =>
      picked(value, args, attributeGetter(attribute), false),
    ),
  }),
);

function picked(value: unknown, args: readonly unknown[], get: (item: unknown) => unknown, wanted: boolean): unknown[] {
  const [name, ...rest] = args;
  const test = name === undefined ? undefined : find('test', TESTS, name);
  const holds = (item: unknown): boolean =>
    isTrue(test === undefined ? get(item) : callNative(String(name), test, [get(item)], rest, []));
  return itemsOf(value).filter((item) => holds(item) === wanted);
}

function find(what: string, table: ReadonlyMap<string, Native>, name: unknown): Native {
  const plain = String(plainOf(name));
  const found = table.get(plain);
  if (found) return found;
  throw new Error(`no ${what} '${plain}'${didYouMean(plain, table.keys())}`);
}
