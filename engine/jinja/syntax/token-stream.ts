import type { At, Expression } from './nodes.ts';
import { SyntaxFault } from './syntax-error.ts';
import type { Token } from './tokens.ts';

/** The tokens of one template, read with a look ahead of two. */
export interface TokenStream {
  readonly current: () => Token;
  readonly following: () => Token;
  readonly next: () => Token;
  /** Reads a whole expression, which may stand inside of any other. */
  readonly expression: () => Expression;
  /** One expression, or several with commas between, which are a tuple. `ends` says where nothing more comes. */
  readonly tuple: (ends: (token: Token) => boolean) => Expression;
}

export function unexpected(token: Token, expected?: string): never {
  const found = token.type === 'string' ? 'a text' : token.type === 'end' ? token.value : `'${token.value}'`;
  throw new SyntaxFault(expected === undefined ? `unexpected ${found}` : `expected ${expected}, found ${found}`, token);
}

export function at({ lineno, colno }: At): At {
  return { lineno, colno };
}

export function isName({ type, value }: Token, name: string): boolean {
  return type === 'symbol' && value === name;
}

export function isOperator({ type, value }: Token, ...operators: string[]): boolean {
  return type === 'operator' && operators.includes(value);
}

export function skip(tokens: TokenStream, type: string): boolean {
  if (tokens.current().type !== type) return false;
  tokens.next();
  return true;
}

export function expect(tokens: TokenStream, type: string, expected: string): void {
  if (!skip(tokens, type)) unexpected(tokens.current(), expected);
}
