/** The sum of one numeric column, exact, as the decimal text Postgres or the file arithmetic gives; null over no values. */
export interface ControlTotal {
  readonly column: string;
  readonly sum: string | null;
}

export interface LandedColumn {
  readonly name: string;
  /** Postgres type as `format_type` prints it; `text` for a column of a file that declares none. */
  readonly type: string;
}

/** Which rows a pull asks for, by the value of one column; rows without a value always belong to it. */
export interface PullWindow {
  readonly column: string;
  /** Lower bound, part of the window; null: from the smallest. */
  readonly from: string | null;
  /** Upper bound; null: the largest value in the snapshot, less `lag`. */
  readonly to: string | null;
  /** Whether `to` itself belongs to the window: not in a backfill by range. */
  readonly toIncluded: boolean;
  readonly lag: string | null;
}

/** How a source's columns differ from those that stand. */
export interface ColumnDrift {
  readonly added: readonly string[];
  readonly missing: readonly string[];
  /** Of the added, those that the table's policy left out. */
  readonly discarded: readonly string[];
}

/** One of the files that a table was read from. */
export interface PulledFile {
  /** Its path below the connection's folder or bucket. */
  readonly name: string;
  readonly bytes: string;
  /** Its records by an independent count, rejected ones included. */
  readonly rows: string;
  readonly sha256: string;
}

/** The proof of one table's extraction: what was asked, of whom, at which moment, and what came. It holds no row value but the control totals. */
export interface Manifest {
  readonly source: string;
  readonly table: string;
  /** Which system answered: database, server version and role, or the file's name, size and SHA-256. */
  readonly system: Readonly<Record<string, string>>;
  /** Of a table that is read from files: each of them. Absent for other systems, and in manifests of before it was kept. */
  readonly files?: readonly PulledFile[] | undefined;
  /** The read snapshot's id; for a file the SHA-256 of its bytes. */
  readonly snapshotId: string;
  /** The query or the file that was read, word for word. */
  readonly query: string;
  readonly queryHash: string;
  /** What the query's parameters were. */
  readonly bindings: Readonly<Record<string, string | null>>;
  readonly mode: 'full' | 'incremental' | 'snapshot' | 'backfill';
  /** Whether the rows of a window take the place of those with the same key. */
  readonly write: 'append' | 'merge';
  readonly window: (PullWindow & { readonly upper: string | null; readonly nullRows: string }) | null;
  /** Why an incremental pull read every row after all; null when it did not. */
  readonly widened: string | null;
  readonly columns: readonly LandedColumn[];
  /** SHA-256 of the columns' names and types, in order. */
  readonly schemaFingerprint: string;
  readonly drift: ColumnDrift;
  readonly key: readonly string[];
  readonly period: string | null;
  /** Rows by the source's own count in the same snapshot; for a file by an independent count; null where a source has none. */
  readonly sourceRows: string | null;
  /** Of the rows that were not rejected. */
  readonly sourceTotals: readonly ControlTotal[];
  /** Count and totals of all rows up to the window's upper bound, where the source gives them. */
  readonly whole: { readonly rows: string; readonly totals: readonly ControlTotal[] } | null;
  /** Rows that came, and were kept aside because they do not fit. */
  readonly rejectedRows: string;
  /** Rows that came down the wire to be landed. */
  readonly streamedRows: string;
  readonly streamedBytes: string;
  /** Of the control totals, those summed from the rows as they streamed. */
  readonly streamedTotals: readonly ControlTotal[];
  /** Sum modulo 2^128 of the keyed hash of each streamed row, hex: independent of row order. */
  readonly contentHash: string;
  /** Names the evidence key that the hash is made with. */
  readonly keyId: string;
  /** Rows the warehouse's COPY reported. */
  readonly copiedRows: string;
  readonly readBack: boolean;
  readonly extractedAt: string;
  readonly toolVersion: string;
  readonly projectHash: string;
}

/** One line of a tie-out sheet: a figure by the source and by what landed. */
export interface TieOutLine {
  readonly figure: string;
  readonly source: string | null;
  readonly landed: string | null;
  readonly agrees: boolean;
}

/** All rows of a landed table as of one pull. */
export interface LandedState {
  readonly rows: string;
  /** Sum modulo 2^128 of the rows' keyed hashes, hex. */
  readonly hash: string;
  readonly totals: readonly ControlTotal[];
  /** The upper bound of the cursor, where the next incremental pull goes on. */
  readonly cursor: string | null;
  readonly columns: readonly LandedColumn[];
}

/** What a pull changed in a period that was declared closed. */
export interface ClosedPeriodChange {
  readonly period: string;
  readonly before: { readonly rows: string; readonly totals: readonly ControlTotal[] };
  readonly after: { readonly rows: string; readonly totals: readonly ControlTotal[] };
  readonly addedRows: string;
  readonly removedRows: string;
}

/** What verify found and what it then changed in the landed table. */
export interface TieOut {
  readonly batchId: string;
  readonly source: string;
  readonly table: string;
  readonly tied: boolean;
  readonly lines: readonly TieOutLine[];
  readonly landedRows: string;
  readonly addedRows: string;
  readonly removedRows: string;
  /** Of the added and removed rows, how many keys are in both: the rows that were restated. */
  readonly changedKeys: string;
  readonly state: LandedState;
  readonly closedPeriods: readonly ClosedPeriodChange[];
}
