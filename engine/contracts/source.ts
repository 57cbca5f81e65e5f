import { z } from 'zod';

/** Types that a column of a file or an HTTP API may be declared as; whatever is not declared lands as text. */
const DECLARED_TYPES = [
  'text',
  'boolean',
  'integer',
  'bigint',
  'numeric',
  'double precision',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
  'json',
] as const;

/** Data tests as YAML has them: three words for one thing, read by engine/project/load-generic-checks.ts. */
export const DataTests = {
  data_tests: z.array(z.unknown()).optional(),
  tests: z.array(z.unknown()).optional(),
  checks: z.array(z.unknown()).optional(),
};

const oneOrMore = z.union([z.string(), z.array(z.string())]);
const meta = z.record(z.string(), z.unknown());
const quoting = z.strictObject({
  database: z.boolean().optional(),
  schema: z.boolean().optional(),
  identifier: z.boolean().optional(),
});

const Threshold = z.strictObject({ count: z.int().min(0), period: z.enum(['minute', 'hour', 'day']) });
const Freshness = z.strictObject({
  warn_after: Threshold.nullish(),
  error_after: Threshold.nullish(),
  filter: z.string().nullish(),
});

/** How old the newest row may be. */
export interface SourceFreshness {
  readonly warn_after: z.output<typeof Threshold> | undefined;
  readonly error_after: z.output<typeof Threshold> | undefined;
  /** A condition on the rows that are looked at; a template. */
  readonly filter: string | undefined;
}

/** What may stand under a source, under its table, and in the `config:` of either. */
const freshness = {
  /** Null at a table: its source's does not hold for it. */
  freshness: Freshness.nullish(),
  loaded_at_field: z.string().nullish(),
  loaded_at_query: z.string().nullish(),
};
export const SourceConfig = z.strictObject({
  ...freshness,
  enabled: z.union([z.boolean(), z.string()]).optional(),
  event_time: z.string().optional(),
  tags: oneOrMore.optional(),
  meta: meta.optional(),
});
export type SourceConfig = z.output<typeof SourceConfig>;

/** What dbt lets one say of a source and of each of its tables. */
const described = {
  ...freshness,
  config: SourceConfig.optional(),
  quoting: quoting.optional(),
  tags: oneOrMore.optional(),
  meta: meta.optional(),
  loader: z.string().optional(),
};

const Column = z.strictObject({
  /** As the source spells it. */
  name: z.string().min(1),
  description: z.string().optional(),
  /** What the column lands as; files and HTTP APIs only, because a database knows its own types. */
  type: z.enum(DECLARED_TYPES).optional(),
  /** The decimal sign of its numbers, and the sign between thousands when there is one: `decimal: ','`, `group: '.'`. */
  decimal: z.enum(['.', ',']).default('.'),
  group: z.enum(['.', ',', ' ', "'"]).optional(),
  /** How its dates are written, in the letters yyyy MM dd HH mm ss; ISO 8601 when left out. */
  format: z.string().optional(),
  /** Personal data: left out, replaced by a keyed hash, or by its last four characters, before it leaves the extraction. */
  pii: z.enum(['drop', 'hash', 'last4']).optional(),

  /** What is written of its type and meaning for readers and other tools; it changes nothing. */
  data_type: z.string().optional(),
  quote: z.boolean().optional(),
  constraints: z.array(z.unknown()).optional(),
  granularity: z.string().optional(),
  tags: oneOrMore.optional(),
  meta: meta.optional(),
  config: z.strictObject({ meta: meta.optional(), tags: oneOrMore.optional() }).optional(),
  ...DataTests,
});
export type SourceColumn = z.output<typeof Column>;

const Cursor = z.strictObject({
  /** A column that only grows as rows are written: a time of change or a number. */
  column: z.string(),
  /** Read again at each pull, below the last bound, for rows that commit late: `1 hour`, `2 days`, or `1000` of a number. */
  overlap: z.string().optional(),
  /** Left for the next pull, below the largest value: rows that are still being written. */
  lag: z.string().optional(),
});

