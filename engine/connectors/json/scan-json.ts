import { JsonFault } from './json-fault.ts';

/** Deeper than any record of a table; Postgres' own parser and ours stay far from the end of their stacks. */
export const MAX_DEPTH = 512;

/**
 * A strict scanner (RFC 8259) that never turns a value into anything: it finds where each begins and ends, so that a number
 * keeps all its digits and a nested value its text. Two members of one name are refused at any depth, because a reader that
 * keeps the last of them loses the other unseen.
 *
 * Each function takes the place where its value begins and gives the place behind it.
 */
export function skipValue(text: string, at: number, depth: number): number {
  switch (text.charCodeAt(at)) {
    case QUOTE:
      return skipString(text, at);
    case OPEN_OBJECT:
      return scanObject(text, at, depth, (_key, start) => skipValue(text, start, depth + 1));
    case OPEN_ARRAY:
      return scanArray(text, at, depth, (start) => skipValue(text, start, depth + 1));
    case LOWER_T:
      return skipWord(text, at, 'true');
    case LOWER_F:
      return skipWord(text, at, 'false');
    case LOWER_N:
      return skipWord(text, at, 'null');
    default:
      return skipNumber(text, at);
  }
}

/** `onMember` is told each member's name and where its value begins, and gives where that ends. */
export function scanObject(
  text: string,
  at: number,
  depth: number,
  onMember: (key: string, start: number) => number,
): number {
  deeper(at, depth);
  let next = skipSpace(text, at + 1);
  if (text.charCodeAt(next) === CLOSE_OBJECT) return next + 1;
  const keys = new Set<string>();
  for (;;) {
    if (text.charCodeAt(next) !== QUOTE) fail(text, next, 'a name in quotes');
    const end = skipString(text, next);
    const key = decodeString(text.slice(next, end));
    if (keys.size === keys.add(key).size) throw new JsonFault(`two members have the same name: ${shorten(key)}`, next);
    next = skipSpace(text, end);
    if (text.charCodeAt(next) !== COLON) fail(text, next, "':'");
    next = skipSpace(text, onMember(key, skipSpace(text, next + 1)));
    const sign = text.charCodeAt(next);
    if (sign === CLOSE_OBJECT) return next + 1;
    if (sign !== COMMA) fail(text, next, "',' or '}'");
    next = skipSpace(text, next + 1);
  }
}

/** `onItem` is told where each item begins, and gives where it ends. */
export function scanArray(text: string, at: number, depth: number, onItem: (start: number) => number): number {
  deeper(at, depth);
  let next = skipSpace(text, at + 1);
  if (text.charCodeAt(next) === CLOSE_ARRAY) return next + 1;
  for (;;) {
    next = skipSpace(text, onItem(next));
    const sign = text.charCodeAt(next);
    if (sign === CLOSE_ARRAY) return next + 1;
    if (sign !== COMMA) fail(text, next, "',' or ']'");
    next = skipSpace(text, next + 1);
  }
}

export function skipSpace(text: string, at: number): number {
  let next = at;
  for (;;) {
    const code = text.charCodeAt(next);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return next;
    next += 1;
  }
}

/** Nothing but white space may follow a document. */
export function expectEnd(text: string, at: number): void {
  const end = skipSpace(text, at);
  if (end < text.length) fail(text, end, 'the end of the document');
}

/** The characters that a string in quotes stands for; it was scanned before. */
export function decodeString(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];
const [LOWER_T, LOWER_F, LOWER_N, LOWER_U] = [0x74, 0x66, 0x6e, 0x75];
const ESCAPED = '"\\/bfnrt';
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PART_OF_NUMBER = '.eE';
const REST_OF_NUMBER = /-?[\d.eE+-]*$/y;
const HEX4 = /[\da-fA-F]{4}/y;

function skipString(text: string, at: number): number {
  let next = at + 1;
  for (;;) {
    const code = text.charCodeAt(next);
    if (code === QUOTE) return next + 1;
    if (code === BACKSLASH) next = skipEscape(text, next + 1);
    else if (code >= 0x20) next += 1;
    else if (next >= text.length) fail(text, next, 'the end of a string');
    else throw new JsonFault('a string holds a control character that is not escaped', next);
  }
}

function skipEscape(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (at < text.length && ESCAPED.includes(text.charAt(at))) return at + 1;
  HEX4.lastIndex = at + 1;
  if (code === LOWER_U && HEX4.test(text)) return at + 5;
  if (/^(u[\da-fA-F]{0,3})?$/.test(text.slice(at, at + 5))) fail(text, text.length, 'the end of a string');
  throw new JsonFault('a string holds an escape that JSON does not know', at);
}

function skipNumber(text: string, at: number): number {
  NUMBER.lastIndex = at;
  if (NUMBER.test(text) && !PART_OF_NUMBER.includes(text.charAt(NUMBER.lastIndex) || ' ')) return NUMBER.lastIndex;
  REST_OF_NUMBER.lastIndex = at;
  return fail(text, REST_OF_NUMBER.test(text) ? text.length : at, 'a value');
}

/** A text that ends within a word was cut off, and that is told apart from a word that is wrong. */
function skipWord(text: string, at: number, word: string): number {
  if (text.startsWith(word, at)) return at + word.length;
  return fail(text, word.startsWith(text.slice(at, at + word.length)) ? text.length : at, 'a value');
}

function deeper(at: number, depth: number): void {
  if (depth >= MAX_DEPTH) throw new JsonFault(`it is nested more than ${MAX_DEPTH} deep`, at);
}

function fail(text: string, at: number, expected: string): never {
  throw new JsonFault(at >= text.length ? `it ends before ${expected}` : `${expected} was expected`, at);
}

function shorten(name: string): string {
  return JSON.stringify(name.length > 63 ? `${name.slice(0, 63)}...` : name);
}
