import { didYouMean } from '../config/did-you-mean.ts';
import type { Config, Connection } from '../contracts/config.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { SourceTable } from '../contracts/source.ts';
import type { DescribedTable, SourceSystem } from '../contracts/source.ts';
import { EngineError, formatPlace } from '../errors.ts';
import type { Path, PropertiesFile } from './properties-file.ts';
import { holdsTemplate } from './read-options.ts';
import type { ResolveDocs } from './resolve-docs.ts';
import { sourceSettings } from './source-settings.ts';
import { unfitTable } from './unfit-table.ts';
import { unfitWarehouseTable } from './unfit-warehouse-table.ts';

/** The built-in connection of tables that are in the warehouse already. */
const WAREHOUSE = 'warehouse';

export interface LoadedSources {
  readonly sources: readonly DeclaredSource[];
  /** Tables with `enabled: false`, as `source.table`: they are not in the project, nor are their tests. */
  readonly disabled: ReadonlySet<string>;
}

/**
 * Every table that YAML declares, each with its connection; a table declared twice, or not as its connection needs it, is an error.
 * A file in checks/ declares a source only where it names its connection: else it adds tests to one that is declared.
 */
export function loadSources(files: readonly PropertiesFile[], config: Config, resolveDocs: ResolveDocs): LoadedSources {
  const declared = new Map<string, DeclaredSource>();
  const disabled = new Set<string>();
  for (const file of files) {
    file.yaml.value.sources?.forEach((system, s) => {
      if (!declares(file, system)) return;
      const context = { file, system, path: ['sources', s], config, resolveDocs };
      const connection = connectionOf(context);
      system.tables?.forEach((table, t) => {
        const path = ['sources', s, 'tables', t];
        const name = `${system.name}.${table.name}`;
        const first = declared.get(name);
        if (first) {
          const at = formatPlace({ file: first.declaredIn, line: first.line });
          refuse(file, [...path, 'name'], `source table '${name}' is declared twice, first at ${at}`);
        }
        const made = declare(table, { ...context, path }, connection);
        if (made === undefined) disabled.add(name);
        else declared.set(name, made);
      });
    });
  }
  for (const file of files) refuseAddedDeclarations(file, declared, disabled);
  return { sources: [...declared.values()], disabled };
}

function declares({ file }: PropertiesFile, system: SourceSystem): boolean {
  return file.startsWith('sql/') || system.connection !== undefined;
}

interface Context {
  readonly file: PropertiesFile;
  readonly system: SourceSystem;
  readonly path: Path;
  readonly config: Config;
  readonly resolveDocs: ResolveDocs;
}

function connectionOf({ file, system, path, config }: Context): { name: string; type: Connection['type'] | undefined } {
  const name = system.connection ?? system.name;
  if (name === WAREHOUSE) return { name, type: undefined };
  const type = config.connections[name]?.type;
  if (type !== undefined) return { name, type };
  const known = [...Object.keys(config.connections), WAREHOUSE];
  const guess = didYouMean(name, known);
  const say =
    system.connection === undefined && guess === ''
      ? `; a source in the warehouse says connection: ${WAREHOUSE}`
      : guess;
  return refuse(
    file,
    [...path, system.connection === undefined ? 'name' : 'connection'],
    `no connection '${name}' in tickmark.yml${say}`,
  );
}

