import type { Count } from '../check-kinds/count.ts';
import type { Row } from '../warehouse/warehouse.ts';

/** What checks ask of one relation. */
export interface RelationScan {
  /** As SQL that stands after `from`; empty where nothing but queries is asked. */
  readonly relation: string;
  readonly counts: readonly Count[];
}

export interface ScanStatement {
  readonly sql: string;
  /** The answers as decimal text, null where SQL gave none, in the order of the scans and their counts. */
  readonly read: (row: Row) => readonly (readonly (string | null)[])[];
}

/**
 * One statement for all that is asked of some relations. Each relation is scanned once for all aggregates over it, and grouped once for
 * all that groups by the same keys; equal expressions are asked once. Every part is a subquery that sees no other, so that a name that is
 * wrong in one is never taken for a column of another. It stays a plain SELECT, which Postgres may run with parallel workers.
 */
export function scanStatement(scans: readonly RelationScan[]): ScanStatement {
  const parts = scans.map(relationScan);
  return {
    sql: `select ${parts.map(({ sql }, index) => `${sql} as "${index}"`).join(',\n')}`,
    read: (row) =>
      parts.map(({ places }, index) => {
        const answers = row[String(index)] ?? '{}';
        const values = answers.slice(1, -1).split(',');
        return places.map((place) => (values[place] === 'NULL' ? null : (values[place] ?? null)));
      }),
  };
}

function relationScan({ relation, counts }: RelationScan): { readonly sql: string; readonly places: number[] } {
  const aggregates = new Set<string>();
  const groupings = new Map<string, { readonly from: string; readonly having: Set<string> }>();
  const queries = new Set<string>();
  for (const count of counts) {
    if ('aggregate' in count) aggregates.add(count.aggregate);
    else if ('query' in count) queries.add(count.query);
    else {
      const from = groupingOf(relation, count.groups);
      const grouping = groupings.get(from) ?? { from, having: new Set() };
      groupings.set(from, grouping);
      grouping.having.add(count.groups.having);
    }
  }
  const order = [
    ...[...aggregates].map((aggregate) => `aggregate ${aggregate}`),
    ...[...groupings.values()].flatMap(({ from, having }) => [...having].map((one) => `group ${from} ${one}`)),
    ...[...queries].map((query) => `query ${query}`),
  ];
  const placeOf = new Map(order.map((key, place) => [key, place]));
  const arrays = [
    ...(aggregates.size === 0
      ? []
      : [`(select ${arrayOf([...aggregates].map((sql) => `(${sql})`))}\nfrom ${relation} as t)`]),
    ...[...groupings.values()].map(groupedScan),
    ...(queries.size === 0 ? [] : [arrayOf([...queries].map((query) => `(\n${query}\n)`))]),
  ];
  return {
    sql: arrays.join('\n|| '),
    places: counts.map((count) => placeOf.get(keyOf(relation, count)) as number),
  };
}

function keyOf(relation: string, count: Count): string {
  if ('aggregate' in count) return `aggregate ${count.aggregate}`;
  if ('query' in count) return `query ${count.query}`;
  return `group ${groupingOf(relation, count.groups)} ${count.groups.having}`;
}

interface Groups {
  readonly keys: readonly string[];
  readonly where: string;
}

function groupingOf(relation: string, { keys, where }: Groups): string {
  return `from ${relation} as t where ${where} group by ${keys.join(', ')}`;
}

/** One condition is cheapest as the grouping's own; several are told apart in the groups for which any holds. */
function groupedScan({ from, having }: { readonly from: string; readonly having: ReadonlySet<string> }): string {
  const conditions = [...having].map((condition) => `(${condition})`);
  if (conditions.length === 1)
    return `(select array[count(*)::text]\nfrom (select 1 ${from} having ${conditions[0]}) as grouped)`;
  const told = conditions.map((condition, index) => `${condition} as is_${index}`).join(', ');
  return `(select ${arrayOf(conditions.map((_, index) => `count(*) filter (where is_${index})`))}
from (select ${told} ${from} having ${conditions.join(' or ')}) as grouped)`;
}

function arrayOf(numbers: readonly string[]): string {
  return `array[${numbers.map((number) => `${number}::text`).join(', ')}]`;
}
