/** What went wrong, as a code: whether a retry can help, and what the reader should do next. Match on the code, never on text. */
const ERRORS = {
  CONFIG_INVALID: { retryable: false, hint: 'correct the file at the place named' },
  CONFIG_ENV_MISSING: {
    retryable: false,
    hint: 'set the environment variable, or change the ${env:...} that reads it',
  },
  PROJECT_INVALID: { retryable: false, hint: 'correct the file at the place named' },
  PROJECT_NOT_FOUND: { retryable: false, hint: 'run inside a folder with a tickmark.yml, or pass --project-dir' },
  PROJECT_CHANGED: { retryable: false, hint: 'the content was edited while the run was under way; start it again' },
  PROJECT_UNKNOWN_VERTICAL: { retryable: false, hint: '`tickmark ls --resource-type vertical` lists the verticals' },
  INIT_NOT_DBT: { retryable: false, hint: 'name the folder with dbt_project.yml behind --from-dbt' },
  INIT_INVALID: { retryable: false, hint: 'see `tickmark init --help`' },
  INIT_FOLDER_TAKEN: { retryable: false, hint: 'name a folder that does not exist yet, with --out' },
  COMPILE_TEMPLATE: { retryable: false, hint: 'correct the template at the place named' },
  COMPILE_UNKNOWN_REF: { retryable: false, hint: '`tickmark ls` lists models and sources' },
  SELECTOR_INVALID: { retryable: false, hint: '`tickmark ls` lists what there is to select; README lists the methods' },
  OPTION_INVALID: { retryable: false, hint: '`tickmark <command> --help` says what each option takes' },
  COMPILE_CYCLE: { retryable: false, hint: 'take one of the named references out' },
  COMPILE_VAR: {
    retryable: false,
    hint: 'declare the variable under vars: in tickmark.yml, and give it a value of its type with --vars',
  },
  COMPILE_ENV_VAR: {
    retryable: false,
    hint: 'list the name under env_vars: in tickmark.yml and set it; compiled SQL is kept as evidence, so never a secret',
  },
  STATE_INVALID: {
    retryable: false,
    hint: 'give --state the target folder of an earlier invocation, with the manifest.json that it wrote',
  },
  SOURCE_UNREACHABLE: { retryable: true, hint: 'check the connection in tickmark.yml and that the source is up' },
  EXTRACT_SOURCE_MISSING: { retryable: false, hint: 'check the table or file named in sources.yml' },
  EXTRACT_COLUMN_MISSING: { retryable: false, hint: 'check key and control_totals of this table in sources.yml' },
  EXTRACT_FILE_REFUSED: { retryable: false, hint: 'have the file sent again; nothing of it was landed' },
  EXTRACT_NOT_A_NUMBER: {
    retryable: false,
    hint: 'a control total needs a column of plain decimal numbers; correct the file or control_totals in sources.yml',
  },
  EXTRACT_FAILED: { retryable: false, hint: 'see the SQLSTATE in the message; nothing was landed' },
  EXTRACT_QUERY_REFUSED: { retryable: false, hint: 'a query in sources.yml is one SELECT that changes nothing' },
  EXTRACT_TYPE_REFUSED: {
    retryable: false,
    hint: 'the value has no exact form in the warehouse; read the column as text with a query, or have the source corrected',
  },
  EXTRACT_SNAPSHOT_LOST: { retryable: true, hint: 'the pull starts again whole, in a new snapshot' },
  EXTRACT_CEILING: {
    retryable: false,
    hint: 'raise limits of this connection in tickmark.yml if the source is meant to be that big',
  },
  EXTRACT_CURSOR_REFUSED: { retryable: false, hint: 'check cursor of this table in sources.yml' },
  EXTRACT_ADDRESS_REFUSED: {
    retryable: false,
    hint: 'list the network under allow_networks of this connection in tickmark.yml if it is meant to be reached',
  },
  EXTRACT_HTTP_REFUSED: { retryable: false, hint: 'check url, path and auth of this connection and table' },
  EXTRACT_CANCELLED: { retryable: false, hint: 'the pull was cancelled; nothing of it was put in place' },
  LAND_FAILED: { retryable: false, hint: 'give the table a shorter name in sources.yml; nothing was landed' },
  LAND_SCHEMA_CHANGED: {
    retryable: false,
    hint: 'the source changed its columns; agree the change, then refresh with --full-refresh',
  },
  VERIFY_PULL_MISSING: { retryable: false, hint: 'the pull of this run was not recorded; start the refresh again' },
  VERIFY_TIE_OUT: {
    retryable: false,
    hint: 'what landed is not what the source gave; nothing was put in place. Refresh again, and look at `tickmark ledger ls`',
  },
  VERIFY_KEY_UNKNOWN: {
    retryable: false,
    hint: 'set TICKMARK_EVIDENCE_KEY to the key that this warehouse began with',
  },
  VERIFY_SUPERSEDED: { retryable: false, hint: 'start the run again; it then pulls anew' },
  TRANSFORM_INPUT_MOVED: {
    retryable: false,
    hint: 'another run pulled the same source meanwhile; start this one again',
  },
  TRANSFORM_CONFIG: { retryable: false, hint: 'correct config(...) in the model, or config: in its YAML' },
  TRANSFORM_SCHEMA_CHANGED: {
    retryable: false,
    hint: 'build the model with --full-refresh, or say on_schema_change: append_new_columns or sync_all_columns',
  },
  TRANSFORM_HOOK_FAILED: { retryable: false, hint: 'correct the statement in tickmark.yml' },
  TRANSFORM_SEED: { retryable: false, hint: 'correct the CSV file, or say the types in column_types of the seed' },
  TRANSFORM_MODEL_FAILED: { retryable: false, hint: '`tickmark compile -s <model>` shows the SQL that was run' },
  TRANSFORM_CONTRACT: {
    retryable: false,
    hint: 'make the model and its contract in YAML say the same; nothing was published of it',
  },
  TRANSFORM_UNIT_TEST: { retryable: false, hint: 'correct the unit test at the place named' },
  CHECK_INVALID: { retryable: false, hint: 'a check returns subject_id and reason, one row a violation' },
  DIFF_INVALID: { retryable: false, hint: '`tickmark diff --help` says what each option takes' },
  DIFF_UNKNOWN: {
    retryable: false,
    hint: 'a side is a model, a landed table as source.table, or connection:schema.table; `tickmark ls` lists the first two',
  },
  DIFF_KEY_UNKNOWN: { retryable: false, hint: 'name the columns that identify a row with --key' },
  DIFF_REFUSED: {
    retryable: false,
    hint: 'leave the column out with --exclude, or give both sides the same type: in a view, or under columns in sources.yml',
  },
  MUTATE_NOTHING_STANDS: { retryable: false, hint: 'refresh the vertical first: `tickmark refresh`' },
  MUTATE_NOT_BUILT: {
    retryable: false,
    hint: 'refresh the vertical, so that all of it stands; `tickmark build` shows what fails',
  },
  MUTATE_MOVED: { retryable: true, hint: 'a refresh put other data in place meanwhile; start it again' },
  MUTATE_STOPPED: { retryable: false, hint: 'nothing was changed and nothing recorded; start it again' },
  MUTATE_INVALID: { retryable: false, hint: '`tickmark mutate --help` says what each option takes' },
  CHECK_UNKNOWN: {
    retryable: false,
    hint: '`tickmark ls --resource-type test` lists the checks; a run records them, `tickmark check` does not',
  },
  PUBLISH_SCHEMA_TAKEN: {
    retryable: false,
    hint: 'Tickmark replaces this schema whole: move what is in it elsewhere, or give the vertical another name',
  },
  PUBLISH_READER_MISSING: {
    retryable: false,
    hint: 'create the role, or take it out of warehouse.readers in tickmark.yml',
  },
  ALERT_UNDELIVERED: { retryable: true, hint: 'check the alert route in tickmark.yml and that its receiver is up' },
  ALERT_ROUTE_UNSET: {
    retryable: false,
    hint: 'set the environment variable that the route reads; the incident is recorded and told then',
  },
  LINEAGE_UNSENT: {
    retryable: true,
    hint: 'check the address that OpenLineage events go to and that its receiver is up; the build itself is not touched by it',
  },
  DOCS_MISSING: { retryable: false, hint: 'run `tickmark docs generate` first' },
  ENGAGEMENT_INVALID: { retryable: false, hint: 'see `tickmark engagement pull --help`' },
  INTERRUPTED: { retryable: false, hint: 'the run is not lost: it goes on when a worker is up again' },
  TRACE_BROKEN: { retryable: false, hint: '`tickmark ledger verify` names the first broken entry' },
  TRACE_UNKNOWN: {
    retryable: false,
    hint: '`tickmark show --inline "select * from published.refreshes"` says what is published; `tickmark ls` lists models, KRIs and controls',
  },
  TEMPORAL_UNREACHABLE: { retryable: true, hint: 'check TEMPORAL_ADDRESS and that the server is up' },
  EMBEDDED_FAILED: {
    retryable: false,
    hint: 'or set DATABASE_URL and TEMPORAL_ADDRESS to servers of your own',
  },
  PORT_TAKEN: { retryable: false, hint: 'give another with --port; 0 takes a free one' },
  WORKER_DIED: { retryable: false, hint: 'the log says why' },
  WAREHOUSE_UNREACHABLE: { retryable: true, hint: 'check DATABASE_URL and that the warehouse is up' },
  WAREHOUSE_FAILED: { retryable: false, hint: 'see the SQLSTATE in the message' },
  WAREHOUSE_BUSY: { retryable: true, hint: 'another session holds the lock; it is tried again' },
  QUERY_FAILED: { retryable: false, hint: 'correct the SQL; the warehouse is read only here' },
  RUN_NOT_FOUND: { retryable: false, hint: 'the warehouse is not the one that the run began in; check DATABASE_URL' },
  RUN_FAILED: { retryable: false, hint: 'see the step named, and `tickmark ledger ls`' },
} as const satisfies Record<string, { retryable: boolean; hint: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** Where in the project's content an error stands; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export interface DatabaseFault {
  readonly reason: string;
  readonly sqlState: string | undefined;
  /** The character of the SQL text that it stumbled over, from 1. */
  readonly position: number | undefined;
}

/** The one error that Tickmark raises on purpose. Its message never holds a row value or a secret. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: ErrorCode;
  readonly place: Place | undefined;
  /** What a database said, without the row values that its own error would quote. */
  readonly database: DatabaseFault | undefined;

  constructor(code: ErrorCode, message: string, options: { place?: Place; database?: DatabaseFault } = {}) {
    const at = options.place ? `${formatPlace(options.place)}: ` : '';
    super(`${at}${message} [${code}]`);
    this.code = code;
    this.place = options.place;
    this.database = options.database;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  get hint(): string {
    return ERRORS[this.code].hint;
  }
}

/** What to do next about an error that is only known by its code. */
export function hintOf(code: string): string | undefined {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].hint : undefined;
}

/** `sql/finance/x.sql:3:14`, as editors and terminals link it. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}
