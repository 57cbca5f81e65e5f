import { z } from 'zod';
import { Constraint, ModelOptions } from '../contracts/model-config.ts';
import { DataTests, SourceSystem } from '../contracts/source.ts';

// The words of dbt 1.11's property files. Data tests stay as written here: engine/project/load-generic-checks.ts reads them.

/** A word of dbt that Tickmark has nothing for: told by name, because "unknown key" would send people looking for a slip. */
const refused = (error: string) => z.never({ error }).optional();
const NO_VERSIONS = 'versions of a model are not told apart here; give each a file and a name of its own';
const NO_SEMANTIC_LAYER = 'Tickmark has no semantic layer; take it out';

const oneOrMore = z.union([z.string(), z.array(z.string())]);
const meta = z.record(z.string(), z.unknown());
/** Options as ModelOptions names them; their values may be templates, so they are looked into when all places have been heard. */
const config = z.record(z.string(), z.unknown());
/** The same of a model, a seed or a snapshot. */
export const RelationOptions = z
  .record(z.string(), z.unknown())
  .meta({ holds: [...Object.keys(ModelOptions.shape), 'pre-hook', 'post-hook'] });
const docs = z.strictObject({ show: z.boolean().optional(), node_color: z.string().optional() });
const ColumnConfig = z.strictObject({ meta: meta.optional(), tags: oneOrMore.optional() });

const Column = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  data_type: z.string().optional(),
  quote: z.boolean().optional(),
  constraints: z.array(Constraint).optional(),
  ...DataTests,
  tags: oneOrMore.optional(),
  meta: meta.optional(),
  config: ColumnConfig.optional(),
  /** Of a time spine; kept for other tools. */
  granularity: z.string().optional(),
});
export type ColumnProperties = z.output<typeof Column>;

const relation = {
  name: z.string().min(1),
  description: z.string().optional(),
  config: RelationOptions.optional(),
  columns: z.array(Column).optional(),
  ...DataTests,
  constraints: z.array(Constraint).optional(),
  tags: oneOrMore.optional(),
  meta: meta.optional(),
  docs: docs.optional(),
  group: z.string().optional(),
  access: z.enum(['private', 'protected', 'public']).optional(),
};

const Model = z.strictObject({
  ...relation,
  deprecation_date: z.string().optional(),
  time_spine: z.record(z.string(), z.unknown()).optional(),
  latest_version: refused(NO_VERSIONS),
  versions: refused(NO_VERSIONS),
});
const Seed = z.strictObject(relation);
const Snapshot = z.strictObject({
  ...relation,
  relation: z.string().optional().describe("What it keeps the history of: ref('model') or source('source', 'table')"),
});
/** Of a model, a seed or a snapshot. */
export type RelationProperties = z.output<typeof Model> & Pick<z.output<typeof Snapshot>, 'relation'>;

const Owner = z.looseObject({ name: z.string().optional(), email: oneOrMore.optional() });

const ExposureSpec = z.strictObject({
  name: z.string().min(1),
  label: z.string().optional(),
  type: z.enum(['dashboard', 'notebook', 'analysis', 'ml', 'application']),
  maturity: z.enum(['high', 'medium', 'low']).optional(),
  url: z.string().optional(),
  description: z.string().optional(),
  owner: Owner,
  depends_on: z.array(z.string()).optional(),
  tags: oneOrMore.optional(),
  meta: meta.optional(),
  docs: docs.optional(),
  config: config.optional(),
});

const rowsOfTest = {
  format: z.enum(['dict', 'csv', 'sql']).optional(),
  rows: z.union([z.array(z.record(z.string(), z.unknown())), z.string()]).optional(),
  fixture: z.string().optional().describe('Name of a .csv or .sql file in a folder called fixtures'),
};
const UnitTestSpec = z.strictObject({
  name: z.string().min(1),
  model: z.string().min(1),
  description: z.string().optional(),
  given: z.array(z.strictObject({ input: z.string(), ...rowsOfTest })).optional(),
  expect: z.strictObject(rowsOfTest),
  overrides: z
    .strictObject({
      vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
      macros: z.record(z.string(), z.unknown()).optional(),
      env_vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    })
    .optional(),
  tags: oneOrMore.optional(),
  meta: meta.optional(),
  config: config.optional(),
  versions: refused(NO_VERSIONS),
});

const MacroSpec = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  docs: docs.optional(),
  meta: meta.optional(),
  config: config.optional(),
  arguments: z
    .array(z.strictObject({ name: z.string(), type: z.string().optional(), description: z.string().optional() }))
    .optional(),
});

const SingularTest = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  config: config.optional(),
  docs: docs.optional(),
  meta: meta.optional(),
  tags: oneOrMore.optional(),
});

const Group = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  owner: Owner,
  config: config.optional(),
});

const notRead = z.array(z.unknown());

/** A YAML file under sql/<vertical>/ or checks/<vertical>/: any mix of these. */
export const PropertiesSpec = z.strictObject({
  version: z.literal(2).optional(),
  models: z.array(Model).optional(),
  seeds: z.array(Seed).optional(),
  snapshots: z.array(Snapshot).optional(),
  sources: z.array(SourceSystem).optional(),
  exposures: z.array(ExposureSpec).optional(),
  unit_tests: z.array(UnitTestSpec).optional(),
  macros: z.array(MacroSpec).optional(),
  data_tests: z.array(SingularTest).optional(),
  tests: z.array(SingularTest).optional(),
  groups: z.array(Group).optional(),
  /** Describes queries that nothing builds. */
  analyses: notRead.optional(),
  docs: z.unknown().optional(),
  /** A place for YAML anchors. */
  anchors: z.unknown().optional(),
  semantic_models: refused(NO_SEMANTIC_LAYER),
  metrics: refused(NO_SEMANTIC_LAYER),
  saved_queries: refused(NO_SEMANTIC_LAYER),
  functions: refused('Tickmark makes no functions of the database; make them in on_run_start of tickmark.yml'),
});
export type Properties = z.output<typeof PropertiesSpec>;
