/** The sum of one numeric column, exact, as the decimal text Postgres or the file arithmetic gives; null over no values. */
export interface ControlTotal {
  readonly column: string;
  readonly sum: string | null;
}

export interface LandedColumn {
  readonly name: string;
  /** Postgres type as `format_type` prints it; `text` for every column of a file. */
  readonly type: string;
}

/** The proof of one table's extraction: what was asked, of whom, at which moment, and what came. It holds no row value but the control totals. */
export interface Manifest {
  readonly source: string;
  readonly table: string;
  /** Which system answered: database, server version and role, or the file's name, size and SHA-256. */
  readonly system: Readonly<Record<string, string>>;
  /** The read snapshot's id; for a file the SHA-256 of its bytes. */
  readonly snapshotId: string;
  /** The query or the file that was read, word for word. */
  readonly query: string;
  readonly queryHash: string;
  readonly columns: readonly LandedColumn[];
  readonly key: readonly string[];
  /** Rows by the source's own count in the same snapshot; for a file by an independent count of its records. */
  readonly sourceRows: string;
  readonly sourceTotals: readonly ControlTotal[];
  /** Rows that came down the wire. */
  readonly streamedRows: string;
  /** Sum modulo 2^256 of the SHA-256 of each streamed row's COPY text, hex: independent of row order. */
  readonly contentHash: string;
  /** Rows the warehouse's COPY reported. */
  readonly copiedRows: string;
  readonly extractedAt: string;
}

/** One line of a tie-out sheet: a figure by the source and by what landed. */
export interface TieOutLine {
  readonly figure: string;
  readonly source: string | null;
  readonly landed: string | null;
  readonly agrees: boolean;
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
}
