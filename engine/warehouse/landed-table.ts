import { relation } from '../sql-text.ts';

/** Schema that a source system's tables land in. */
export function landedSchema(source: string): string {
  return `raw_${source}`;
}

/** The names of one landed table: the view that models read, its rows over time, and one pull's rows beside them. */
export function landedTable(source: string, table: string) {
  const schema = landedSchema(source);
  return {
    schema,
    /** Rows as of the newest verified pull: the source's columns and `_run_no`, the run that brought the row. */
    current: relation(schema, table),
    /**
     * Every row that ever landed, once: `_from_run` the run that brought it, `_to_run` the run that no longer found it (null
     * while it stands), `_row_hash` its keyed hash.
     */
    historyName: `${table}__history`,
    history: relation(schema, `${table}__history`),
    /** The rows as of a past run, as a function of its number. */
    asOf: relation(schema, `${table}__as_of`),
    /** What each pull added, changed and deleted, of a table in snapshot mode. */
    changes: relation(schema, `${table}__changes`),
    /** Rows that did not fit. */
    rejected: relation(schema, `${table}__rejected`),
    longestName: `${table}__rejected`,
    /** The history of an older shape, which a full refresh moved aside; the number of that run follows. */
    movedPrefix: `${table}__until_r`,
    /** A pull's own table; each attempt has one, so that a late attempt can touch no other's. */
    besideName: (runNo: string, attempt: number) => `${table}__r${runNo}_a${attempt}`,
  };
}
