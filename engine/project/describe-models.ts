import { didYouMean } from '../config/did-you-mean.ts';
import type { ColumnSpec, Constraint } from '../contracts/model-config.ts';
import type { ModelResource } from '../contracts/model.ts';
import { EngineError, formatPlace } from '../errors.ts';
import { readOptions } from './read-options.ts';
import type { Path, PropertiesFile } from './properties-file.ts';
import type { ColumnProperties, RelationProperties } from './properties-spec.ts';
import type { ResolveDocs } from './resolve-docs.ts';

/** What YAML says of one model, seed or snapshot, from all files that speak of it. */
export interface ModelDescription {
  readonly name: string;
  readonly resource: ModelResource;
  readonly description: string | undefined;
  readonly columns: readonly ColumnSpec[];
  readonly constraints: readonly Constraint[];
  /** Low to high. */
  readonly options: readonly Readonly<Record<string, unknown>>[];
  /** Of a snapshot that YAML alone declares: `ref('model')`. */
  readonly relation: string | undefined;
  readonly vertical: string;
  readonly folders: readonly string[];
  readonly file: string;
  readonly line: number;
}

const WORDS = [
  ['models', 'model'],
  ['seeds', 'seed'],
  ['snapshots', 'snapshot'],
] as const;

/**
 * What the YAML files say of models, by name. Any number of files may add data tests to a model; only one may say something of it,
 * because two descriptions would have to be merged by guess.
 */
export function describeModels(
  files: readonly PropertiesFile[],
  resolveDocs: ResolveDocs,
): ReadonlyMap<string, ModelDescription> {
  const found = new Map<string, { said: ModelDescription; describes: boolean }>();
  for (const file of files) {
    for (const [word, resource] of WORDS) {
      file.yaml.value[word]?.forEach((entry: RelationProperties, at) => {
        const path = [word, at];
        const describes = saysMoreThanTests(entry);
        const said = describe(entry, resource, { file, path, resolveDocs });
        const earlier = found.get(entry.name);
        if (earlier === undefined) found.set(entry.name, { said, describes });
        else found.set(entry.name, merge(earlier, { said, describes }, file, path));
      });
    }
  }
  return new Map([...found].map(([name, { said }]) => [name, said]));
}

interface Described {
  readonly said: ModelDescription;
  readonly describes: boolean;
}

function merge(earlier: Described, later: Described, file: PropertiesFile, path: Path): Described {
  const { name } = later.said;
  const at = formatPlace({ file: earlier.said.file, line: earlier.said.line });
  if (earlier.said.resource !== later.said.resource)
    refuse(file, path, `'${name}' is a ${earlier.said.resource} at ${at}, but a ${later.said.resource} here`);
  if (earlier.describes && later.describes) refuse(file, path, `'${name}' is described twice, first at ${at}`);
  const [main, other] = later.describes ? [later.said, earlier.said] : [earlier.said, later.said];
  const names = new Set(main.columns.map((column) => column.name));
  const columns = [...main.columns, ...other.columns.filter((column) => !names.has(column.name))];
  return { said: { ...main, columns }, describes: earlier.describes || later.describes };
}

const OF_TESTS: readonly string[] = ['name', 'columns', 'checks', 'data_tests', 'tests'];

function saysMoreThanTests(entry: RelationProperties): boolean {
  const more = (part: object): boolean => Object.keys(part).some((key) => !OF_TESTS.includes(key));
  return more(entry) || (entry.columns ?? []).some(more);
}

interface Context {
  readonly file: PropertiesFile;
  readonly path: Path;
  readonly resolveDocs: ResolveDocs;
}

function describe(entry: RelationProperties, resource: ModelResource, context: Context): ModelDescription {
  const { file, path, resolveDocs } = context;
  const { tags, meta, docs, group, access, config } = entry;
  const beside = Object.fromEntries(
    Object.entries({ tags, meta, docs, group, access }).filter(([, value]) => value !== undefined),
  );
  return {
    name: entry.name,
    resource,
    description: entry.description && resolveDocs(entry.description, file.yaml.place([...path, 'description'])),
    columns: describeColumns(entry.columns ?? [], context),
    constraints: entry.constraints ?? [],
    options: [
      ...(Object.keys(beside).length > 0 ? [beside] : []),
      ...(config === undefined ? [] : [readOptions(config, file.yaml, [...path, 'config'])]),
    ],
    relation: entry.relation,
    vertical: file.vertical,
    folders: file.folders,
    file: file.file,
    line: file.yaml.place(path).line ?? 1,
  };
}

function describeColumns(
  columns: readonly ColumnProperties[],
  { file, path, resolveDocs }: Context,
): readonly ColumnSpec[] {
  const seen = new Set<string>();
  return columns.map((column, at) => {
    const place = (...further: Path) => file.yaml.place([...path, 'columns', at, ...further]);
    if (seen.has(column.name)) {
      const message = `column '${column.name}' is described twice`;
      throw new EngineError('PROJECT_INVALID', message, { place: place('name') });
    }
    seen.add(column.name);
    return {
      name: column.name,
      description: column.description && resolveDocs(column.description, place('description')),
      dataType: column.data_type,
      constraints: column.constraints ?? [],
      tags: [...oneOrMore(column.tags), ...oneOrMore(column.config?.tags)],
      meta: { ...column.meta, ...column.config?.meta },
      quote: column.quote ?? false,
      file: file.file,
      line: place().line,
    };
  });
}

/** A description of nothing is a slip of the hand: its tests would never run. */
export function refuseDescriptionsOfNothing(
  descriptions: ReadonlyMap<string, ModelDescription>,
  resources: ReadonlyMap<string, ModelResource>,
  files: readonly PropertiesFile[],
): void {
  for (const { name, resource, file, line } of descriptions.values()) {
    const is = resources.get(name);
    if (is === resource) continue;
    const message =
      is === undefined
        ? `no ${resource} '${name}'${didYouMean(name, resources.keys())}`
        : `'${name}' is a ${is}; say it under ${is}s:`;
    const place = files.find((each) => each.file === file)?.yaml.place(pathOf(files, file, name, resource));
    throw new EngineError('PROJECT_INVALID', message, { place: place ?? { file, line } });
  }
}

function pathOf(files: readonly PropertiesFile[], file: string, name: string, resource: ModelResource): Path {
  const word = `${resource}s` as const;
  const entries = files.find((each) => each.file === file)?.yaml.value[word] ?? [];
  return [word, entries.findIndex((entry) => entry.name === name), 'name'];
}

function oneOrMore(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function refuse({ yaml }: PropertiesFile, path: Path, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: yaml.place([...path, 'name']) });
}
