import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Alias, Document, Node } from 'yaml';
import type { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { ErrorCode, Place } from '../errors.ts';
import { describeIssue } from './describe-issue.ts';

type Path = readonly PropertyKey[];

export interface ParsedYaml<T> {
  readonly value: T;
  /** Where the node at a path begins: a key, or an item of a list. Where nothing stands, the nearest that encloses it. */
  readonly place: (path: Path) => Place;
  /** Parses the part at a path by a schema of its own; `part` instead of what stands there, when given. */
  readonly read: <S extends z.ZodType>(schema: S, path: Path, part?: unknown) => z.output<S>;
}

/** YAML as the schema's value, with the place of every node; bad YAML, duplicate keys, too many aliases and what the schema refuses are errors with file, line and column. */
export function parseYaml<S extends z.ZodType>(
  schema: S,
  text: string,
  file: string,
  code: ErrorCode,
): ParsedYaml<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    const message =
      problem.code === 'MULTIPLE_DOCS' ? 'a second document begins here; a file holds one' : problem.message;
    throw new EngineError(code, firstLine(message), { place: placeAt(problem.pos[0]) });
  }

  const place = (path: Path): Place => placeAt(offsetOf(document, path));
  const read = <P extends z.ZodType>(partSchema: P, path: Path, part: unknown): z.output<P> => {
    const result = partSchema.safeParse(part);
    if (result.success) return result.data;
    const [first] = result.error.issues
      .map((issue) => ({ ...describeIssue(issue, partSchema, part), unknown: issue.code === 'unrecognized_keys' }))
      .map((issue) => ({ ...issue, offset: offsetOf(document, [...path, ...issue.path]) }))
      // A misspelt key is told before the missing one that it causes.
      .sort((a, b) => Number(b.unknown) - Number(a.unknown) || a.offset - b.offset);
    throw new EngineError(code, first?.message ?? 'cannot be read', { place: placeAt(first?.offset ?? 0) });
  };

  const whole = toValue(document, code, placeAt);
  if (whole === null) throw new EngineError(code, 'the file says nothing', { place: { file } });
  return {
    value: read(schema, [], whole),
    place,
    read: (partSchema, path, part) => read(partSchema, path, part === undefined ? valueAt(whole, path) : part),
  };
}

function toValue(document: Document, code: ErrorCode, placeAt: (offset: number) => Place): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new EngineError(code, 'its aliases stand for too much; write it out', {
      place: placeAt(firstAlias(document)?.range?.[0] ?? 0),
    });
  }
}

function firstAlias(document: Document): Alias | undefined {
  let found: Alias | undefined;
  visit(document, {
    Alias: (_, alias) => {
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

function offsetOf(document: Document, path: Path): number {
  let node = document.contents as Node | null;
  let offset = 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      next = isPair(pair) ? pair.value : undefined;
      offset = isPair(pair) && isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
    } else if (isSeq(node)) {
      next = node.items[Number(key)];
      offset = isNode(next) ? (next.range?.[0] ?? offset) : offset;
    }
    if (next === undefined) return offset;
    node = isNode(next) ? next : null;
  }
  return offset;
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
