import { subtractFromCursor } from '../connectors/cursor-value.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { LandedState, Manifest, PullWindow } from '../contracts/pull.ts';

export interface PullPlan {
  readonly mode: Manifest['mode'];
  /** Null for every row. */
  readonly window: PullWindow | null;
}

/** A span of one table to pull again, `from` included and `to` not. */
export interface BackfillRange {
  readonly from: string;
  readonly to: string;
}

/**
 * What a pull asks a table for: everything; a range that somebody named; or, of an incremental table, what is above the bound
 * that the last pull left, less the overlap. The bound is read from the warehouse, where it was committed with the rows.
 */
export function planPull(
  table: DeclaredSource,
  options: {
    readonly state: LandedState | null;
    readonly fullRefresh: boolean;
    readonly backfill: BackfillRange | undefined;
  },
): PullPlan {
  const { state, fullRefresh, backfill } = options;
  const column = table.cursor?.column ?? table.period;
  if (backfill !== undefined && column === undefined) {
    throw new EngineError(
      'EXTRACT_CURSOR_REFUSED',
      `${table.source}.${table.name} has neither a cursor nor a period column to take a range of`,
      { place: { file: table.declaredIn, line: table.line } },
    );
  }
  if (backfill !== undefined && column !== undefined && state !== null && !fullRefresh) {
    return { mode: 'backfill', window: { column, from: backfill.from, to: backfill.to, toIncluded: false, lag: null } };
  }
  if (table.mode !== 'incremental' || table.cursor === undefined) {
    return { mode: table.mode === 'snapshot' ? 'snapshot' : 'full', window: null };
  }
  const reached = fullRefresh ? null : (state?.cursor ?? null);
  const type = state?.columns.find(({ name }) => name === table.cursor?.column)?.type ?? 'text';
  const { overlap, lag = null } = table.cursor;
  const from = reached === null || overlap === undefined ? reached : subtractFromCursor(type, reached, overlap);
  return { mode: 'incremental', window: { column: table.cursor.column, from, to: null, toIncluded: true, lag } };
}
