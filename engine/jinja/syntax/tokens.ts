import { unescapeString } from './unescape-string.ts';
import { SyntaxFault } from './syntax-error.ts';

/** A piece of a template, as nunjucks' parser takes it; lines and columns count from 0. */
export interface Token {
  readonly type: string;
  readonly value: string;
  readonly lineno: number;
  readonly colno: number;
  /** Where it begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

const RAW = /\{%[-+]?\s*raw\s*([-+]?)%\}/y;
const END_OF_RAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
const END_OF_COMMENT = /([-+]?)#\}/g;
const BLANK = /\s/;
/** A tag or a print ends with one of these; a dict's brace does not. */
const ENDS = '-+%}';
const FLOAT = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const NAME = /[\p{ID_Start}_]\p{ID_Continue}*/uy;
const STRING = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const OPERATOR = /\*\*|\/\/|==|!=|>=|<=|[+\-/*%~[\](){}><=.:|,;]/y;

/** `{% if x: %}`: Jinja lets Python's colon stand. */
const COLON_BEFORE_END = /:\s*[-+]?%\}/y;

/** nunjucks' names of tokens; all other operators are `operator`. */
const TYPES: Readonly<Record<string, string>> = {
  '(': 'left-paren',
  ')': 'right-paren',
  '[': 'left-bracket',
  ']': 'right-bracket',
  '{': 'left-curly',
  '}': 'right-curly',
  ',': 'comma',
  ':': 'colon',
  '~': 'tilde',
  '|': 'pipe',
};
const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Reads a template as Jinja's lexer does: comments and raw are taken out, `-` has taken its blanks, line ends are one character,
 * the last line end is dropped. nunjucks' own lexer ends `{{ {'a': {}} }}` too early and knows no `+%}`, `1e5` or `'\d'`.
 */
export class Tokens {
  /** What nunjucks' parser asks its lexer for. */
  readonly tags = { VARIABLE_START: '{{', VARIABLE_END: '}}', COMMENT_START: '{#', COMMENT_END: '#}' };
  readonly #text: string;
  readonly #length: number;
  #at = 0;
  #lineno = 0;
  #lineStart = 0;
  #lineEnd: number;
  /** The end that the code being read is to have; null in the text around. */
  #ending: 'block' | 'variable' | null = null;
  #open: string[] = [];
  #stripNext = false;

  constructor(text: string) {
    this.#text = text;
    this.#lineEnd = lineEndFrom(text, 0);
    this.#length = text.length - (text.endsWith('\r\n') ? 2 : /[\n\r]$/.test(text) ? 1 : 0);
  }

  /** Null at the end. */
  nextToken(): Token | null {
    return this.#ending === null ? this.#textToken() : this.#codeToken();
  }

  /** What ends the code that was being read last: `%}` or `}}`. */
  get ending(): string {
    return this.#ending === 'block' ? '%}' : '}}';
  }

