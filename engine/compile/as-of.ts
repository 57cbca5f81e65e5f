import { literal, relation } from '../sql-text.ts';

/** A past moment of landed tables: a run's number, or a time; a date means the end of that day, in UTC. */
export type AsOf = { readonly run: string } | { readonly time: string };

export const AS_OF_FORMS = "a run's number, a date as 2026-01-31, or a time with its zone as 2026-01-31T08:00:00Z";

/** Undefined when the text is none of AS_OF_FORMS. */
export function parseAsOf(value: unknown): AsOf | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  if (/^[1-9]\d{0,17}$/.test(text)) return { run: text };
  const [, date, time] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  if (date === undefined || !isDay(date)) return undefined;
  return { time: time === undefined ? `${date}T23:59:59.999999Z` : text };
}

/** The relation that gives a landed table's rows as of then: one that refuses a moment before the table's first pull. */
export function relationAsOf(source: string, table: string, asOf: AsOf): string {
  const run =
    'run' in asOf
      ? BigInt(asOf.run).toString()
      : `audit.landed_run_at(${literal(source)}, ${literal(table)}, ${literal(asOf.time)}::timestamptz)`;
  return `${relation(`raw_${source}`, `${table}__as_of`)}(${run})`;
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
