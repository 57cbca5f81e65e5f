import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower case letters, digits and _');

/** As dbt's may be called; ':' parts a package's name from the variable's. */
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*(:[A-Za-z_][A-Za-z0-9_]*)?$/, 'letters, digits and _');

/** What one pull may take from a source at most: an accident must not drain it. */
const limits = z
  .strictObject({
    rows: z.int().positive().default(1_000_000_000),
    bytes: z.int().positive().default(1_000_000_000_000),
    /** Longest time of one statement or one request's answer. */
    seconds: z.int().positive().default(3_600),
  })
  .prefault({});

const PostgresConnection = z.strictObject({
  type: z.literal('postgres'),
  url: z.string(),
  /** Tables read at the same time, each in a session of its own that imports one snapshot. */
  parallel: z.int().min(1).max(16).default(2),
  limits,
});
const MysqlConnection = z.strictObject({ type: z.literal('mysql'), url: z.string(), limits });
const FilesConnection = z.strictObject({
  type: z.literal('files'),
  /** Folder the files lie in; relative to tickmark.yml. */
  directory: z.string().optional(),
  /** Or a bucket of S3, or of a service that speaks its protocol. */
  s3: z
    .strictObject({
      bucket: z.string(),
      prefix: z.string().default(''),
      region: z.string().default('us-east-1'),
      endpoint: z.string().optional(),
      access_key_id: z.string(),
      secret_access_key: z.string(),
    })
    .optional(),
  limits,
});
const HttpAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer'), token: z.string() }),
  z.strictObject({ type: z.literal('basic'), user: z.string(), password: z.string() }),
  z.strictObject({
    type: z.literal('oauth2'),
    token_url: z.string(),
    client_id: z.string(),
    client_secret: z.string(),
    scope: z.string().optional(),
  }),
]);
const HttpConnection = z.strictObject({
  type: z.literal('http'),
  /** Paths of tables are below it. */
  url: z.string(),
  auth: HttpAuth.optional(),
  headers: z.record(z.string(), z.string()).default({}),
  requests_per_second: z.number().positive().default(10),
  /** Networks that may be reached although they are private, in CIDR notation. */
  allow_networks: z.array(z.string()).default([]),
  limits,
});
const BigqueryConnection = z.strictObject({
  type: z.literal('bigquery'),
  project: z.string(),
  location: z.string().optional(),
  /** A service account's key, as JSON text; the environment's default credentials when left out. */
  credentials: z.string().optional(),
  /** Of an emulator. */
  endpoint: z.string().optional(),
  limits,
});
export const Connection = z.discriminatedUnion('type', [
  PostgresConnection,
  MysqlConnection,
  FilesConnection,
  HttpConnection,
  BigqueryConnection,
]);
export type Connection = z.output<typeof Connection>;

/** A project variable: typed, so that a value cannot become SQL. `text` is one line without quotes, backslashes, `$ ; { }` and comment signs; `list` is a list of such texts. */
export const Variable = z.strictObject({
  type: z.enum(['text', 'integer', 'decimal', 'boolean', 'date', 'time', 'list']),
  description: z.string().optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]).optional(),
});
export type Variable = z.output<typeof Variable>;

const Schedule = z.strictObject({
  /** Five cron fields. */
  cron: z.string(),
  /** IANA name; always stated, because a nightly run has a civil time. */
  timezone: z.string(),
});

/** A span of dates whose books are closed: what is landed of it should not change any more. */
const ClosedPeriod = z.strictObject({
  name: z.string(),
  /** First and last day. */
  from: z.iso.date(),
  to: z.iso.date(),
});
export type ClosedPeriod = z.output<typeof ClosedPeriod>;

/** What an alert may be about; a waived failure is none of them until its waiver ends. */
const AlertOn = z.enum([
  'fail',
  'warn',
  'error',
  'no_data',
  'run_failed',
  'closed_period',
  'waiver_expiring',
  'definition_changed',
]);

const AlertRoute = z.strictObject({
  name,
  type: z.literal('webhook'),
  url: z.string(),
  on: z.array(AlertOn).default([...AlertOn.options]),
});
export type AlertRoute = z.output<typeof AlertRoute>;

/** Options of what lies in a folder, by folder: `staging: {+materialized: view}`; with or without +. The first level may be the project's or a vertical's name. */
const block = z.record(z.string(), z.unknown()).default({});

const hooks = z.union([z.string().transform((sql) => [sql]), z.array(z.string())]);

const Dispatch = z.strictObject({ macro_namespace: z.string(), search_order: z.array(z.string()) });

/** `tickmark.yml`. A text may hold `${env:NAME}`: it is resolved where the value is used and never kept. */
export const ConfigSpec = z.strictObject({
  /** Also the package of its own macros and models, as in ref('package', 'model'). */
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and _'),
  warehouse: z.strictObject({
    url: z.string(),
    /** Database roles that may read `published`. */
    readers: z.array(z.string()).default([]),
  }),
  /** The connection `warehouse` is built in: its tables are in the warehouse already. */
  connections: z.record(name, Connection).default({}),
  vars: z.record(variableName, Variable).default({}),
  /** Names that templates may read with env_var; compiled SQL is kept as evidence, so never a secret. */
  env_vars: z.array(z.string()).default([]),
  verticals: z.record(name, z.strictObject({ description: z.string().optional(), schedule: Schedule.optional() })),
  models: block,
  seeds: block,
  snapshots: block,
  data_tests: block,
  sources: block,
  unit_tests: block,
  exposures: block,
  /** SQL that runs before anything is built, and after all is; `on-run-start` and `on-run-end` are the same. */
  on_run_start: hooks.default([]),
  on_run_end: hooks.default([]),
  'on-run-start': hooks.optional(),
  'on-run-end': hooks.optional(),
  /** In which packages a macro that is dispatched is looked for. */
  dispatch: z.array(Dispatch).default([]),
  alerts: z.array(AlertRoute).default([]),
  closed_periods: z.array(ClosedPeriod).default([]),
  /** Key of the hash that replaces personal data: columns with `pii: hash` need one. */
  pii_key: z.string().optional(),
});
export type ConfigSpec = z.input<typeof ConfigSpec>;
export type Config = z.output<typeof ConfigSpec>;

/** A value given to a variable by `--vars` or by its default. */
export type VariableValue = string | number | boolean | readonly (string | number)[];
