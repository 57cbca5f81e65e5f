import { z } from 'zod';
import type { NamedKind } from '../check-kinds/check-kinds.ts';
import type { ParsedYaml } from '../config/parse-yaml.ts';
import { CheckSettings } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { Path } from './properties-file.ts';

type Values = Readonly<Record<string, unknown>>;

/** One data test as YAML says it, in any of dbt's forms, taken apart but for its arguments' meaning. */
export interface TestSpec {
  /** Undefined for a test that a macro makes. */
  readonly kind: NamedKind | undefined;
  /** As written: `not_null`, `dbt_utils.accepted_range`. */
  readonly name: string;
  /** What somebody called it with `name:`. */
  readonly givenName: string | undefined;
  /** From `config:` and beside it. */
  readonly settings: Values;
  /** From `arguments:` and, as dbt once had it, beside it. */
  readonly arguments: Values;
  readonly path: Path;
}

/** Takes an entry of data_tests apart: text, a map of one test, or a map with `test_name`; a misspelt key is an error with its place. */
export function readTestEntry(
  entry: unknown,
  path: Path,
  yaml: ParsedYaml<unknown>,
  kindOf: (name: string) => NamedKind | undefined,
): TestSpec {
  const [name, written, specPath] = nameOf(entry, path, yaml);
  const kind = kindOf(name);
  const given = yaml.read(entrySchema(kind), specPath, written) as Values;
  const settings = pick(written, (key) => key in CheckSettings.shape);
  const config = (given['config'] ?? {}) as Values;
  const twice = Object.keys(settings).find((key) => key in config);
  if (twice !== undefined) refuse(yaml, [...specPath, twice], `${twice} stands beside config: and in it; keep one`);
  const beside = pick(written, (key) => !(key in CheckSettings.shape) && !OWN_KEYS.has(key));
  return {
    kind,
    name,
    givenName: given['name'] as string | undefined,
    settings: { ...settings, ...(written['config'] as Values | null) },
    arguments: { ...beside, ...(written['arguments'] as Values | null) },
    path: specPath,
  };
}

/** Keys of an entry that are neither settings nor arguments. */
const OWN_KEYS = new Set(['name', 'test_name', 'config', 'arguments']);

/** The name of the test, what is said of it, and where that stands. */
function nameOf(entry: unknown, path: Path, yaml: ParsedYaml<unknown>): [name: string, written: Values, path: Path] {
  if (typeof entry === 'string') return [entry, {}, path];
  if (isMap(entry)) {
    if (typeof entry['test_name'] === 'string') return [entry['test_name'], entry, path];
    const named = Object.entries(entry);
    const [name, written] = named[0] ?? [];
    if (named.length === 1 && name !== undefined && (isMap(written) || (written ?? null) === null))
      return [name, (written as Values | null) ?? {}, [...path, name]];
  }
  return refuse(
    yaml,
    path,
    'a check is the name of a kind, or one kind with its settings: - not_null, or - not_null: { severity: warn }',
  );
}

const schemas = new Map<NamedKind | undefined, z.ZodType>();

function entrySchema(kind: NamedKind | undefined): z.ZodType {
  const known = schemas.get(kind);
  if (known) return known;
  const own = {
    ...CheckSettings.shape,
    name: z.string().optional(),
    test_name: z.string().optional(),
    config: CheckSettings.optional(),
    arguments: z.record(z.string(), z.unknown()).nullish(),
  };
  const beside = [
    ...Object.keys(kind?.arguments.shape ?? {}),
    ...(kind?.spec.of === 'relation' ? [] : ['column_name']),
  ];
  const schema =
    kind === undefined
      ? z.looseObject(own)
      : z.strictObject({ ...Object.fromEntries(beside.map((key) => [key, z.unknown().optional()])), ...own });
  schemas.set(kind, schema);
  return schema;
}

function pick(values: Values, isWanted: (key: string) => boolean): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => isWanted(key)));
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(yaml: ParsedYaml<unknown>, path: Path, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: yaml.place(path) });
}
