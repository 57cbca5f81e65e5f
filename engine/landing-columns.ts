/** Columns that landing adds to a source's own; no check, comparison or measure of coverage is about them. */
export const LANDING_COLUMNS: readonly string[] = ['_run_no', '_row_hash', '_from_run', '_to_run'];
