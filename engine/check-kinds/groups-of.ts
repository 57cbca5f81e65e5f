import { literal } from '../sql-text.ts';
import type { KindContext } from './check-kind.ts';
import { aggregateWhere, wholeWhere } from './count.ts';
import type { Count } from './count.ts';

/** How a kind that judges groups of rows names, forms and counts them: by the columns it was given, or all rows as one group under the relation's name. */
export interface Groups {
  /** SQL text expression that names a group. */
  readonly subject: string;
  /** What comes after the rows' condition: `group by ...`, or nothing. */
  readonly groupBy: string;
  /** An aggregate over the rows of a group that are looked at, as `having` takes it. */
  readonly found: (having: (aggregate: (written: string) => string) => string) => Count;
}

export function groupsOf<A>(
  columns: readonly string[],
  { label, where, expression, shown }: Pick<KindContext<A>, 'label' | 'where' | 'expression' | 'shown'>,
): Groups {
  const keys = columns.map(expression);
  return {
    subject:
      keys.length === 0
        ? literal(label)
        : `concat_ws('/', ${keys.map((key, index) => shown(key, columns[index] ?? '')).join(', ')})`,
    groupBy: keys.length === 0 ? '' : `\ngroup by ${keys.join(', ')}`,
    found: (having) =>
      keys.length === 0
        ? wholeWhere(having((aggregate) => aggregateWhere(aggregate, where)))
        : { groups: { keys, where, having: having((aggregate) => aggregate) } },
  };
}
