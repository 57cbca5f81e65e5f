import { z } from 'zod';

/** A column of the relation that the check is on with its counterpart in the other one. */
export interface ColumnPair {
  readonly ours: string;
  readonly theirs: string;
}

/** Columns of two relations: names that both have, or `{ours: theirs}`; also a list of both forms. */
export const columnPairs = z
  .union([
    z.string(),
    z.record(z.string(), z.string()),
    z.array(z.union([z.string(), z.record(z.string(), z.string())])),
  ])
  .transform((written): readonly ColumnPair[] =>
    [written]
      .flat()
      .flatMap((each) =>
        typeof each === 'string'
          ? [{ ours: each, theirs: each }]
          : Object.entries(each).map(([ours, theirs]) => ({ ours, theirs })),
      ),
  );

/** At least one of them. */
export const someColumnPairs = columnPairs.refine((pairs) => pairs.length > 0, { error: 'needs at least one column' });
