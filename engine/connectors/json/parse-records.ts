import { JsonFault } from './json-fault.ts';
import { printPointer } from './json-pointer.ts';
import { decodeString, expectEnd, scanArray, scanObject, skipSpace, skipValue } from './scan-json.ts';

export type JsonKind = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

/** A value as it is written: a number with all its digits, a nested value word for word. */
export interface JsonValue {
  readonly kind: JsonKind;
  /** The source text of it, a string with its quotes and escapes. */
  readonly raw: string;
  /** What a text column holds of it: a string's characters; else the source text. */
  readonly text: string;
}

/** One object of the array, its members by name, in their order. */
export type JsonRecord = ReadonlyMap<string, JsonValue>;

/**
 * Where the array of records at `path` begins and ends. The whole document is checked, also what stands beside the records, so that
 * `recordsFrom` can then give them one by one.
 */
export function locateRecords(text: string, path: readonly string[]): { readonly start: number; readonly end: number } {
  let found: { readonly start: number; readonly end: number } | undefined;
  descend(text, path, (at, depth) => {
    if (text.charCodeAt(at) !== 0x5b) throw new JsonFault(`what stands at ${nameOf(path)} is not an array`, at);
    let index = 0;
    const end = scanArray(text, at, depth, (from) => {
      index += 1;
      if (text.charCodeAt(from) === 0x7b) return numbered(index, () => skipValue(text, from, depth + 1));
      numbered(index, () => skipValue(text, from, depth + 1));
      throw new JsonFault('a record is not an object', from, index);
    });
    found = { start: at, end };
    return end;
  });
  if (found === undefined) throw new JsonFault(`nothing stands at ${nameOf(path)}`, 0);
  return found;
}

/** The records of the array that `locateRecords` found, one at a time. */
export function* recordsFrom(text: string, start: number): Generator<JsonRecord> {
  let at = skipSpace(text, start + 1);
  while (text.charCodeAt(at) === 0x7b) {
    const [record, end] = readRecord(text, at);
    yield record;
    // Behind it stands a comma or the end of the array.
    at = skipSpace(text, skipSpace(text, end) + 1);
  }
}

/** All records of a whole document, the array at `path`. */
export function parseRecords(text: string, path: readonly string[]): readonly JsonRecord[] {
  return [...recordsFrom(text, locateRecords(text, path).start)];
}

/** One record that is a document of its own: a line of NDJSON. */
export function parseRecord(text: string): JsonRecord {
  const start = skipSpace(text, 0);
  if (text.charCodeAt(start) !== 0x7b) {
    expectEnd(text, skipValue(text, start, 0));
    throw new JsonFault('a record is not an object', start);
  }
  const [record, end] = readRecord(text, start);
  expectEnd(text, end);
  return record;
}

/** The value at `path`, undefined when there is none. The whole document is checked. */
export function findValue(text: string, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined;
  descend(text, path, (at, depth) => {
    const end = skipValue(text, at, depth);
    value = valueOf(text, at, end);
    return end;
  });
  return value;
}

/** Scans the whole document; `onFound` scans the value at `path`. */
function descend(text: string, path: readonly string[], onFound: (at: number, depth: number) => number): void {
  const walk = (at: number, depth: number): number => {
    const step = path[depth];
    if (step === undefined) return onFound(at, depth);
    const into = (isStep: boolean, start: number): number =>
      isStep ? walk(start, depth + 1) : skipValue(text, start, depth + 1);
    if (text.charCodeAt(at) === 0x7b) return scanObject(text, at, depth, (key, start) => into(key === step, start));
    if (text.charCodeAt(at) !== 0x5b) return skipValue(text, at, depth);
    let index = 0;
    return scanArray(text, at, depth, (start) => {
      index += 1;
      return into(String(index - 1) === step, start);
    });
  };
  expectEnd(text, walk(skipSpace(text, 0), 0));
}

function readRecord(text: string, at: number): readonly [record: JsonRecord, end: number] {
  const record = new Map<string, JsonValue>();
  const end = scanObject(text, at, 0, (key, start) => {
    const stop = skipValue(text, start, 1);
    record.set(key, valueOf(text, start, stop));
    return stop;
  });
  return [record, end];
}

function numbered<T>(record: number, scan: () => T): T {
  try {
    return scan();
  } catch (error) {
    throw error instanceof JsonFault ? new JsonFault(error.reason, error.offset, record) : error;
  }
}

function valueOf(text: string, start: number, end: number): JsonValue {
  const raw = text.slice(start, end);
  const kind = KINDS[raw[0] as string] ?? 'number';
  return { kind, raw, text: kind === 'string' ? decodeString(raw) : raw };
}

const KINDS: Readonly<Record<string, JsonKind>> = {
  '"': 'string',
  '{': 'object',
  '[': 'array',
  t: 'boolean',
  f: 'boolean',
  n: 'null',
};

function nameOf(path: readonly string[]): string {
  return path.length === 0 ? 'the top' : printPointer(path);
}
