import { z } from 'zod';
import { CHECK_KINDS, KIND_NAMES, kindNamed } from '../check-kinds/check-kinds.ts';
import type { NamedKind } from '../check-kinds/check-kinds.ts';
import { didYouMean } from '../config/did-you-mean.ts';
import type { ParsedYaml } from '../config/parse-yaml.ts';
import type { CheckDefinition, GenericTest } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import { checkSettings } from './check-settings.ts';
import { defineCheck, idText } from './define-check.ts';
import { findReferences, textsIn } from './find-references.ts';
import type { TestMacro } from './find-tests.ts';
import { parseReference } from './parse-reference.ts';
import type { Path, PropertiesFile, TestedColumn, TestEntry } from './properties-file.ts';
import { refuseThresholds } from './refuse-thresholds.ts';
import { readTestEntry } from './read-test-entry.ts';
import type { TestSpec } from './read-test-entry.ts';
import type { Relations } from './relations.ts';
import { testName } from './test-name.ts';

type Values = Readonly<Record<string, unknown>>;

/** What a loader of checks knows of the rest of the project. */
export interface CheckSurroundings {
  readonly relations: Relations;
  /** Generic tests that macros make, from findTests. */
  readonly tests?: ReadonlyMap<string, TestMacro>;
  /** What `data_tests:` in tickmark.yml says of a check of this name in this file, from the least to the most that counts. */
  readonly options?: (
    file: { readonly vertical: string; readonly folders: readonly string[] },
    name: string,
  ) => readonly Values[];
}

/** The checks of one YAML file: under a model, seed, snapshot or source table, on all of it or on one of its columns. */
export function loadGenericChecks(file: PropertiesFile, about: CheckSurroundings): readonly CheckDefinition[] {
  return file.tested.flatMap(({ on, entries, columns }) =>
    [
      ...entries.map((entry) => ({ entry, column: undefined })),
      ...columns.flatMap((column) => column.entries.map((entry) => ({ entry, column }))),
    ]
      .map(({ entry, column }) => loadEntry(entry, { file, on, column, about }))
      .filter((check) => check !== undefined),
  );
}

interface Context {
  readonly file: PropertiesFile;
  readonly on: string;
  readonly column: TestedColumn | undefined;
  readonly about: CheckSurroundings;
}

/** Undefined when it is switched off. */
function loadEntry({ entry, path }: TestEntry, context: Context): CheckDefinition | undefined {
  const { file, on, column, about } = context;
  const { yaml, vertical } = file;
  about.relations.require(on, yaml.place(path));
  const spec = readTestEntry(entry, path, yaml, (name) => kindOf(name, context, path));
  const [name = '', namespace] = spec.name.split('.').toReversed();
  const kwargs = {
    ...spec.arguments,
    ...(column === undefined ? {} : { column_name: column.quote ? `"${column.name}"` : column.name }),
  };
  const test: GenericTest = { name, namespace, kwargs, isNamed: spec.givenName !== undefined };
  const settings = checkSettings(
    [
      spec.kind?.spec.settings ?? {},
      ...(about.options?.(file, name) ?? []),
      ...(spec.kind === undefined ? [about.tests?.get(spec.name)?.options ?? {}] : []),
      spec.settings,
    ],
    yaml.place(spec.path),
  );
  if (settings.enabled === false) return undefined;
  const { kind } = spec;
  refuseThresholds(settings, { name: spec.name, kind: kind?.name ?? 'generic', place: yaml.place(spec.path) });
  const [looksAt, given] =
    kind === undefined ? argumentsOfMacro(spec, column) : readArguments(kind, spec, path, context);
  const others = (kind?.spec.relations ?? [])
    .map((argument) => given[argument])
    .filter((named) => typeof named === 'string');
  return defineCheck(
    {
      vertical,
      kind: kind?.name ?? 'generic',
      on,
      column: looksAt,
      arguments: given,
      settings,
      ...(spec.givenName === undefined ? testName(test, on) : { name: spec.givenName, alias: spec.givenName }),
      test,
      refersTo: [...new Set([on, ...others, ...findReferences([...textsIn(given), settings.where ?? ''])])],
      file: file.file,
      line: yaml.place(path).line ?? 1,
    },
    ...(spec.givenName === undefined ? [] : [`${vertical}.${idText(spec.givenName)}`]),
  );
}

