import type { Connection } from './config.ts';
import type { DeclaredSource } from './project.ts';

/** One of two tables that are compared. */
export interface DiffSide {
  /** As its author named it, for messages. */
  readonly called: string;
  readonly at:
    | {
        readonly kind: 'table';
        readonly connection: NamedConnection;
        readonly schema: string | null;
        readonly table: string;
      }
    | { readonly kind: 'warehouse'; readonly schema: string; readonly table: string }
    /** What stands after FROM in the warehouse. */
    | { readonly kind: 'relation'; readonly sql: string }
    /** Rows of files or of an HTTP API, put into the warehouse for as long as the comparison runs. */
    | { readonly kind: 'pulled'; readonly connection: NamedConnection; readonly table: DeclaredSource };
  /** A condition in SQL of the side's own database. */
  readonly where?: string | undefined;
  /** The key that the project declares for it; empty when it declares none. */
  readonly key: readonly string[];
  /** Columns that are never compared: Tickmark's own, and personal data that lands masked. */
  readonly hidden: readonly string[];
}

/** A connection with its secrets resolved: never kept or printed. */
export interface NamedConnection {
  readonly name: string;
  readonly config: Connection;
}

export interface DiffOptions {
  /** Names as A has them; the declared key or the primary key when empty. */
  readonly key: readonly string[];
  /** Compared columns, as A has them; all that both sides have when empty. */
  readonly columns: readonly string[];
  readonly exclude: readonly string[];
  /** B's name of a column, by A's. */
  readonly map: Readonly<Record<string, string>>;
  /** Numbers that differ by no more are the same; by A's column name, `*` for every number. Decimal text. */
  readonly tolerance: Readonly<Record<string, string>>;
  /** Only so many rows, or such a share of them, chosen by their key; null compares all. */
  readonly sample: { readonly rows: number } | { readonly percent: string } | null;
  /** Chooses other rows for a sample. */
  readonly sampleSeed: number;
  /** Rows that are hashed and, where they differ, fetched together; about. */
  readonly bucketRows: number;
  /** Processes that Postgres may use for one statement; null leaves it to the server. */
  readonly threads: number | null;
  /** Of the rows' hashes: a random number of up to 15 digits, new for each comparison, so that no data can be made to collide. */
  readonly seed: number;
}

/** What is not the same. Rows hold the compared columns, by A's names, as text; they are for the author's eyes only. */
export interface Difference {
  readonly kind: 'changed' | 'only_a' | 'only_b' | 'doubled';
  readonly key: Readonly<Record<string, string | null>>;
  /** Columns that differ; empty unless changed. */
  readonly columns: readonly string[];
  readonly a: Readonly<Record<string, string | null>> | null;
  readonly b: Readonly<Record<string, string | null>> | null;
  /** How many rows have the key; 1 at most unless doubled. */
  readonly rowsA: number;
  readonly rowsB: number;
}

export interface DiffResult {
  /** Rows that were looked at; those of a sample when there is one. */
  readonly rowsA: bigint;
  readonly rowsB: bigint;
  /** Keys with one row on each side and no difference. */
  readonly same: bigint;
  /** Keys with one row on each side and a difference. */
  readonly changed: bigint;
  readonly onlyA: bigint;
  readonly onlyB: bigint;
  /** Keys that stand in more than one row of a side; none of their rows is matched. */
  readonly doubledA: bigint;
  readonly doubledB: bigint;
  /** Rows that cannot be matched because a part of their key is null. */
  readonly withoutKeyA: bigint;
  readonly withoutKeyB: bigint;
  /** Changed rows by the column that differs, as A names it. */
  readonly byColumn: Readonly<Record<string, bigint>>;
  /** Rows of both sides that were fetched to be compared value by value; of all others the hashes are equal. */
  readonly fetched: bigint;
  /** Same only because of a tolerance. */
  readonly forgiven: bigint;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** What a reader must know before relying on it: columns left out and why, how values were compared, that it is a sample. */
  readonly notes: readonly string[];
  /** Set when only a part of the rows was compared: in words. */
  readonly sample: string | null;
  /** `hash`: Postgres' own hashes of rows; `md5`: hashes of a text form that both engines print alike. */
  readonly method: 'hash' | 'md5';
  /** Whether nothing differs: no changed, missing, doubled or keyless row. */
  readonly isSame: boolean;
}
