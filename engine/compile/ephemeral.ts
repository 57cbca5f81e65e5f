import { identifier } from '../sql-text.ts';
import { skip, sqlTokens } from './sql-tokens.ts';

/** A query without the common table expressions that it needs, and the ephemeral models that it speaks of, in that order. */
export interface Bare {
  readonly sql: string;
  readonly ephemeral: readonly string[];
}

/** What an ephemeral model is called where it is put before a query; dbt's name for it. */
export function ephemeralName(model: string): string {
  return `__dbt__cte__${model}`;
}

/** Whether a text is a query of its own, so that common table expressions can stand before it. */
export function isQuery(sql: string): boolean {
  return /^(?:select|with|values|table|\()/i.test(sql.slice(skip(sql, 0)));
}

/** The query with the ephemeral models it speaks of before it, and before each of those the ones that it speaks of. */
export function withEphemeral(query: Bare, bareOf: (model: string) => Bare): string {
  const names = new Set<string>();
  const collect = (needed: readonly string[]): void => {
    for (const name of needed) {
      if (names.has(name)) continue;
      collect(bareOf(name).ephemeral);
      names.add(name);
    }
  };
  collect(query.ephemeral);
  if (names.size === 0) return query.sql;
  const before = [...names].map((name) => `${identifier(ephemeralName(name))} as (\n${bareOf(name).sql}\n)`);
  return joined(before.join(', '), query.sql);
}

/** The same as a subquery, where only a part of a query is written. */
export function inBrackets(query: Bare, bareOf: (model: string) => Bare): string {
  return `(\n${withEphemeral(query, bareOf)}\n)`;
}

/** Puts expressions before a query; one that begins with some of its own takes them into its list. */
function joined(before: string, sql: string): string {
  const start = skip(sql, 0);
  const [first, second] = /^with\b/i.test(sql.slice(start)) ? sqlTokens(sql.slice(start, start + 2_000)) : [];
  if (first === undefined) return `with ${before}\n${sql}`;
  const isRecursive = second?.text.toLowerCase() === 'recursive';
  const end = start + (isRecursive ? (second?.at ?? 0) + 'recursive'.length : first.text.length);
  return `${sql.slice(0, start)}with${isRecursive ? ' recursive' : ''} ${before},${sql.slice(end)}`;
}
