import type { OpenSource, RejectedRow, TableRead } from '../../../engine/connectors/connector.ts';
import type { LandedColumn, PullWindow } from '../../../engine/contracts/pull.ts';
import { declareTable } from '../../setup/pull-tables.ts';

export interface ReadOptions {
  readonly window?: Partial<PullWindow> & { readonly column: string };
  readonly standing?: readonly LandedColumn[];
  readonly rejected?: RejectedRow[];
  readonly signal?: AbortSignal;
}

export type Declared = Parameters<typeof declareTable>[0];

/** Reads one table of an open source; whatever is not said is as in a first, whole pull. */
export function readTable(open: OpenSource, table: Declared, options: ReadOptions = {}): Promise<TableRead> {
  const { window, standing = null, rejected = [], signal = new AbortController().signal } = options;
  return open.read({
    table: declareTable(table),
    window: window ? { from: null, to: null, toIncluded: true, lag: null, ...window } : null,
    standing,
    reject: (row) => {
      rejected.push(row);
      return Promise.resolve();
    },
    signal,
  });
}
