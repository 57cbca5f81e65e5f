/** A `{{ config(...) }}` as it stands in a template. */
export interface ConfigCall {
  /** Options whose values are written out. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options whose values are no plain text, number, list or map: only rendering tells what they are. */
  readonly open: readonly string[];
  readonly start: number;
  readonly end: number;
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(\}\}|.))/gsy;

type Token = { readonly text: string; readonly kind: 'text' | 'number' | 'word' | 'sign' };

/** The first config call of a template; undefined without one. A test's settings are known before it is rendered, so they are read from its text. */
export function readConfigCall(template: string): ConfigCall | undefined {
  const opening = /\{\{-?\s*config\s*\(/.exec(template);
  if (!opening) return undefined;
  const options: Record<string, unknown> = {};
  const open: string[] = [];
  const { given, end } = argumentsFrom(template, opening.index + opening[0].length);
  for (const [name, equals, ...written] of given) {
    if (name === undefined || equals?.text !== '=') continue;
    const rest = [...written];
    const value = takeValue(rest);
    if (value === NOT_PLAIN || rest.length > 0) open.push(name.text);
    else options[name.text] = value;
  }
  return { options, open, start: opening.index, end };
}

/** The tokens of each argument of a call whose bracket has opened, and where its braces have closed. */
function argumentsFrom(template: string, from: number): { readonly given: readonly Token[][]; readonly end: number } {
  const scanner = new RegExp(TOKEN);
  scanner.lastIndex = from;
  const given: Token[][] = [[]];
  let depth = 0;
  for (let match = scanner.exec(template); match !== null; match = scanner.exec(template)) {
    const token = tokenOf(match);
    const { text } = token;
    if (token.kind === 'sign') {
      if (depth === 0 && text === ')') break;
      if (depth === 0 && text === ',') {
        given.push([]);
        continue;
      }
      if ('([{'.includes(text)) depth++;
      else if (')]}'.includes(text)) depth--;
      else if (text === '}}') depth -= 2;
    }
    given.at(-1)?.push(token);
  }
  const end = template.indexOf('}}', scanner.lastIndex);
  return { given, end: scanner.lastIndex === 0 || end < 0 ? template.length : end + 2 };
}

function tokenOf([, text, number, word, sign = '']: RegExpExecArray): Token {
  if (text !== undefined) return { kind: 'text', text: text.slice(1, -1).replaceAll(/\\(.)/gs, '$1') };
  if (number !== undefined) return { kind: 'number', text: number };
  return word === undefined ? { kind: 'sign', text: sign } : { kind: 'word', text: word };
}

const NOT_PLAIN = Symbol('a value that only rendering tells');
const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, none: null, null: null };

/** Takes the value with which tokens begin off them. */
function takeValue(tokens: Token[]): unknown {
  const token = tokens.shift();
  if (token === undefined) return NOT_PLAIN;
  if (token.kind === 'text') return token.text;
  if (token.kind === 'number') return Number(token.text);
  if (token.kind === 'word')
    return Object.hasOwn(WORDS, token.text.toLowerCase()) ? WORDS[token.text.toLowerCase()] : NOT_PLAIN;
  if (token.text === '[') return takeList(tokens);
  return token.text === '{' ? takeMap(tokens) : NOT_PLAIN;
}

function takeList(tokens: Token[]): unknown {
  const list: unknown[] = [];
  while (tokens[0]?.text !== ']') {
    const value = takeValue(tokens);
    if (value === NOT_PLAIN) return NOT_PLAIN;
    list.push(value);
    if (tokens[0]?.text === ',') tokens.shift();
    else if (tokens[0]?.text !== ']') return NOT_PLAIN;
  }
  tokens.shift();
  return list;
}

function takeMap(tokens: Token[]): unknown {
  const map: Record<string, unknown> = {};
  while (tokens[0]?.text !== '}') {
    const key = tokens.shift();
    if (key?.kind !== 'text' || tokens.shift()?.text !== ':') return NOT_PLAIN;
    const value = takeValue(tokens);
    if (value === NOT_PLAIN) return NOT_PLAIN;
    map[key.text] = value;
    if (tokens[0]?.text === ',') tokens.shift();
    else if (tokens[0]?.text !== '}') return NOT_PLAIN;
  }
  tokens.shift();
  return map;
}
