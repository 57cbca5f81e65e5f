import type { SelectStmt } from 'libpg-query';
import { identifier, relation as quotedRelation } from '../sql-text.ts';
import { combine, NOTHING } from './flow.ts';
import { isOpen } from './shape.ts';
import { tableShape } from './table-shape.ts';
import { traceQuery } from './trace-query.ts';
import type { ColumnsOf } from './trace-query.ts';

export interface DecidingColumns {
  /** By the quoted name of their relation. */
  readonly columns: readonly { readonly relation: string; readonly column: string }[];
  /** Sentences that say what could not be resolved. */
  readonly problems: readonly string[];
}

/** The columns that decide which rows a query gives; with `values` also those that go into the values it gives. */
export function decidingColumns(
  select: SelectStmt,
  { columnsOf, values }: { readonly columnsOf: ColumnsOf; readonly values: boolean },
): DecidingColumns {
  const { shape, rows } = traceQuery(select, (schema, name) => {
    const relation = schema === undefined ? identifier(name) : quotedRelation(schema, name);
    return { relation, shape: tableShape(relation, columnsOf(relation)) };
  });
  const flows = values ? shape.flatMap((entry) => (isOpen(entry) ? [] : [entry.flow])) : [];
  const { origins, influences, problems } = combine([NOTHING, rows, ...flows]);
  const columns = new Map(
    [...origins, ...influences].map(
      ({ relation, column }) => [`${relation}\0${column}`, { relation, column }] as const,
    ),
  );
  return { columns: [...columns.values()], problems };
}
