import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { value } from './arguments.ts';
import type { KindContext } from './check-kind.ts';

/** A list of values; `quote: false` takes them as SQL writes them. */
export const ListedValues = z.strictObject({
  values: z.array(value).min(1).describe('The values.'),
  quote: z.boolean().default(true).describe('Whether texts among them are values; false: they are SQL.'),
});

/**
 * The same list to count by: Postgres finds a value in a list of nine or more by its hash, and compares it with each of a shorter one,
 * which over 6 million rows took a third longer for seven values.
 */
export function countedValues(given: z.output<typeof ListedValues>, render: KindContext['render']): string {
  const { values, quote } = given;
  const last = values.at(-1);
  if (!quote || last === undefined || values.length < 4 || values.length >= HASHED_FROM)
    return listedValues(given, render);
  const more = Array<typeof last>(HASHED_FROM - values.length).fill(last);
  return listedValues({ ...given, values: [...values, ...more] }, render);
}

const HASHED_FROM = 9;

/** The values as SQL. In quotes they are of no type yet, so that Postgres compares them as the column's own. */
export function listedValues({ values, quote }: z.output<typeof ListedValues>, render: KindContext['render']): string {
  return values
    .map((each) => {
      if (typeof each === 'string') return quote ? literal(each.includes('{{') ? render(each) : each) : render(each);
      return literal(quote ? String(each) : each);
    })
    .join(', ');
}
