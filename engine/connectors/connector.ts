import type { Connection } from '../contracts/config.ts';
import type { ControlTotal, LandedColumn } from '../contracts/pull.ts';
import type { DeclaredSource } from '../contracts/project.ts';

/** One table as read from an open source: its proof figures first, then its rows. */
export interface TableRead {
  readonly system: Readonly<Record<string, string>>;
  readonly snapshotId: string;
  /** The query, or the file's name. */
  readonly query: string;
  readonly columns: readonly LandedColumn[];
  /** By the source's own count, in the same snapshot as the rows. */
  readonly sourceRows: bigint;
  readonly sourceTotals: readonly ControlTotal[];
  /** The rows in Postgres' COPY text format. Read once. */
  readonly rows: AsyncIterable<Buffer>;
}

/** A source system, held open at one moment in time: everything read from it is of that moment. */
export interface OpenSource {
  readonly read: (table: DeclaredSource) => Promise<TableRead>;
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
}
