import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { didYouMean } from '../config/did-you-mean.ts';
import type { Config } from '../contracts/config.ts';
import type { UnitTest, UnitTestRows } from '../contracts/project.ts';
import type { ModelFile } from '../contracts/model.ts';
import { EngineError, formatPlace } from '../errors.ts';
import { blockOptions } from './config-blocks.ts';
import type { ContentFile } from './content-file.ts';
import { parseReference } from './parse-reference.ts';
import type { Path, PropertiesFile } from './properties-file.ts';
import type { Properties } from './properties-spec.ts';
import type { Relations } from './relations.ts';

type Spec = NonNullable<Properties['unit_tests']>[number];
type Rows = Spec['expect'];

interface Deps {
  readonly root: string;
  readonly config: Config;
  readonly models: readonly ModelFile[];
  readonly relations: Relations;
  /** Files of rows, by vertical and name. */
  readonly fixtures: readonly ContentFile[];
}

/** The unit tests of all YAML files, each with its rows; what they name is there. */
export function loadUnitTests(files: readonly PropertiesFile[], deps: Deps): readonly UnitTest[] {
  const found = new Map<string, UnitTest>();
  const models = new Map(deps.models.map((model) => [model.name, model]));
  for (const file of files) {
    file.yaml.value.unit_tests?.forEach((spec, at) => {
      const path = ['unit_tests', at];
      const model = models.get(spec.model);
      if (model?.resource !== 'model') {
        const names = deps.models.filter(({ resource }) => resource === 'model').map(({ name }) => name);
        refuse(file, [...path, 'model'], `no model '${spec.model}'${didYouMean(spec.model, names)}`);
      }
      const key = `${spec.model}.${spec.name}`;
      const first = found.get(key);
      if (first) {
        const where = formatPlace({ file: first.file, line: first.line });
        refuse(
          file,
          [...path, 'name'],
          `unit test '${spec.name}' of '${spec.model}' is declared twice, first at ${where}`,
        );
      }
      const test = load(spec, file, path, deps);
      if (test !== undefined) found.set(key, { ...test, vertical: model.vertical });
    });
  }
  return [...found.values()];
}

function load(spec: Spec, file: PropertiesFile, path: Path, deps: Deps): UnitTest | undefined {
  const { config } = deps;
  const blocks = blockOptions(
    config.unit_tests,
    [config.name, file.vertical],
    [...file.folders, spec.model, spec.name],
  );
  const said = [...blocks, { tags: spec.tags }, spec.config ?? {}];
  const enabled = said.findLast((options) => options['enabled'] !== undefined)?.['enabled'];
  if (enabled === false || enabled === 'false') return undefined;
  return {
    name: spec.name,
    model: spec.model,
    vertical: file.vertical,
    description: spec.description,
    given: (spec.given ?? []).map((given, g) => {
      const givenPath = [...path, 'given', g];
      requireInput(given.input, file, givenPath, deps);
      return { input: given.input, ...rowsOf(given, file, givenPath, deps, seedOf(given.input, deps)) };
    }),
    expect: rowsOf(spec.expect, file, [...path, 'expect'], deps),
    overrides: {
      vars: spec.overrides?.vars ?? {},
      macros: spec.overrides?.macros ?? {},
      envVars: Object.fromEntries(
        Object.entries(spec.overrides?.env_vars ?? {}).map(([name, value]) => [name, String(value)]),
      ),
    },
    tags: [...new Set(said.flatMap(({ tags }) => tagsOf(tags)))],
    file: file.file,
    line: file.yaml.place(path).line ?? 1,
  };
}

function requireInput(input: string, file: PropertiesFile, path: Path, { relations }: Deps): void {
  if (/^\s*(?:\{\{)?\s*this\s*(?:\}\})?\s*$/.test(input)) return;
  const reference = parseReference(input);
  if (reference === undefined)
    refuse(file, [...path, 'input'], "input takes ref('model'), source('source', 'table') or this");
  relations.require(reference.name, file.yaml.place([...path, 'input']));
}

function seedOf(input: string, { models }: Deps): ModelFile | undefined {
  const reference = parseReference(input);
  return models.find(({ name, resource }) => resource === 'seed' && name === reference?.name);
}

/** Rows as they are written, in the place or in a fixture; a seed that is given without any gives its own. */
function rowsOf(given: Rows, file: PropertiesFile, path: Path, deps: Deps, seed?: ModelFile): UnitTestRows {
  const { rows, fixture } = given;
  const format = given.format ?? 'dict';
  if (rows !== undefined && fixture !== undefined)
    refuse(file, [...path, 'fixture'], 'rows and fixture say the same; keep one');
  if (fixture !== undefined) {
    if (format === 'dict') refuse(file, [...path, 'fixture'], 'a fixture is a file, so say format: csv or format: sql');
    return text(format, fixtureText(fixture, format, file, path, deps));
  }
  if (rows === undefined && seed !== undefined)
    return { format: 'csv', csv: readFileSync(join(deps.root, seed.file), 'utf8') };
  if (format === 'dict') {
    if (rows === undefined) refuse(file, path, 'rows is missing; rows: [] says that there are none');
    if (typeof rows === 'string')
      refuse(file, [...path, 'rows'], 'rows: expected a list of rows; a text needs format: csv or format: sql');
    // Numbers as they are written: a double would round some.
    return { format, rows: file.yaml.exact([...path, 'rows']) as Record<string, unknown>[] };
  }
  if (typeof rows === 'string') return text(format, rows);
  if (rows !== undefined) refuse(file, [...path, 'rows'], `rows: expected text, because of format: ${format}`);
  return refuse(file, path, `format: ${format} needs rows, or a fixture`);
}

function text(format: 'csv' | 'sql', written: string): UnitTestRows {
  return format === 'csv' ? { format, csv: written } : { format, sql: written };
}

function fixtureText(
  name: string,
  format: 'csv' | 'sql',
  file: PropertiesFile,
  path: Path,
  { fixtures }: Deps,
): string {
  const own = fixtures.filter((each) => each.vertical === file.vertical && extname(each.file) === `.${format}`);
  const nameOf = (each: ContentFile): string => basename(each.file, extname(each.file));
  const bare = name.replace(/\.(?:csv|sql)$/, '');
  const found = own.filter((each) => nameOf(each) === bare);
  const [first, second] = found;
  if (first === undefined)
    return refuse(
      file,
      [...path, 'fixture'],
      `no fixture '${bare}.${format}' in a folder fixtures/${didYouMean(bare, own.map(nameOf))}`,
    );
  if (second !== undefined)
    refuse(file, [...path, 'fixture'], `two fixtures are called '${bare}.${format}': ${first.file} and ${second.file}`);
  return first.text;
}

function tagsOf(tags: unknown): readonly string[] {
  return (Array.isArray(tags) ? tags : [tags]).filter((tag) => typeof tag === 'string');
}

function refuse(file: PropertiesFile, path: Path, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: file.yaml.place(path) });
}
