import { z } from 'zod';

/** One table or file of a source system, as `sql/<vertical>/sources.yml` declares it. */
export const SourceTable = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower case letters, digits and _; it names the landed table'),
  description: z.string().optional(),
  /** Schema in the source database; databases only. */
  schema: z.string().optional(),
  /** Table name in the source database when it differs from `name`. */
  identifier: z.string().optional(),
  /** File name in the connection's directory; files only. */
  file: z.string().optional(),
  /** Columns that identify a row, as the source spells them; lets a change be named by row. */
  key: z.array(z.string()).default([]),
  /** Numeric columns whose sums are tied out from source to warehouse. */
  control_totals: z.array(z.string()).default([]),
});
export type SourceTable = z.output<typeof SourceTable>;

const SourceSystem = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower case letters, digits and _; the landed schema is raw_<name>'),
  description: z.string().optional(),
  /** A name under `connections:` in tickmark.yml; the source's own name when left out. */
  connection: z.string().optional(),
  tables: z.array(SourceTable).min(1),
});

export const SourcesFile = z.strictObject({ version: z.literal(2).optional(), sources: z.array(SourceSystem).min(1) });
