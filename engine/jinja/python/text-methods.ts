import { native } from '../native.ts';
import type { Native } from '../native.ts';
import { isInteger } from './numbers.ts';
import { tuple } from './tuple.ts';
import { typeOf } from './type-of.ts';

/**
 * Methods of text that make something of the text alone; each takes it first. `join` and `format` are apart: they put values
 * together. Letters are counted as Python counts them, not as UTF-16.
 */
export const TEXT_METHODS: Readonly<Record<string, Native>> = {
  upper: native('', (text: string) => text.toUpperCase()),
  lower: native('', (text: string) => text.toLowerCase()),
  casefold: native('', (text: string) => text.toLowerCase()),
  swapcase: native('', (text: string) =>
    Array.from(text, (char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase())).join(''),
  ),
  title: native('', (text: string) =>
    text.replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()),
  ),
  capitalize: native('', (text: string) => capitalized(text)),
  strip: native('chars=None', (text: string, chars?: string | null) => stripEnd(stripStart(text, chars), chars)),
  lstrip: native('chars=None', (text: string, chars?: string | null) => stripStart(text, chars)),
  rstrip: native('chars=None', (text: string, chars?: string | null) => stripEnd(text, chars)),
  split: native('sep=None, maxsplit=-1', (text: string, separator?: string | null, most?: number) =>
    split(text, separator, most),
  ),
  rsplit: native('sep=None, maxsplit=-1', (text: string, separator?: string | null, most?: number) =>
    splitFromEnd(text, separator, most),
  ),
  splitlines: native('keepends=False', (text: string, keep?: boolean) => linesOf(text, keep === true)),
  replace: native('old, new, count=-1', (text: string, old: string, by: string, count = -1) =>
    replaced(text, aText(old), aText(by), count),
  ),
  startswith: native(
    'prefix, start=0, end=None',
    (text: string, prefix: string | string[], start = 0, end = Infinity) =>
      anyOf(prefix).some((each) => cut(text, start, end).startsWith(each)),
  ),
  endswith: native('suffix, start=0, end=None', (text: string, suffix: string | string[], start = 0, end = Infinity) =>
    anyOf(suffix).some((each) => cut(text, start, end).endsWith(each)),
  ),
  count: native(
    'sub, start=0, end=None',
    (text: string, part: string, start = 0, end = Infinity) =>
      cut(text, start, end).split(aText(part)).length - (part === '' ? 0 : 1) + (part === '' ? 1 : 0),
  ),
  find: native('sub, start=0, end=None', (text: string, part: string, start = 0, end = Infinity) =>
    find(text, part, start, end),
  ),
  rfind: native('sub', (text: string, part: string) => lengthOf(text, text.lastIndexOf(aText(part)))),
  index: native('sub, start=0, end=None', (text: string, part: string, start = 0, end = Infinity) =>
    found(find(text, part, start, end), part),
  ),
  rindex: native('sub', (text: string, part: string) => found(lengthOf(text, text.lastIndexOf(aText(part))), part)),
  zfill: native('width', (text: string, width: number) => {
    const sign = /^[+-]/.exec(text)?.[0] ?? '';
    return sign + '0'.repeat(room(text, width)) + text.slice(sign.length);
  }),
  center: native('width, fillchar=" "', (text: string, width: number, fill = ' ') => {
    const all = room(text, width);
    const left = Math.floor(all / 2) + (all % 2 === 1 && width % 2 === 1 ? 1 : 0);
    return fill.repeat(left) + text + fill.repeat(all - left);
  }),
  ljust: native(
    'width, fillchar=" "',
    (text: string, width: number, fill = ' ') => text + fill.repeat(room(text, width)),
  ),
  rjust: native(
    'width, fillchar=" "',
    (text: string, width: number, fill = ' ') => fill.repeat(room(text, width)) + text,
  ),
  partition: native('sep', (text: string, separator: string) => {
    const at = text.indexOf(notEmpty(separator));
    return tuple(at < 0 ? [text, '', ''] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
  }),
  rpartition: native('sep', (text: string, separator: string) => {
    const at = text.lastIndexOf(notEmpty(separator));
    return tuple(at < 0 ? ['', '', text] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
  }),
  removeprefix: native('prefix', (text: string, prefix: string) =>
    text.startsWith(aText(prefix)) ? text.slice(prefix.length) : text,
  ),
  removesuffix: native('suffix', (text: string, suffix: string) =>
    aText(suffix) !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  expandtabs: native('tabsize=8', (text: string, size = 8) => expanded(text, size)),
  isdigit: native('', (text: string) => /^[\p{Nd}\p{No}]+$/u.test(text)),
  isnumeric: native('', (text: string) => /^\p{N}+$/u.test(text)),
  isdecimal: native('', (text: string) => /^\p{Nd}+$/u.test(text)),
  isalpha: native('', (text: string) => /^\p{L}+$/u.test(text)),
  isalnum: native('', (text: string) => /^[\p{L}\p{N}]+$/u.test(text)),
  isspace: native('', (text: string) => /^\s+$/.test(text)),
  isupper: native(
    '',
    (text: string) => /\p{L}/u.test(text) && text === text.toUpperCase() && text !== text.toLowerCase(),
  ),
  islower: native(
    '',
    (text: string) => /\p{L}/u.test(text) && text === text.toLowerCase() && text !== text.toUpperCase(),
  ),
  istitle: native('', (text: string) => /\p{L}/u.test(text) && !/\p{L}\p{Lu}|(?<!\p{L})\p{Ll}/u.test(text)),
  isidentifier: native('', (text: string) => /^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(text)),
  isascii: native('', (text: string) => !/[^\0-\x7f]/.test(text)), // oxlint-disable-line no-control-regex -- this is what it asks
};

/** The first letter upper case, all others lower case. */
export function capitalized(text: string): string {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('').toLowerCase();
}

/** Without blanks, or without any of these characters, at the beginning. */
export function stripStart(text: string, chars?: string | null): string {
  if (chars === undefined || chars === null) return text.trimStart();
  let at = 0;
  while (at < text.length && aText(chars).includes(text.charAt(at))) at++;
  return text.slice(at);
}

/** Without blanks, or without any of these characters, at the end. */
export function stripEnd(text: string, chars?: string | null): string {
  if (chars === undefined || chars === null) return text.trimEnd();
  let end = text.length;
  while (end > 0 && aText(chars).includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Every occurrence, or the first `count`, with something else in its place. */
export function replaced(text: string, old: string, by: string, count = -1): string {
  if (count < 0) return text.replaceAll(old, () => by);
  let result = '';
  let from = 0;
  for (let done = 0; done < count; done++) {
    const at = text.indexOf(old, from);
    if (at < 0) break;
    // An empty text stands before every character.
    const next = old === '' ? Math.min(at + 1, text.length) : at + old.length;
    result += text.slice(from, at) + by + (old === '' ? text.slice(at, next) : '');
    from = next;
  }
  return result + text.slice(from);
}

function split(text: string, separator?: string | null, most = -1): string[] {
  if (separator === undefined || separator === null) {
    const trimmed = text.trimStart();
    if (most < 0) return trimmed.trimEnd() === '' ? [] : trimmed.trimEnd().split(/\s+/);
    const parts: string[] = [];
    let rest = trimmed;
    while (parts.length < most && /\s/.test(rest)) {
      const [first = ''] = rest.split(/\s/, 1);
      parts.push(first);
      rest = rest.slice(first.length).trimStart();
    }
    return rest === '' ? parts : [...parts, parts.length < most ? rest.trimEnd() : rest];
  }
  const parts = text.split(notEmpty(separator));
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

function splitFromEnd(text: string, separator?: string | null, most = -1): string[] {
  if (most < 0) return split(text, separator);
  if (separator === undefined || separator === null) {
    const parts = Array.from(text.trim().matchAll(/\S+/g));
    if (parts.length <= most) return parts.map(([part]) => part);
    const keep = parts.slice(parts.length - most).map(([part]) => part);
    const last = parts[parts.length - most - 1];
    const head = last ? text.trim().slice(0, last.index + last[0].length) : '';
    return [head, ...keep];
  }
  const parts = text.split(notEmpty(separator));
  if (parts.length <= most + 1) return parts;
  return [parts.slice(0, parts.length - most).join(separator), ...parts.slice(parts.length - most)];
}

function linesOf(text: string, keep: boolean): string[] {
  const lines = text.match(/[^\n\r]*(?:\r\n|[\n\r])|[^\n\r]+$/g) ?? [];
  return keep ? lines : lines.map((line) => line.replace(/[\n\r]+$/, ''));
}

function find(text: string, part: string, start: number, end: number): number {
  const offset = start < 0 ? Math.max(0, lengthOf(text) + start) : start;
  const at = cut(text, start, end).indexOf(aText(part));
  return at < 0 ? -1 : offset + lengthOf(cut(text, start, end), at);
}

function found(at: number, part: string): number {
  if (at < 0) throw new Error(`the text does not have '${part}' in it`);
  return at;
}

function cut(text: string, start: number, end: number): string {
  if (start === 0 && end === Infinity) return text;
  return Array.from(text)
    .slice(start, end === Infinity ? undefined : end)
    .join('');
}

function expanded(text: string, size: number): string {
  let column = 0;
  return Array.from(text, (char) => {
    const shown = char === '\t' ? ' '.repeat(size === 0 ? 0 : size - (column % size)) : char;
    column = char === '\n' || char === '\r' ? 0 : column + shown.length;
    return shown;
  }).join('');
}

function room(text: string, width: number): number {
  if (!isInteger(width)) throw new Error(`a width is an integer, not ${typeOf(width)}`);
  return Math.max(0, Number(width) - lengthOf(text));
}

/** In letters; of the text before `end`, which may be -1. */
function lengthOf(text: string, end = text.length): number {
  return end < 0 ? -1 : Array.from(text.slice(0, end)).length;
}

function anyOf(texts: string | string[]): string[] {
  return Array.isArray(texts) ? texts.map(aText) : [aText(texts)];
}

function notEmpty(separator: string): string {
  if (aText(separator) === '') throw new Error('an empty text separates nothing');
  return separator;
}

function aText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`a text is needed, not ${typeOf(value)}`);
}