  /** The place after the last token. */
  get here(): Token {
    const { lineno, colno } = this.#position();
    return { type: 'end', value: 'the end of the file', lineno, colno, start: this.#at, end: this.#at };
  }

  #textToken(): Token | null {
    while (this.#at < this.#length) {
      const start = Math.min(openingFrom(this.#text, this.#at), this.#length);
      const sign = this.#text.charAt(start + 2);
      if (start > this.#at) {
        const token = this.#data(this.#at, start, this.#stripNext, sign === '-' && start < this.#length);
        this.#stripNext = false;
        if (token) return token;
        continue;
      }
      this.#stripNext = false;
      const kind = this.#text.charAt(start + 1);
      if (kind === '#') this.#skipComment();
      else if (kind === '%' && sticky(RAW, this.#text, start)) {
        const token = this.#raw();
        if (token) return token;
      } else {
        this.#ending = kind === '%' ? 'block' : 'variable';
        return this.#take(`${this.#ending}-start`, `{${kind}`, start + (sign === '-' || sign === '+' ? 3 : 2));
      }
    }
    return null;
  }

  #codeToken(): Token | null {
    const text = this.#text;
    let at = this.#at;
    for (let code = text.charCodeAt(at); code <= 0x20 || code > 0x7f; code = text.charCodeAt(++at))
      if (!BLANK.test(text.charAt(at))) break;
    if (at >= this.#length) return null;
    this.#move(at);
    const char = text.charAt(at);
    if (this.#open.length === 0 && ENDS.includes(char)) {
      const end = this.#endAt(at);
      if (end) return end;
    }
    if (char === ':' && this.#open.length === 0 && endOf(COLON_BEFORE_END, text, at) > at) {
      this.#move(at + 1);
      return this.#codeToken();
    }
    if (isWordStart(char)) return this.#take('symbol', text.slice(at, endOf(NAME, text, at)), NAME.lastIndex);
    if (isDigit(char)) {
      const isFloat = text.charAt(at - 1) !== '.' && endOf(FLOAT, text, at) > at;
      if (isFloat) return this.#take('float', text.slice(at, FLOAT.lastIndex), FLOAT.lastIndex);
      return this.#take('int', text.slice(at, endOf(INTEGER, text, at)), INTEGER.lastIndex);
    }
    if (char === "'" || char === '"') {
      const end = endOf(STRING, text, at);
      if (end === at) throw new SyntaxFault(`the quote ${char} is not closed`, this.#position());
      return this.#take('string', unescapeString(text.slice(at + 1, end - 1)), end);
    }
    const end = endOf(OPERATOR, text, at);
    if (end > at) {
      const operator = text.slice(at, end);
      this.#balance(operator);
      return this.#take(TYPES[operator] ?? 'operator', operator, end);
    }
    const name = endOf(NAME, text, at);
    if (name > at) return this.#take('symbol', text.slice(at, name), name);
    throw new SyntaxFault(`unexpected ${String.fromCodePoint(text.codePointAt(at) ?? 0)}`, this.#position());
  }

  /** The end of the tag or print, when it is here. */
  #endAt(at: number): Token | undefined {
    const block = this.#ending === 'block';
    const char = this.#text.charAt(at);
    const signed = char === '-' || (block && char === '+');
    const sign = signed ? at + 1 : at;
    if (!this.#text.startsWith(block ? '%}' : '}}', sign)) return undefined;
    this.#ending = null;
    this.#stripNext = char === '-';
    return this.#take(block ? 'block-end' : 'variable-end', block ? '%}' : '}}', sign + 2);
  }

  #balance(operator: string): void {
    const close = CLOSES[operator];
    if (close !== undefined) this.#open.push(close);
    else if (/^[)\]}]$/.test(operator)) {
      const expected = this.#open.pop();
      if (expected === operator) return;
      throw new SyntaxFault(
        `unexpected ${operator}${expected === undefined ? '' : `, expected ${expected}`}`,
        this.#position(),
      );
    }
  }

  #skipComment(): void {
    const begun = this.#position();
    END_OF_COMMENT.lastIndex = this.#at + 2;
    const end = END_OF_COMMENT.exec(this.#text);
    if (end === null) throw new SyntaxFault('the comment {# is not closed: no #} follows', begun);
    this.#move(end.index + end[0].length);
    this.#stripNext = end[1] === '-';
  }

  #raw(): Token | null {
    const begun = this.#position();
    const [opening = '', sign] = sticky(RAW, this.#text, this.#at) ?? [];
    this.#move(this.#at + opening.length);
    END_OF_RAW.lastIndex = this.#at;
    const end = END_OF_RAW.exec(this.#text);
    if (end === null) throw new SyntaxFault('{% raw %} is not closed: no {% endraw %} follows', begun);
    const token = this.#data(this.#at, end.index, sign === '-', end[1] === '-');
    this.#move(end.index + end[0].length);
    this.#stripNext = end[2] === '-';
    return token;
  }

  #data(from: number, to: number, stripStart: boolean, stripEnd: boolean): Token | null {
    let value = this.#text.slice(from, to);
    if (value.includes('\r')) value = value.replace(/\r\n?/g, '\n');
    if (stripStart) value = value.trimStart();
    if (stripEnd) value = value.trimEnd();
    const token = this.#take('data', value, to);
    return value === '' ? null : token;
  }

  #take(type: string, value: string, end: number): Token {
    const token = { type, value, lineno: this.#lineno, colno: this.#at - this.#lineStart, start: this.#at, end };
    this.#move(end);
    return token;
  }

  #move(to: number): void {
    while (this.#lineEnd < to) {
      this.#lineno += 1;
      this.#lineStart = this.#lineEnd + 1;
      this.#lineEnd = lineEndFrom(this.#text, this.#lineStart);
    }
    this.#at = to;
  }

  #position(): { readonly lineno: number; readonly colno: number } {
    return { lineno: this.#lineno, colno: this.#at - this.#lineStart };
  }
}

function sticky(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where the pattern ends when it is here, else `at`. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function openingFrom(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    const next = text.charAt(at + 1);
    if (next === '%' || next === '{' || next === '#') return at;
  }
  return Infinity;
}

function isWordStart(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_';
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function lineEndFrom(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? Infinity : end;
}
