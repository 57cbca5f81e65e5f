import { z } from 'zod';
import { literal } from '../sql-text.ts';
import { value } from './arguments.ts';
import type { KindContext } from './check-kind.ts';

/** A list of values; `quote: false` takes them as SQL writes them. */
export const ListedValues = z.strictObject({ values: z.array(value).min(1), quote: z.boolean().default(true) });

/** The values as SQL. In quotes they are of no type yet, so that Postgres compares them as the column's own. */
export function listedValues({ values, quote }: z.output<typeof ListedValues>, render: KindContext['render']): string {
  return values
    .map((each) => {
      if (typeof each === 'string') return quote ? literal(each.includes('{{') ? render(each) : each) : render(each);
      return literal(quote ? String(each) : each);
    })
    .join(', ');
}
