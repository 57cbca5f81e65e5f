import { z } from 'zod';
import { didYouMean } from '../config/did-you-mean.ts';
import { parseYaml } from '../config/parse-yaml.ts';
import type { ParsedYaml } from '../config/parse-yaml.ts';
import { CHECK_ARGUMENTS, CheckSettings } from '../contracts/check.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import { defineCheck } from './define-check.ts';
import type { GenericCheck } from './define-check.ts';
import type { ContentFile } from './read-content.ts';
import type { Relations } from './relations.ts';

const entries = z.array(z.unknown()).optional();
const Column = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  checks: entries,
  data_tests: entries,
});
const Relation = Column.extend({ columns: z.array(Column).default([]) });
const ChecksFile = z.strictObject({
  version: z.literal(2).optional(),
  models: z.array(Relation).default([]),
  sources: z.array(z.strictObject({ name: z.string(), tables: z.array(Relation) })).default([]),
});

type Kind = GenericCheck['kind'];
type Path = readonly (string | number)[];

const OF_A_COLUMN: readonly Kind[] = ['not_null', 'unique', 'accepted_values', 'relationships'];

/** The checks of one dbt-like file: under a model or a source's table, on all of it or on one of its columns. */
export function loadGenericChecks(file: ContentFile, relations: Relations): readonly CheckDefinition[] {
  const yaml = parseYaml(ChecksFile, file.text, file.file, 'PROJECT_INVALID');
  const { models, sources } = yaml.value;
  const listed = [
    ...models.map((relation, m) => ({ relation, on: relation.name, path: ['models', m] })),
    ...sources.flatMap((source, s) =>
      source.tables.map((relation, t) => ({
        relation,
        on: `${source.name}.${relation.name}`,
        path: ['sources', s, 'tables', t],
      })),
    ),
  ];
  return listed.flatMap(({ relation, on, path }) => {
    relations.require(on, yaml.place([...path, 'name']));
    const columns = relation.columns.map((column, c) => ({
      part: column,
      column: column.name,
      path: [...path, 'columns', c],
    }));
    return [{ part: relation, column: undefined, path }, ...columns].flatMap(({ part, column, path: partPath }) =>
      entriesOf(part, partPath, yaml).map(({ entry, path: entryPath }) =>
        loadEntry(entry, entryPath, { file, on, column, yaml, relations }),
      ),
    );
  });
}

interface Context {
  readonly file: ContentFile;
  readonly on: string;
  readonly column: string | undefined;
  readonly yaml: ParsedYaml<unknown>;
  readonly relations: Relations;
}

function entriesOf(
  part: z.output<typeof Column>,
  path: Path,
  yaml: ParsedYaml<unknown>,
): { entry: unknown; path: Path }[] {
  if (part.checks && part.data_tests)
    refuse(yaml, [...path, 'data_tests'], 'checks and data_tests are one word for the same; keep one');
  const word = part.checks ? 'checks' : 'data_tests';
  return (part[word] ?? []).map((entry, index) => ({ entry, path: [...path, word, index] }));
}

function loadEntry(entry: unknown, path: Path, { file, on, column, yaml, relations }: Context): CheckDefinition {
  const [kind, spec, specPath] = readKind(entry, path, yaml);
  refuseArgumentsOutside(kind, spec, specPath, yaml);
  const schema = CheckSettings.extend({ arguments: argumentsOf(kind).prefault({}) });
  const { arguments: given, ...settings } = yaml.read(schema, specPath, spec);
  const wrong = misplaced(kind, column, given);
  if (wrong !== undefined) refuse(yaml, path, wrong);
  if (typeof given['to'] === 'string') relations.require(given['to'], yaml.place([...specPath, 'arguments', 'to']));
  const line = yaml.place(path).line ?? 1;
  return defineCheck({ vertical: file.vertical, kind, on, column, arguments: given, settings, file: file.file, line });
}

function readKind(entry: unknown, path: Path, yaml: ParsedYaml<unknown>): [kind: Kind, spec: unknown, path: Path] {
  const named: [string, unknown][] = typeof entry === 'string' ? [[entry, {}]] : Object.entries(entry ?? {});
  const [name, spec] = named[0] ?? [];
  if (name === undefined || named.length > 1 || Array.isArray(entry)) {
    return refuse(
      yaml,
      path,
      'a check is the name of a kind, or one kind with its settings: - not_null, or - not_null: { severity: warn }',
    );
  }
  const kinds = Object.keys(CHECK_ARGUMENTS);
  if (!isKind(name))
    return refuse(yaml, path, `no kind of check '${name}'${didYouMean(name, kinds) || `, only ${kinds.join(', ')}`}`);
  return [name, spec ?? {}, typeof entry === 'string' ? path : [...path, name]];
}

function misplaced(
  kind: Kind,
  column: string | undefined,
  given: Readonly<Record<string, unknown>>,
): string | undefined {
  const ofColumn = OF_A_COLUMN.includes(kind);
  if (column !== undefined && !ofColumn)
    return `${kind} looks at whole rows; put it under checks: of the model, not of a column`;
  if (column !== undefined && given['columns'] !== undefined)
    return `${kind} stands under a column already; take columns: out`;
  if (column === undefined && ofColumn && given['columns'] === undefined) {
    return `${kind} looks at a column; put it under checks: of one${kind === 'unique' ? ', or give it columns:' : ''}`;
  }
  if (kind === 'row_count' && given['min'] === undefined && given['max'] === undefined) {
    return 'row_count needs a min or a max; without them it could only pass';
  }
  return undefined;
}

/** As dbt once had it: the arguments beside the settings. */
function refuseArgumentsOutside(kind: Kind, spec: unknown, path: Path, yaml: ParsedYaml<unknown>): void {
  if (typeof spec !== 'object' || spec === null) return;
  const key = Object.keys(spec).find((each) => each in CHECK_ARGUMENTS[kind].shape);
  if (key !== undefined)
    refuse(yaml, [...path, key], `'${key}' is an argument of ${kind}; it belongs under arguments:`);
}

function argumentsOf(kind: Kind): z.ZodType<Record<string, unknown>> {
  return CHECK_ARGUMENTS[kind];
}

function isKind(name: string): name is Kind {
  return Object.hasOwn(CHECK_ARGUMENTS, name);
}

function refuse(yaml: ParsedYaml<unknown>, path: Path, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: yaml.place(path) });
}
