import { YAMLException } from 'js-yaml';
import type { YAMLParseError, YAMLWarning } from 'yaml';
import type { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { ErrorCode, Place } from '../errors.ts';
import { composeYaml, YamlFault } from './compose-yaml.ts';
import type { YamlTree } from './compose-yaml.ts';
import { describeIssue } from './describe-issue.ts';
import { loadYaml } from './load-yaml.ts';

type Path = readonly PropertyKey[];

export interface ParsedYaml<T> {
  readonly value: T;
  /** Where the node at a path begins: a key, or an item of a list. Where nothing stands, the nearest that encloses it. */
  readonly place: (path: Path) => Place;
  /** Parses the part at a path by a schema of its own; `part` instead of what stands there, when given. */
  readonly read: <S extends z.ZodType>(schema: S, path: Path, part?: unknown) => z.output<S>;
  /** The part at a path as it was before the schema, with numbers as text where a double would not print as they are written. */
  readonly exact: (path: Path) => unknown;
}

/** YAML as the schema's value, with the place of every node; bad YAML, duplicate keys, too many aliases and what the schema refuses are errors with file, line and column. */
export function parseYaml<S extends z.ZodType>(
  schema: S,
  text: string,
  file: string,
  code: ErrorCode,
): ParsedYaml<z.output<S>> {
  const placeAt = placesOf(text, file);
  const tree = treeOf(text, code, placeAt);
  const place = (path: Path): Place => placeAt(tree.offsetOf(path));
  const read = <P extends z.ZodType>(partSchema: P, path: Path, part: unknown): z.output<P> => {
    const result = partSchema.safeParse(part);
    if (result.success) return result.data;
    const [first] = result.error.issues
      .map((issue) => ({ ...describeIssue(issue, partSchema, part), unknown: issue.code === 'unrecognized_keys' }))
      .map((issue) => ({ ...issue, offset: tree.offsetOf([...path, ...issue.path]) }))
      // A misspelt key is told before the missing one that it causes.
      .sort((a, b) => Number(b.unknown) - Number(a.unknown) || a.offset - b.offset);
    throw new EngineError(code, first?.message ?? 'cannot be read', { place: placeAt(first?.offset ?? 0) });
  };

  const whole = tree.value;
  if (whole === null) throw new EngineError(code, 'the file says nothing', { place: { file } });
  return {
    value: read(schema, [], whole),
    place,
    read: (partSchema, path, part) => read(partSchema, path, part === undefined ? valueAt(whole, path) : part),
    exact: tree.exact,
  };
}

function treeOf(text: string, code: ErrorCode, placeAt: (offset: number) => Place): YamlTree {
  try {
    return composeYaml(text);
  } catch (error) {
    const { message, offset } = whyRefused(text, error);
    throw new EngineError(code, firstLine(message), { place: placeAt(offset) });
  }
}

/** The slower reader says better what is wrong. */
function whyRefused(text: string, error: unknown): { message: string; offset: number } {
  if (!(error instanceof YamlFault) && !(error instanceof YAMLException)) throw error;
  const problem = firstProblem(text);
  if (problem === undefined) {
    if (error instanceof YamlFault) return { message: error.message, offset: error.offset ?? 0 };
    return { message: error.reason, offset: error.mark?.position ?? 0 };
  }
  const several = problem.code === 'MULTIPLE_DOCS';
  return {
    message: several ? 'a second document begins here; a file holds one' : problem.message,
    offset: problem.pos[0],
  };
}

function firstProblem(text: string): YAMLParseError | YAMLWarning | undefined {
  const { errors, warnings } = loadYaml().parseDocument(text, { prettyErrors: false, stringKeys: true });
  return errors[0] ?? warnings[0];
}

function placesOf(text: string, file: string): (offset: number) => Place {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
