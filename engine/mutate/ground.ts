import type { KnownColumn } from '../check-kinds/check-kind.ts';
import type { CompiledProject } from '../compile/compile-project.ts';
import { identifier } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** A table of the copy that faults are planted into. */
export interface ScratchTable {
  /** A model by name, or `source.table`. */
  readonly name: string;
  /** Its copy, quoted. */
  readonly copy: string;
  /** Where the places of its rows stand in the order that the seed gives; quoted. */
  readonly order: string;
  readonly columns: readonly KnownColumn[];
  /** Columns that no fault is planted into: Tickmark's own. */
  readonly own: readonly string[];
  /** Columns that name a row, as the source declares them. */
  readonly key: readonly string[];
  /** Copied as it stands, or built on the copy from what it reads. */
  readonly made: 'copied' | 'built';
}

/** What a table holds, whatever the order of its rows. */
export interface Content {
  readonly rows: string;
  readonly hash: string;
}

/** A vertical's landed and built tables in scratch schemas of one session's transaction, which is rolled back. */
export interface Ground {
  readonly session: Session;
  /** Compiled against the copy. */
  readonly compiled: CompiledProject;
  /** In the order in which they are built. */
  readonly tables: readonly ScratchTable[];
  /** What each model reads, ephemeral models seen through. */
  readonly reads: ReadonlyMap<string, readonly string[]>;
  readonly contents: ReadonlyMap<string, Content>;
}

/** Rows and hash of a table in one scan; equal content gives equal hashes. */
export async function contentOf(
  { copy, columns }: Pick<ScratchTable, 'copy' | 'columns'>,
  session: Session,
): Promise<Content> {
  const values = columns.map(({ name, type }) => `t.${identifier(name)}${HASHED.test(type) ? '' : '::text'}`);
  // A row's hash is a sum over its columns: unless it is hashed again, two rows that swap a value add up to the same.
  const hash = `hashint8extended(hash_record_extended(row(${values.join(', ')}), 0), 0)`;
  const [row] = await session.query(
    `select count(*)::text as rows, coalesce(sum(${hash}), 0)::text as hash from ${copy} as t`,
  );
  return { rows: row?.['rows'] ?? '0', hash: row?.['hash'] ?? '0' };
}

// Types whose own hash is cheaper than that of their text and tells as much: that of numeric is the same for 5 and -5.
const HASHED = /^(smallint|integer|bigint|text|character|boolean|date|time|timestamp|uuid|bytea)\b(?!.*\[\])/;
