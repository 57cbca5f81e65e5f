import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { placingFrom } from './placing.ts';

/** A block of dbt's in a file: its tags, and what stands between them. */
export interface FoundBlock {
  readonly kind: 'macro' | 'test' | 'snapshot' | 'docs' | 'materialization';
  readonly name: string;
  /** What the opening tag says behind its kind: `cents(column, places=2)`. */
  readonly header: string;
  readonly body: string;
  /** Where the opening tag begins, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** Where the body begins. */
  readonly bodyLine: number;
  readonly bodyColumn: number;
  /** Where the block begins and ends in the text, its tags included. */
  readonly start: number;
  readonly end: number;
}

const KINDS: Readonly<Record<string, FoundBlock['kind']>> = {
  macro: 'macro',
  test: 'test',
  data_test: 'test',
  snapshot: 'snapshot',
  docs: 'docs',
  materialization: 'materialization',
};
/** A comment, the beginning of a raw part, a print or a tag; none of them can begin inside of another. */
const OPENING = /\{#|\{%[-+]?\s*raw\s*[-+]?%\}|\{\{|\{%/g;
const END_OF_RAW = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;
/** Up to the end of a tag or a print, whose texts may have anything in them. */
const REST_OF_TAG = /(?:'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|(?!%\})[^'"])*%\}/y;
const REST_OF_PRINT = /(?:'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|(?!\}\})[^'"])*\}*\}\}/y;
const TAG = /^\{%[-+]?\s*(\w+)\s*([\s\S]*?)\s*[-+]?%\}$/;

interface Tag {
  readonly word: string;
  readonly rest: string;
  readonly start: number;
  readonly end: number;
}

/**
 * dbt's blocks in a file, those that stand inside of no other. Comments, raw parts and texts in quotes hide what looks like a tag;
 * what is in a docs block is text. `start` is where the text begins in its file, for the place of a block that is not closed.
 */
export function findBlocks(text: string, start?: Place): readonly FoundBlock[] {
  const blocks: FoundBlock[] = [];
  for (let tag = nextTag(text, 0); tag; tag = nextTag(text, tag.end)) {
    const kind = Object.hasOwn(KINDS, tag.word) ? KINDS[tag.word] : undefined;
    if (kind === undefined) continue;
    const closing = closingTag(text, tag);
    if (closing === undefined) return notClosed(text, tag, start);
    blocks.push(blockOf(text, kind, tag, closing));
    tag = closing;
  }
  return blocks;
}

function closingTag(text: string, { word, end }: Tag): Tag | undefined {
  if (word === 'docs') {
    const found = /\{%[-+]?\s*enddocs\s*[-+]?%\}/.exec(text.slice(end));
    if (!found) return undefined;
    const from = end + found.index;
    return { word: 'enddocs', rest: '', start: from, end: from + found[0].length };
  }
  let tag = nextTag(text, end);
  while (tag && tag.word !== `end${word}`) tag = nextTag(text, tag.end);
  return tag;
}

function nextTag(text: string, from: number): Tag | undefined {
  for (let at = from; ;) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(text);
    if (!opening) return undefined;
    const { index } = opening;
    const [sign] = opening;
    if (sign === '{#') at = after(text, '#}', index + 2);
    else if (sign === '{{') at = endOf(REST_OF_PRINT, text, index + 2) ?? index + 2;
    else if (sign === '{%') {
      const end = endOf(REST_OF_TAG, text, index + 2);
      const [, word, rest = ''] = end === undefined ? [] : (TAG.exec(text.slice(index, end)) ?? []);
      if (word !== undefined && end !== undefined) return { word, rest, start: index, end };
      at = index + 2;
    } else {
      END_OF_RAW.lastIndex = index + sign.length;
      const end = END_OF_RAW.exec(text);
      at = end ? end.index + end[0].length : text.length;
    }
  }
}

function blockOf(text: string, kind: FoundBlock['kind'], opening: Tag, closing: Tag): FoundBlock {
  const begins = positionAt(text, opening.start);
  const body = positionAt(text, opening.end);
  return {
    kind,
    name: /^\w+/.exec(opening.rest)?.[0] ?? '',
    header: opening.rest,
    body: text.slice(opening.end, closing.start),
    ...begins,
    bodyLine: body.line,
    bodyColumn: body.column,
    start: opening.start,
    end: closing.end,
  };
}

function notClosed(text: string, tag: Tag, start: Place | undefined): never {
  const position = positionAt(text, tag.start);
  const message = `{% ${tag.word} %} is not closed: no {% end${tag.word} %} follows`;
  if (start) throw new EngineError('COMPILE_TEMPLATE', message, { place: placingFrom(start)(position) });
  throw new EngineError('COMPILE_TEMPLATE', `${message}, in line ${position.line}`);
}

function endOf(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  return found ? from + found[0].length : undefined;
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at < 0 ? text.length : at + end.length;
}

function positionAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