/** How an HTTP API gives its next page. */
const Paging = z.discriminatedUnion('by', [
  /** The answer holds the next page's cursor at a JSON pointer; it goes into a query parameter. */
  z.strictObject({ by: z.literal('cursor'), next: z.string(), param: z.string() }),
  z.strictObject({ by: z.literal('page'), param: z.string(), first: z.int().default(1) }),
  z.strictObject({ by: z.literal('link_header') }),
]);

/** One table, file or resource of a source system, as `sql/<vertical>/sources.yml` declares it. */
export const SourceTable = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_]+$/, 'letters, digits and _; it names the landed table'),
  description: z.string().optional(),

  /** Schema (dataset) in the source database; databases only. */
  schema: z.string().optional(),
  /** Table name in the source database when it differs from `name`. */
  identifier: z.string().optional(),
  /** One SELECT to read instead of a table; databases only. */
  query: z.string().optional(),

  /** File name, or pattern with * and ?, in the connection's folder or bucket; files only. */
  file: z.string().optional(),
  /** By the file's extension when left out. `.gz` and `.zip` are unpacked. */
  format: z.enum(['csv', 'ndjson', 'json', 'parquet', 'xlsx']).optional(),
  /** Between the fields of a CSV file; a comma when left out. */
  delimiter: z.string().length(1).optional(),
  /** Sheet of a workbook; its first when left out. */
  sheet: z.string().optional(),

  /** Path below the connection's URL; HTTP only. */
  path: z.string().optional(),
  params: z.record(z.string(), z.string()).optional(),
  paging: Paging.optional(),
  /** Query parameter that takes the lower bound of an incremental pull; HTTP only. */
  since_param: z.string().optional(),
  /** JSON pointer to the array of records in a JSON file or answer; the whole document when left out. */
  records: z.string().optional(),

  /** Columns that identify a row, as the source spells them; lets a change be named by row. */
  key: z.array(z.string()).default([]),
  /** Numeric columns whose sums are tied out from source to warehouse. */
  control_totals: z.array(z.string()).default([]),
  columns: z.array(Column).default([]),

  /**
   * What a pull reads: `full` every row; `incremental` those above the last bound of the cursor; `snapshot` every row, and
   * `<table>__changes` tells what each pull added, changed and deleted.
   */
  mode: z.enum(['full', 'incremental', 'snapshot']).default('full'),
  cursor: Cursor.optional(),
  /** Whether an incremental pull's rows replace those of the same key; `merge` when there is a key. */
  write: z.enum(['append', 'merge']).optional(),
  /** Date column that says which period a row belongs to; closed periods in tickmark.yml are watched by it. */
  period: z.string().optional(),
  /** What happens when the source's columns, or a declared type, no longer fit what has landed. */
  schema_drift: z.enum(['evolve', 'freeze', 'discard_row', 'discard_value']).default('freeze'),
  /** Whether checks that rest on it may pass while it has no row. */
  may_be_empty: z.boolean().optional(),
  /** Whether every landed row is read back and hashed before it is put in place; `tickmark verify` does so at any time. */
  read_back: z.boolean().default(true),
});
export type SourceTable = z.output<typeof SourceTable>;

const DescribedTable = SourceTable.extend({
  ...described,
  ...DataTests,
  /** For packages that create external tables; nothing here reads it. */
  external: meta.optional(),
});
export type DescribedTable = z.output<typeof DescribedTable>;

export const SourceSystem = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_]+$/, 'letters, digits and _; the landed schema is raw_<name>'),
  description: z.string().optional(),
  /** A name under `connections:` in tickmark.yml; the source's own name when left out. `warehouse`: its tables are there already. */
  connection: z.string().optional(),
  /** Where its tables stand, with `connection: warehouse`; the source's own name when left out. */
  schema: z.string().optional(),
  /** Only for other tools: a warehouse is one database. */
  database: z.string().optional(),
  overrides: z.never({ error: "a package's source is not overridden here; change its own file" }).optional(),
  ...described,
  tables: z.array(DescribedTable).optional(),
});
export type SourceSystem = z.output<typeof SourceSystem>;
