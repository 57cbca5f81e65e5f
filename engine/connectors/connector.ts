import type { Connection } from '../contracts/config.ts';
import type { ColumnDrift, ControlTotal, LandedColumn, PulledFile, PullWindow } from '../contracts/pull.ts';
import type { DeclaredSource } from '../contracts/project.ts';

export interface ReadRequest {
  readonly table: DeclaredSource;
  /** Which rows to read; null for all. */
  readonly window: PullWindow | null;
  /** The columns that have landed before, in their order; null before the first pull. */
  readonly standing: readonly LandedColumn[] | null;
  /** Keeps a row aside that does not fit, under the table's drift policy `discard_row`. */
  readonly reject: (row: RejectedRow) => Promise<void>;
  /** Aborted when the pull is cancelled: reading then ends with an error within a second. */
  readonly signal: AbortSignal;
}

export interface RejectedRow {
  /** Where it stood: `posting_log.csv:14`, `page 3, record 7`. */
  readonly at: string;
  /** What does not fit, in words and column names; no value. */
  readonly reason: string;
  /** The row as JSON text, values as received. Kept in the warehouse only. */
  readonly row: string;
}

/** One table of an open source: its rows first, then what the source itself says of them. */
export interface TableRead {
  readonly system: Readonly<Record<string, string>>;
  /** The files it is read from; known after the last row. */
  readonly files?: readonly PulledFile[] | undefined;
  readonly snapshotId: string;
  /** The query, or the file's name. */
  readonly query: string;
  readonly bindings: Readonly<Record<string, string | null>>;
  /** In the order they land: the standing ones first, new ones after them. */
  readonly columns: readonly LandedColumn[];
  /** The rows as one whole stream in Postgres' COPY binary format, header and trailer included, in chunks of any size. Read once; a chunk
   * may be written over once the next is asked for. */
  readonly rows: AsyncIterable<Buffer>;
  /** Asked once, after the last row. */
  readonly figures: () => Promise<SourceFigures>;
}

export interface SourceFigures {
  /** By the source's own count, in the same snapshot as the rows, rejected ones included; null where it has none. */
  readonly rows: bigint | null;
  /** In the order of the table's control_totals, without rejected rows. */
  readonly totals: readonly ControlTotal[];
  /** Of all rows up to the window's upper bound, those without a value included and rejected ones not; null without a window or a count. */
  readonly whole: { readonly rows: bigint; readonly totals: readonly ControlTotal[] } | null;
  /** The upper bound that the read went by, and the rows without a value; null without a window. */
  readonly cursor: { readonly upper: string | null; readonly nullRows: bigint } | null;
  readonly drift: ColumnDrift;
}

/** A source system, held open at one moment in time: everything read from it is of that moment. */
export interface OpenSource {
  /** How many tables may be read at once. */
  readonly parallel: number;
  readonly read: (request: ReadRequest) => Promise<TableRead>;
  /** Rejects when the moment is lost while tables are read: the pull then starts again whole. Never resolves. */
  readonly lost: Promise<never>;
  readonly close: () => Promise<void>;
}

/** What every kind of source can do. */
export interface Connector<C extends Connection = Connection> {
  readonly open: (connection: C, context: ConnectorContext) => Promise<OpenSource>;
}

export interface ConnectorContext {
  /** The connection's name, for messages. */
  readonly name: string;
  /** The project's folder; relative paths start here. */
  readonly root: string;
  readonly signal: AbortSignal;
}
