/** What a column holds, across engines: values of one kind are compared as such. */
export type ComparedKind =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'text'
  | 'character'
  | 'date'
  | 'timestamp'
  | 'moment'
  | 'time'
  | 'bytes'
  | 'uuid'
  | 'json'
  | 'other';

export interface ComparedColumn {
  readonly name: string;
  /** As its database calls the type. */
  readonly type: string;
  readonly kind: ComparedKind;
  /** The name as SQL. */
  readonly quoted: string;
  /** SQL of what is fetched of it. */
  readonly read: string;
  readonly notNull: boolean;
  /** Digits after the point of a decimal, or of a time's seconds where its engine prints them all; null when they vary. */
  readonly scale: number | null;
  /** Whether two texts of different bytes may be equal to its database. */
  readonly hasLooseCollation: boolean;
}

export type ComparedRow = readonly (string | null)[];

/** A table of a database held open at one moment, to be compared: what is known of it, and how it is asked. It can only read. */
export interface Comparison {
  readonly dialect: 'postgres' | 'mysql' | 'bigquery';
  /** The major version of a Postgres; 0 of any other. */
  readonly version: number;
  /** Whether its texts are UTF-8. */
  readonly isUtf8: boolean;
  /** What stands after FROM; `t` is its alias. */
  readonly from: string;
  /** The author's condition, in brackets; null for all rows. */
  readonly where: string | null;
  /** All of them, in the table's order. */
  readonly columns: readonly ComparedColumn[];
  /** Sets of columns that its database keeps unique. */
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly primaryKey: readonly string[];
  /** Columns that an index begins with: their smallest and largest value, and ranges, cost no scan. */
  readonly leading: ReadonlySet<string>;
  /** About how many rows there are. */
  readonly rows: number;
  /** Rows of a statement, as texts. `hashing`: it reads the whole table into few groups. */
  readonly ask: (sql: string, how?: { readonly hashing?: boolean }) => Promise<readonly ComparedRow[]>;
  /** Rows of a statement that selects a text or number first and then these columns' `read`; values as Postgres prints them. */
  readonly stream: (sql: string, columns: readonly ComparedColumn[]) => AsyncGenerator<readonly ComparedRow[]>;
}

export interface ComparedTable {
  /** The connection's name, for messages. */
  readonly connection: string;
  readonly called: string;
  /** A table by its names, or what stands after FROM. */
  readonly from: { readonly schema: string | null; readonly table: string } | { readonly sql: string };
  readonly where: string | null;
  /** Processes that one statement may use; null leaves it to the server. */
  readonly threads: number | null;
  readonly signal: AbortSignal;
}
