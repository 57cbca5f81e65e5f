import nunjucks from 'nunjucks';
import type { Expression, Body, If } from './nodes.ts';
import type { Token, Tokens } from './tokens.ts';

/** What of nunjucks' parser (3.2.4, whose version is pinned) ours is built on: the order of statements and the tokens at hand. */
export interface NunjucksParser {
  readonly tokens: Tokens;
  breakOnBlocks: readonly string[] | null;
  peekToken(): Token | null;
  nextToken(): Token | null;
  pushToken(token: Token | null): void;
  skip(type: string): boolean;
  skipSymbol(name: string): boolean;
  skipValue(type: string, value: string): boolean;
  /** Reads `%}`; with a name nothing else is read, without one the tag's name before. */
  advanceAfterBlockEnd(name?: string): Token;
  parseStatement(): unknown;
  parseIf(): If;
  parseUntilBlocks(...names: string[]): Body;
  parseExpression(): Expression;
  parseAsRoot(): Body;
  fail(message: string, lineno?: number, colno?: number): never;
}

export const NunjucksParser = (nunjucks as unknown as { parser: { Parser: new (tokens: Tokens) => NunjucksParser } })
  .parser.Parser;
