import type { Connection } from '../../engine/contracts/config.ts';
import type { SourceTable } from '../../engine/contracts/source.ts';

/** A kind of source as the conformance suite sees it: the real thing, started for it, whose tables the suite fills and changes. */
export interface ConformanceSubject {
  /** The connection's type, and what else tells two subjects apart: `files csv`. */
  readonly kind: string;
  /** `folder` is the subject's own, empty and gone afterwards. */
  readonly start: (folder: string) => Promise<StartedSubject>;
}

export interface StartedSubject {
  readonly connection: Connection;
  readonly can: SubjectAbilities;
  /** Makes a table (file, resource) without rows and gives what sources.yml must say of it to find it. */
  readonly create: (table: SubjectTable) => Promise<Partial<SourceTable> & { readonly name: string }>;
  /** Makes the table hold exactly these rows; values as text, in the order of the table's columns. */
  readonly setRows: (name: string, rows: readonly SubjectRow[]) => Promise<void>;
  readonly insert: (name: string, rows: readonly SubjectRow[]) => Promise<void>;
  /** Adds a column at the end, null in all rows. */
  readonly addColumn: (name: string, column: SubjectColumn) => Promise<void>;
  readonly dropColumn: (name: string, column: string) => Promise<void>;
  /** Writes rows in a transaction that is still open; databases only. */
  readonly insertUncommitted?: (
    name: string,
    rows: readonly SubjectRow[],
  ) => Promise<{ readonly commit: () => Promise<void> }>;
  /** Values at the edge of each type that this kind of source has. */
  readonly torture: readonly TortureCase[];
  /** Makes a table with a key column `id` and a column `value` of the case's type that holds the case's value in one row. */
  readonly createTorture: (
    name: string,
    given: TortureCase,
  ) => Promise<Partial<SourceTable> & { readonly name: string }>;
  readonly stop: () => Promise<void>;
}

export interface SubjectAbilities {
  /** Whether it counts a table's rows by itself, so that an incremental pull can prove the whole table. */
  readonly countsWhole: boolean;
  /** Whether its columns have types of their own; else sources.yml declares them. */
  readonly typed: boolean;
  /** Whether a table can be there and hold no rows. */
  readonly emptyTables: boolean;
  /** Whether a column can have this name there; any name when left out. */
  readonly columnName?: (name: string) => boolean;
  /** The most columns that one table can have. */
  readonly maxColumns: number;
}

export type SubjectRow = readonly (string | null)[];

export interface SubjectColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'bigint' | 'numeric' | 'date' | 'timestamp' | 'boolean';
}

export interface SubjectTable {
  readonly name: string;
  readonly columns: readonly SubjectColumn[];
}

/** One value, written by the source's own means, and the text it must have in the warehouse, or the refusal that names it. */
export interface TortureCase {
  /** Of the column, in the source's own words. */
  readonly type: string;
  /** The value as the source is given it: an SQL literal, a cell's text, a JSON value. */
  readonly given: string;
  /** As the warehouse prints it; null for null; `refused` when the pull must fail, naming the column. */
  readonly landed: string | null | { readonly refused: string };
}
