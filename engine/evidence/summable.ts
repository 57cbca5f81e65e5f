import type { LandedColumn } from '../contracts/pull.ts';

export interface SummableColumn {
  readonly column: string;
  readonly at: number;
  readonly kind: 'int2' | 'int4' | 'int8' | 'numeric';
}

const KINDS = { smallint: 'int2', integer: 'int4', bigint: 'int8', numeric: 'numeric' } as const;

/** The control totals that can be added up from the rows' bytes as they stream: integers and numerics. SQL adds up the rest. */
export function summable(columns: readonly LandedColumn[], totals: readonly string[]): readonly SummableColumn[] {
  return totals.flatMap((column) => {
    const at = columns.findIndex(({ name }) => name === column);
    const type = columns[at]?.type.replace(/\(.*\)$/, '') as keyof typeof KINDS;
    return KINDS[type] === undefined ? [] : [{ column, at, kind: KINDS[type] }];
  });
}
