import { Float } from './python/float.ts';

export type GuardKind = 'text' | 'number' | 'boolean';

/** Characters that no template and no value may have: guarded values are marked with them in text. Unicode calls them noncharacters. */
export const RESERVED = /[\uFDD0-\uFDEF]/;

const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';
const MARK = /\uFDD0([0-9a-fA-F]*)\uFDD1/g;
const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Where a `{{ ... }}` stands that wrote a guarded value. */
export interface PrintPlace {
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/**
 * A value that comes from outside of the project. Templates work with it as with the plain value; written out it is a mark,
 * which `placeGuarded` turns into SQL where that is safe.
 */
export class Guarded {
  /** As Jinja prints it; a number exactly as it was given. */
  readonly text: string;
  readonly kind: GuardKind;
  /** What gave it, as it is written in a template: `var('as_of')`. */
  readonly name: string;
  readonly place: PrintPlace | undefined;

  constructor(text: string, kind: GuardKind, name: string, place?: PrintPlace) {
    if (RESERVED.test(text)) throw new RangeError(`${name} has a character that no text has (U+FDD0 to U+FDEF)`);
    if (kind === 'number' && !NUMBER.test(text)) throw new RangeError(`${name} is not a finite decimal number`);
    this.text = text;
    this.kind = kind;
    this.name = name;
    this.place = place;
  }

  /** What templates compare and calculate with. */
  get plain(): unknown {
    if (this.kind === 'text') return this.text;
    if (this.kind === 'boolean') return this.text === 'True';
    const number = Number(this.text);
    if (/^-?\d+$/.test(this.text)) return Number.isSafeInteger(number) ? number : BigInt(this.text);
    return Number.isSafeInteger(number) ? new Float(number) : number;
  }

  /** The mark that stands for it in text. */
  toString(): string {
    const { text, kind, name, place } = this;
    const fields = [text, kind, name, ...(place ? [place.file, place.line ?? null, place.column ?? null] : [])];
    // As hexadecimal digits it is inert: no quote, no comment, no blank.
    return `${OPEN}${Buffer.from(JSON.stringify(fields)).toString('hex')}${CLOSE}`;
  }
}

/** Whether a value is guarded or a text with guarded parts; lists and dicts are not looked into. */
export function isGuarded(value: unknown): boolean {
  return value instanceof Guarded || (typeof value === 'string' && value.includes(OPEN));
}

/** A text's parts: what the template wrote, and the guarded values in it. */
export function partsOf(text: string): (string | Guarded)[] {
  const parts: (string | Guarded)[] = [];
  let from = 0;
  for (const mark of text.matchAll(MARK)) {
    if (mark.index > from) parts.push(text.slice(from, mark.index));
    parts.push(fromMark(mark[1] ?? ''));
    from = mark.index + mark[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** The text with every guarded part as its plain value. */
export function plainText(text: string): string {
  if (!text.includes(OPEN)) return text;
  return partsOf(text)
    .map((part) => (typeof part === 'string' ? part : part.text))
    .join('');
}

/** The text with the place of the print that wrote it on every mark that has none yet. */
export function withPrintPlace(text: string, place: PrintPlace): string {
  return text.replace(MARK, (mark, hex: string) => {
    const { text: value, kind, name, place: known } = fromMark(hex);
    return known === undefined ? new Guarded(value, kind, name, place).toString() : mark;
  });
}

function fromMark(hex: string): Guarded {
  const fields = JSON.parse(Buffer.from(hex, 'hex').toString()) as [
    string,
    GuardKind,
    string,
    string?,
    number?,
    number?,
  ];
  const [text, kind, name, file, line, column] = fields;
  const place = file === undefined ? undefined : { file, line: line ?? undefined, column: column ?? undefined };
  return new Guarded(text, kind, name, place);
}
