/** A number that a check asks for, told in the cheapest form it has; bigint, or numeric for a measure. Never null. */
export type Count =
  /** Aggregates over the check's relation `t`, `count(*) filter (where ...)`: one scan answers those of all checks on it. */
  | { readonly aggregate: string }
  /** Groups of rows `t` that are `where`, by `keys`, for which a condition over aggregates holds; checks of the same keys and where share the grouping. */
  | { readonly groups: { readonly keys: readonly string[]; readonly where: string; readonly having: string } }
  /** A query of one number. */
  | { readonly query: string };

/** How many rows `t` are so. */
export function rowsWhere(condition: string): Count {
  return { aggregate: condition === 'true' ? 'count(*)' : `count(*) filter (where ${condition})` };
}

// A filter that is mostly false costs less than counting every value: 16 columns of 100,000 rows took 15 ms instead of 19 on Postgres 15;
// and not_null asks the same of the column.
/** How many rows `t` are so and have a value in each of the columns. */
export function valuesWhere(where: string, ...columns: readonly string[]): Count {
  return where === 'true'
    ? { aggregate: `count(*) - count(*) filter (where ${columns.map((column) => `${column} is null`).join(' or ')})` }
    : rowsWhere([where, ...columns.map((column) => `${column} is not null`)].join(' and '));
}

/** How many rows `t` are so and have none. */
export function nullsWhere(where: string, column: string): Count {
  return rowsWhere(where === 'true' ? `${column} is null` : `${where} and ${column} is null`);
}

/** An aggregate over the rows `t` that are so. */
export function aggregateWhere(aggregate: string, where: string): string {
  return where === 'true' ? aggregate : `${aggregate} filter (where ${where})`;
}

/** 1 when an aggregate condition holds over all rows that are looked at, else 0; a condition that is null does not hold. */
export function wholeWhere(condition: string): Count {
  return { aggregate: `case when ${condition} then 1 else 0 end` };
}

/** The number as a query of its own over a relation. */
export function countQuery(count: Count, relation: string): string {
  if ('query' in count) return count.query;
  if ('aggregate' in count) return `select ${count.aggregate} from ${relation} as t`;
  const { keys, where, having } = count.groups;
  return `select count(*) from (select 1 from ${relation} as t where ${where} group by ${keys.join(', ')} having ${having}) as found`;
}
