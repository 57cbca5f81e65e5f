type List = readonly unknown[];

/** `modules.itertools`: the parts that end; each gives a list. */
export const itertoolsModule = {
  chain: Object.assign((...lists: unknown[]): List => lists.flatMap((each) => listOf(each)), {
    from_iterable: (lists: unknown): List => listOf(lists).flatMap((each) => listOf(each)),
  }),
  product: (...given: unknown[]): readonly List[] => {
    const last = given.at(-1);
    const named =
      typeof last === 'object' && last !== null && '__keywords' in last ? (last as { repeat?: number }) : undefined;
    const lists = (named ? given.slice(0, -1) : given).map(listOf);
    const all = Array.from({ length: named?.repeat ?? 1 }, () => lists).flat();
    return all.reduce<List[]>((sets, list) => sets.flatMap((set) => list.map((each) => [...set, each])), [[]]);
  },
  combinations: (list: unknown, size: unknown): readonly List[] => combinations(listOf(list), Number(size)),
  combinations_with_replacement: (list: unknown, size: unknown): readonly List[] =>
    combinations(listOf(list), Number(size), 0),
  permutations: (list: unknown, size?: unknown): readonly List[] => {
    const all = listOf(list);
    return permutations(all, size === undefined ? all.length : Number(size));
  },
  zip_longest: (...lists: unknown[]): readonly List[] => {
    const all = lists.map(listOf);
    const length = Math.max(0, ...all.map((each) => each.length));
    return Array.from({ length }, (_, index) => all.map((each) => each[index] ?? null));
  },
  islice: (list: unknown, start: unknown, stop?: unknown, step: unknown = 1): List => {
    const [from, to] =
      stop === undefined ? [0, Number(start)] : [Number(start), stop === null ? Infinity : Number(stop)];
    return listOf(list).filter((_, index) => index >= from && index < to && (index - from) % Number(step) === 0);
  },
  repeat: (value: unknown, times: unknown): List => Array.from({ length: Number(times) }, () => value),
  accumulate: (list: unknown): List => {
    let sum: unknown;
    return listOf(list).map((each) => (sum = sum === undefined ? each : (sum as number) + (each as number)));
  },
};

/** The members of whatever can be gone through. */
export function listOf(value: unknown): List {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return Array.from(value);
  if (typeof value !== 'object' || value === null) return [];
  if (Symbol.iterator in value) return [...(value as Iterable<unknown>)];
  if ('keys' in value && typeof value.keys === 'function') return [...(value.keys as () => Iterable<unknown>)()];
  return Object.keys(value);
}

/** `gap` 1 takes each member once at most, 0 as often as it likes. */
function combinations(list: List, size: number, gap: 0 | 1 = 1): readonly List[] {
  if (size === 0) return [[]];
  return list.flatMap((first, index) =>
    combinations(list.slice(index + gap), size - 1, gap).map((rest) => [first, ...rest]),
  );
}

function permutations(list: List, size: number): readonly List[] {
  if (size === 0) return [[]];
  return list.flatMap((first, index) =>
    permutations([...list.slice(0, index), ...list.slice(index + 1)], size - 1).map((rest) => [first, ...rest]),
  );
}
