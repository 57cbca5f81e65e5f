import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower case letters, digits and _');

const PostgresConnection = z.strictObject({ type: z.literal('postgres'), url: z.string() });
const CsvConnection = z.strictObject({
  type: z.literal('csv'),
  /** Folder the files lie in; relative to tickmark.yml. */
  directory: z.string(),
  delimiter: z.string().length(1).default(','),
});
export const Connection = z.discriminatedUnion('type', [PostgresConnection, CsvConnection]);
export type Connection = z.output<typeof Connection>;

/** A project variable: typed, so that a value cannot become SQL. `text` takes letters, digits and `_.@-` only. */
export const Variable = z.strictObject({
  type: z.enum(['text', 'integer', 'decimal', 'boolean', 'date', 'time']),
  description: z.string().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
});
export type Variable = z.output<typeof Variable>;

const Schedule = z.strictObject({
  /** Five cron fields. */
  cron: z.string(),
  /** IANA name; always stated, because a nightly run has a civil time. */
  timezone: z.string(),
});

const AlertRoute = z.strictObject({
  name,
  type: z.literal('webhook'),
  url: z.string(),
  on: z
    .array(z.enum(['fail', 'warn', 'error', 'no_data', 'run_failed']))
    .default(['fail', 'warn', 'error', 'no_data', 'run_failed']),
});
export type AlertRoute = z.output<typeof AlertRoute>;

/** `tickmark.yml`. A text may hold `${env:NAME}`: it is resolved where the value is used and never kept. */
export const ConfigSpec = z.strictObject({
  name,
  warehouse: z.strictObject({
    url: z.string(),
    /** Database roles that may read `published`. */
    readers: z.array(z.string()).default([]),
  }),
  connections: z.record(name, Connection),
  vars: z.record(name, Variable).default({}),
  /** Names that templates may read with env_var; compiled SQL is kept as evidence, so never a secret. */
  env_vars: z.array(z.string()).default([]),
  verticals: z.record(name, z.strictObject({ description: z.string().optional(), schedule: Schedule.optional() })),
  alerts: z.array(AlertRoute).default([]),
});
export type ConfigSpec = z.input<typeof ConfigSpec>;
export type Config = z.output<typeof ConfigSpec>;

/** A value given to a variable by `--vars` or by its default. */
export type VariableValue = string | number | boolean;