/** Undefined for a test that a macro of the project makes. */
function kindOf(name: string, { about, file }: Context, path: Path): NamedKind | undefined {
  const { tests } = about;
  // A project's own test of a name counts more than ours, as dbt has it.
  if (!name.includes('.') && tests?.has(name)) return undefined;
  const known = kindNamed(name.replace(/^dbt\./, ''));
  if (known !== undefined) return known;
  if (tests?.has(name)) return undefined;
  const own = tests?.keys() ?? [];
  return refuse(
    file.yaml,
    path,
    `no kind of check '${name}'${didYouMean(name, [...KIND_NAMES, ...own]) || `, only ${[...Object.keys(CHECK_KINDS), ...own].join(', ')}`}`,
  );
}

/** A macro takes what it takes: only rendering tells whether the arguments fit. */
function argumentsOfMacro(
  spec: TestSpec,
  column: TestedColumn | undefined,
): [column: string | undefined, given: Values] {
  const { column_name: written, ...given } = spec.arguments;
  return [column?.name ?? (typeof written === 'string' ? written : undefined), given];
}

function readArguments(
  kind: NamedKind,
  spec: TestSpec,
  path: Path,
  { column, file: { yaml }, about }: Context,
): [column: string | undefined, given: Values] {
  const { column_name: written, ...others } = spec.arguments;
  if (column !== undefined && kind.spec.of === 'relation')
    refuse(yaml, path, `${spec.name} looks at whole rows; put it under checks: of the model, not of a column`);
  const named = Object.fromEntries(
    Object.entries(others).map(([key, value]) => {
      const reference =
        kind.spec.relations?.includes(key) && typeof value === 'string' ? parseReference(value) : undefined;
      return [key, reference?.name ?? value];
    }),
  );
  const read = yaml.read(argumentSchema(kind), spec.path, { arguments: named });
  const given = kind.translated(read.arguments);
  const wrong = misplaced(kind, spec.name, { column, given: { ...given, column_name: written } });
  if (wrong !== undefined) refuse(yaml, path, wrong);
  for (const key of kind.spec.relations ?? []) {
    const relation = given[key];
    if (typeof relation !== 'string') continue;
    about.relations.require(
      relation,
      yaml.place([...spec.path, key in others && 'arguments', key].filter((step) => step !== false)),
    );
  }
  const refused = kind.spec.refuse?.(given);
  if (refused !== undefined) refuse(yaml, path, refused);
  if (written === undefined || column !== undefined) return [column?.name.replace(/^"(.*)"$/, '$1'), given];
  const text = typeof written === 'string' ? written : refuse(yaml, path, 'column_name is a text');
  // A name is a column like another; anything else is an expression that only the kind puts into SQL.
  return /^"?[A-Za-z_][A-Za-z0-9_ ]*"?$/.test(text)
    ? [text.replaceAll('"', ''), given]
    : [undefined, { ...given, column_name: text }];
}

const schemas = new WeakMap<NamedKind, z.ZodObject<{ arguments: z.ZodType<Values> }>>();

function argumentSchema(kind: NamedKind): z.ZodObject<{ arguments: z.ZodType<Values> }> {
  const known = schemas.get(kind) ?? z.object({ arguments: kind.arguments });
  schemas.set(kind, known);
  return known;
}

function misplaced(
  { spec: { of }, arguments: takes }: NamedKind,
  name: string,
  { column, given }: { readonly column: TestedColumn | undefined; readonly given: Values },
): string | undefined {
  const places = of === 'column' ? ['column_name', 'columns'] : ['column_name'];
  const instead = places.find((key) => given[key] !== undefined);
  if (column !== undefined && instead !== undefined)
    return `${name} stands under a column already; take ${instead}: out`;
  if (column === undefined && of === 'column' && instead === undefined) {
    return `${name} looks at a column; put it under checks: of one${'columns' in takes.shape ? ', or give it columns:' : ''}`;
  }
  return undefined;
}

function refuse(yaml: ParsedYaml<unknown>, path: Path, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: yaml.place(path) });
}
