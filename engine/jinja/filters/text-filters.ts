import { onText } from '../guarded-operation.ts';
import { Guarded } from '../guarded-value.ts';
import { guardedIn, plainOf, tainted } from '../guarded.ts';
import { native } from '../native.ts';
import type { Native } from '../native.ts';
import { entriesOf, isDict } from '../python/dict.ts';
import type { Dict } from '../python/dict.ts';
import { isInteger } from '../python/numbers.ts';
import { percentFormat } from '../python/percent-format.ts';
import { textOf } from '../python/print.ts';
import { capitalized, replaced, stripEnd, stripStart } from '../python/text-methods.ts';
import { isTrue } from '../python/truth.ts';
import { tuple } from '../python/tuple.ts';

/** Filters that make text of text; what is no text is written as text first. */
export const TEXT_FILTERS: Readonly<Record<string, Native>> = {
  upper: ofText('', (text) => text.toUpperCase()),
  lower: ofText('', (text) => text.toLowerCase()),
  capitalize: ofText('', capitalized),
  title: ofText('', (text) =>
    text
      .split(/([-\s({[<]+)/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
      .join(''),
  ),
  trim: ofText('chars=None', (text, chars?: string | null) => stripEnd(stripStart(text, chars), chars)),
  replace: ofText('old, new, count=None', (text, old: unknown, by: unknown, count?: number | null) =>
    replaced(text, textOf(old), textOf(by), count ?? -1),
  ),
  indent: ofText('width=4, first=False, blank=False', (text, width: unknown = 4, first?: unknown, blank?: unknown) =>
    indented(text, typeof width === 'string' ? width : ' '.repeat(Number(width)), isTrue(first), isTrue(blank)),
  ),
  center: ofText('width=80', (text, width = 80) => {
    const room = Math.max(0, width - Array.from(text).length);
    const left = Math.floor(room / 2) + (room % 2 === 1 && width % 2 === 1 ? 1 : 0);
    return ' '.repeat(left) + text + ' '.repeat(room - left);
  }),
  truncate: ofText(
    'length=255, killwords=False, end="...", leeway=None',
    (text, length = 255, kill?: unknown, end = '...', leeway?: number | null) => {
      const letters = Array.from(text);
      if (letters.length <= length + (leeway ?? 5)) return text;
      const short = letters.slice(0, length - end.length).join('');
      const lastBlank = short.lastIndexOf(' ');
      return (isTrue(kill) || lastBlank < 0 ? short : short.slice(0, lastBlank)) + end;
    },
  ),
  wordcount: ofText('', (text) => text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
  wordwrap: ofText(
    'width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True',
    (text, width = 79, breakLong: unknown = true, wrap?: string | null, hyphens: unknown = true) =>
      text
        .split(/\r\n|[\n\r]/)
        .map((line) => wrapped(line, width, isTrue(breakLong), isTrue(hyphens)).join(wrap ?? '\n'))
        .join(wrap ?? '\n'),
  ),
  striptags: ofText('', (text) =>
    text
      .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
      .split(/\s+/)
      .filter((word) => word !== '')
      .join(' '),
  ),
  escape: ofText('', escaped),
  e: ofText('', escaped),
  forceescape: ofText('', escaped),
  safe: native('', (value: unknown) => value),
  string: native('', (value: unknown) => textOf(value)),
  format: native('*values, **named', (value: unknown, values: unknown[], named: Dict) =>
    percentFormat(textOf(value), named.size > 0 ? named : tuple(values)),
  ),
  urlencode: native('', (given: unknown) => {
    const name = guardedIn([given]);
    const text = urlEncoded(plainOf(given));
    return name === undefined ? text : tainted(text, name);
  }),
  xmlattr: native('autospace=True', (value: unknown, space: unknown = true) => {
    const pairs = isDict(value) ? entriesOf(value) : [];
    const written = pairs
      .filter(([, each]) => each !== null && each !== undefined)
      .map(([key, each]) => `${escaped(textOf(key))}="${escaped(textOf(each))}"`)
      .join(' ');
    return isTrue(space) && written !== '' ? ` ${written}` : written;
  }),
};

function ofText<A extends readonly never[]>(parameters: string, run: (text: string, ...args: A) => unknown): Native {
  return native(parameters, (value: unknown, ...args: A) =>
    onText(
      value instanceof Guarded ? value : textOf(value),
      args,
      run as (text: string, ...args: readonly unknown[]) => unknown,
    ),
  );
}

/** As Jinja does it: all lines but the first, and no empty one unless `blank`. */
function indented(text: string, by: string, first: boolean, blank: boolean): string {
  const lines = `${text}\n`.split(/\r\n|[\n\r]/).slice(0, -1);
  const rest = lines.slice(1).map((line) => (line !== '' || blank ? by + line : line));
  return [(first ? by : '') + (lines[0] ?? ''), ...rest].join('\n');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('>', '&gt;')
    .replaceAll('<', '&lt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&#34;');
}

function urlEncoded(value: unknown): string {
  if (!isDict(value) && !Array.isArray(value)) return encoded(textOf(value)).replaceAll('%2F', '/');
  const entries = isDict(value) ? entriesOf(value) : (value as readonly (readonly [unknown, unknown])[]);
  return entries.map(([key, each]) => `${queryPart(key)}=${queryPart(each)}`).join('&');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function queryPart(value: unknown): string {
  return encoded(textOf(value)).replaceAll('%20', '+');
}

/** Lines of at most `width` letters, broken at blanks, at hyphens and, if need be, inside of a word. */
function wrapped(line: string, width: number, breakLong: boolean, hyphens: boolean): string[] {
  if (!isInteger(width) || width < 1) throw new Error('wordwrap needs a width of at least 1');
  const pieces = line
    .split(hyphens ? /(\s+)|(?<=[\p{L}\p{N}]-)(?=\p{L})/u : /(\s+)/)
    .filter((piece) => piece !== undefined && piece !== '');
  const lines: string[] = [];
  let current = '';
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    if (current === '' && lines.length > 0 && piece.trim() === '') continue;
    if (current.length + piece.length <= width) {
      current += piece;
      continue;
    }
    if (piece.trim() !== '' && breakLong && piece.length > width) {
      const room = Math.max(width - current.length, current === '' ? 1 : 0);
      current += piece.slice(0, room);
      pieces.unshift(piece.slice(room));
    } else if (current.trim() === '') {
      current = piece;
      if (piece.trim() !== '') {
        lines.push(current.trimEnd());
        current = '';
      }
      continue;
    } else pieces.unshift(piece);
    if (current.trim() !== '') lines.push(current.trimEnd());
    current = '';
  }
  if (current.trim() !== '') lines.push(current.trimEnd());
  return lines;
}