function declare(
  table: DescribedTable,
  context: Context,
  connection: { readonly name: string; readonly type: Connection['type'] | undefined },
): DeclaredSource | undefined {
  const { file, system, path, config, resolveDocs } = context;
  const name = `${system.name}.${table.name}`;
  const settings = sourceSettings(table, context);
  if (!settings.enabled) return undefined;
  refuseTemplates(context, table);
  const { type } = connection;
  const [key, message] =
    type === undefined
      ? (unfitWarehouseTable(table) ?? [])
      : (unfitTable(withSchema(table, system), type, config) ?? []);
  if (key !== undefined) refuse(file, [...path, key], `source table '${name}': ${message}`);
  if (type !== undefined) refuseUnfitNames(context, table);
  const place = (...further: Path) => file.yaml.place([...path, ...further]);
  const description = table.description && resolveDocs(table.description, place('description'));
  return {
    ...ownPart(type === undefined ? table : withSchema(table, system)),
    description,
    vertical: file.vertical,
    source: system.name,
    connection: connection.name,
    declaredIn: file.file,
    line: place().line ?? 1,
    external:
      type === undefined
        ? { schema: table.schema ?? system.schema ?? system.name, identifier: table.identifier ?? table.name }
        : undefined,
    sourceDescription:
      system.description && resolveDocs(system.description, file.yaml.place([...path.slice(0, 2), 'description'])),
    ...settings.described,
  };
}

/** A schema said of the source holds for its tables that say none. */
function withSchema(table: DescribedTable, { schema }: SourceSystem): DescribedTable {
  return schema === undefined || table.schema !== undefined || table.query !== undefined ? table : { ...table, schema };
}

const OWN = Object.keys(SourceTable.shape);

function ownPart(table: DescribedTable): SourceTable {
  return Object.fromEntries(Object.entries(table).filter(([key]) => OWN.includes(key))) as SourceTable;
}

/** Landed tables are named in the engine's own schemas; the names of what stands elsewhere are their owners' affair. */
function refuseUnfitNames({ file, system, path }: Context, table: DescribedTable): void {
  const wrong = (name: string): boolean => !/^[a-z][a-z0-9_]*$/.test(name);
  const form = 'lower case letters, digits and _';
  const [, s] = path;
  if (wrong(system.name))
    refuse(
      file,
      ['sources', s ?? 0, 'name'],
      `source '${system.name}': expected ${form}; the landed schema is raw_<name>`,
    );
  if (wrong(table.name))
    refuse(file, [...path, 'name'], `source table '${table.name}': expected ${form}; it names the landed table`);
}

function refuseTemplates({ file, system, path }: Context, table: DescribedTable): void {
  const [, s] = path;
  const say = 'a template is not rendered here; write the name';
  if (holdsTemplate(system.schema)) refuse(file, ['sources', s ?? 0, 'schema'], `schema: ${say}`);
  if (holdsTemplate(table.schema)) refuse(file, [...path, 'schema'], `schema: ${say}`);
  if (holdsTemplate(table.identifier)) refuse(file, [...path, 'identifier'], `identifier: ${say}`);
}

const ADDED: readonly string[] = ['name', 'description', 'columns', 'checks', 'data_tests', 'tests'];

/** What a file in checks/ says of a source that is declared elsewhere may be tests and words, nothing that a pull would read. */
function refuseAddedDeclarations(
  file: PropertiesFile,
  declared: ReadonlyMap<string, DeclaredSource>,
  disabled: ReadonlySet<string>,
): void {
  file.yaml.value.sources?.forEach((system, s) => {
    if (declares(file, system)) return;
    const path = ['sources', s];
    const said = Object.keys(file.yaml.exact(path) as object).find(
      (key) => !['name', 'description', 'tables'].includes(key),
    );
    if (said !== undefined)
      refuse(file, [...path, said], `${said} belongs where source '${system.name}' is declared, in sql/`);
    system.tables?.forEach((table, t) => {
      const name = `${system.name}.${table.name}`;
      const tablePath = [...path, 'tables', t];
      const first = declared.get(name);
      if (!first) {
        if (disabled.has(name)) return;
        refuse(file, [...tablePath, 'name'], `no source table '${name}'${didYouMean(name, declared.keys())}`);
      }
      const key = Object.keys(file.yaml.exact(tablePath) as object).find((each) => !ADDED.includes(each));
      if (key === undefined) return;
      const at = formatPlace({ file: first.declaredIn, line: first.line });
      refuse(file, [...tablePath, key], `${key} belongs where source table '${name}' is declared, at ${at}`);
    });
  });
}

function refuse(file: PropertiesFile, path: Path, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: file.yaml.place(path) });
}
