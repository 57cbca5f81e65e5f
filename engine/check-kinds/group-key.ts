import { literal } from '../sql-text.ts';
import type { KindContext } from './check-kind.ts';
import { keyText } from './key-text.ts';

/** The group that a row is of, for kinds that go on reckoning with groups: a text array, so that two groups are never one by their names. */
export interface GroupKey {
  /** SQL over `t`. */
  readonly key: string;
  /** SQL text that names a group, over an expression that gives the array. */
  readonly named: (array: string) => string;
}

export function groupKey<A>(
  columns: readonly string[],
  { label, expression, shown }: Pick<KindContext<A>, 'label' | 'expression' | 'shown'>,
): GroupKey {
  return {
    key:
      columns.length === 0
        ? `'{}'::text[]`
        : `array[${columns.map((each) => `(${expression(each)})::text`).join(', ')}]`,
    named: (array) =>
      columns.length === 0
        ? literal(label)
        : keyText(columns.map((written, index) => shown(`${array}[${index + 1}]`, written))),
  };
}
