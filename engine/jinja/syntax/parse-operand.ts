import { Float } from '../python/float.ts';
import type { Arguments, Expression, Filter } from './nodes.ts';
import { SyntaxFault } from './syntax-error.ts';
import { at, expect, isName, isOperator, skip, unexpected } from './token-stream.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token } from './tokens.ts';

const NO_ARGUMENTS: Arguments = { positional: [], named: [], spread: null, spreadNamed: null };
/** A test's one argument may stand without brackets, as in `x is divisibleby 3`; these words never are one. */
const NEVER_ARGUMENTS = ['else', 'or', 'and', 'if', 'in', 'not'];

/** A name, a value, or something in brackets. */
export function parsePrimary(tokens: TokenStream): Expression {
  const token = tokens.next();
  const place = at(token);
  switch (token.type) {
    case 'symbol':
      return word(token);
    case 'string': {
      let value = token.value;
      while (tokens.current().type === 'string') value += tokens.next().value;
      return { typename: 'Literal', ...place, value };
    }
    case 'int':
      return { typename: 'Literal', ...place, value: integer(token.value) };
    case 'float': {
      const value = Number(token.value.replaceAll('_', ''));
      return { typename: 'Literal', ...place, value: Number.isSafeInteger(value) ? new Float(value) : value };
    }
    case 'left-paren': {
      if (skip(tokens, 'right-paren')) return { typename: 'Tuple', ...place, children: [] };
      const inner = tokens.tuple(({ type }) => type === 'right-paren');
      expect(tokens, 'right-paren', "',' or ')'");
      return inner;
    }
    case 'left-bracket':
      return { typename: 'Array', ...place, children: list(tokens, 'right-bracket', "',' or ']'") };
    case 'left-curly':
      return { typename: 'Dict', ...place, children: pairs(tokens) };
    default:
      return unexpected(token);
  }
}

function word(token: Token): Expression {
  const place = at(token);
  switch (token.value) {
    case 'true':
    case 'True':
      return { typename: 'Literal', ...place, value: true };
    case 'false':
    case 'False':
      return { typename: 'Literal', ...place, value: false };
    case 'none':
    case 'None':
      return { typename: 'Literal', ...place, value: null };
    default:
      return { typename: 'Symbol', ...place, value: token.value };
  }
}

function integer(text: string): number | bigint {
  if (text.length < 16 && /^\d+$/.test(text)) return Number(text);
  const exact = BigInt(text.replaceAll('_', ''));
  const value = Number(exact);
  return Number.isSafeInteger(value) ? value : exact;
}

function list(tokens: TokenStream, end: string, expected: string): Expression[] {
  const children: Expression[] = [];
  while (!skip(tokens, end)) {
    children.push(tokens.expression());
    if (!skip(tokens, 'comma') && tokens.current().type !== end) unexpected(tokens.current(), expected);
  }
  return children;
}

function pairs(tokens: TokenStream): { key: Expression; value: Expression }[] {
  const children: { key: Expression; value: Expression }[] = [];
  while (!skip(tokens, 'right-curly')) {
    const key = tokens.expression();
    expect(tokens, 'colon', "':'");
    children.push({ key, value: tokens.expression() });
    if (!skip(tokens, 'comma') && tokens.current().type !== 'right-curly') unexpected(tokens.current(), "',' or '}'");
  }
  return children;
}

/** What is looked up, indexed and called on it. */
export function parsePostfix(tokens: TokenStream, operand: Expression): Expression {
  let node = operand;
  for (;;) {
    const token = tokens.current();
    if (isOperator(token, '.')) node = dotted(tokens, node);
    else if (token.type === 'left-bracket') node = subscript(tokens, node);
    else if (token.type === 'left-paren') node = call(tokens, node);
    else return node;
  }
}

/** The filters and tests behind it. */
export function parseFiltered(tokens: TokenStream, operand: Expression): Expression {
  let node = operand;
  for (;;) {
    const token = tokens.current();
    if (token.type === 'pipe') {
      tokens.next();
      node = parseFilter(tokens, node);
    } else if (isName(token, 'is')) node = test(tokens, node);
    else if (token.type === 'left-paren') node = call(tokens, node);
    else return node;
  }
}

function dotted(tokens: TokenStream, target: Expression): Expression {
  tokens.next();
  const name = tokens.next();
  if (name.type !== 'symbol' && name.type !== 'int') unexpected(name, 'a name after the dot');
  const value = name.type === 'int' ? integer(name.value) : name.value;
  const val = { typename: 'Literal' as const, ...at(name), value };
  return { typename: 'LookupVal', ...at(name), target, val, dotted: name.type === 'symbol' };
}

function subscript(tokens: TokenStream, target: Expression): Expression {
  const opening = tokens.next();
  const parts: Expression[] = [];
  while (!skip(tokens, 'right-bracket')) {
    parts.push(sliceOrIndex(tokens));
    if (!skip(tokens, 'comma') && tokens.current().type !== 'right-bracket') unexpected(tokens.current(), "']'");
  }
  const [only] = parts;
  if (only === undefined) unexpected(opening, 'an index between [ and ]');
  const val = parts.length === 1 ? only : { typename: 'Tuple' as const, ...at(opening), children: parts };
  return { typename: 'LookupVal', ...at(opening), target, val, dotted: false };
}

function sliceOrIndex(tokens: TokenStream): Expression {
  const first = tokens.current();
  const parts: (Expression | null)[] = [];
  let colons = 0;
  for (;;) {
    const token = tokens.current();
    if (token.type === 'colon' && colons < 2) {
      tokens.next();
      colons += 1;
      if (parts.length < colons) parts.push(null);
    } else if (token.type === 'right-bracket' || token.type === 'comma') break;
    else if (parts.length > colons) unexpected(token, "']'");
    else parts.push(tokens.expression());
  }
  const [only] = parts;
  return colons === 0 && only ? only : { typename: 'Slice', ...at(first), parts };
}

function call(tokens: TokenStream, name: Expression): Expression {
  const opening = tokens.current();
  return { typename: 'FunCall', ...at(opening), name, args: argumentsOf(tokens) };
}

function argumentsOf(tokens: TokenStream): Arguments {
  tokens.next();
  const positional: Expression[] = [];
  const named: { name: string; value: Expression }[] = [];
  let spread: Expression | null = null;
  let spreadNamed: Expression | null = null;
  while (!skip(tokens, 'right-paren')) {
    const token = tokens.current();
    if (isOperator(token, '*')) {
      tokens.next();
      spread = tokens.expression();
    } else if (isOperator(token, '**')) {
      tokens.next();
      spreadNamed = tokens.expression();
    } else if (token.type === 'symbol' && isOperator(tokens.following(), '=')) {
      tokens.next();
      tokens.next();
      if (named.some(({ name }) => name === token.value))
        throw new SyntaxFault(`'${token.value}' is given twice`, token);
      named.push({ name: token.value, value: tokens.expression() });
    } else {
      if (named.length > 0 || spreadNamed)
        throw new SyntaxFault('a value without a name stands after one with a name', token);
      positional.push(tokens.expression());
    }
    if (!skip(tokens, 'comma') && tokens.current().type !== 'right-paren') unexpected(tokens.current(), "',' or ')'");
  }
  return { positional, named, spread, spreadNamed };
}

/** A filter's name and arguments, over `input`. */
export function parseFilter(tokens: TokenStream, input: Expression | null): Filter {
  const token = tokens.current();
  const name = dottedName(tokens, 'the name of a filter');
  const args = tokens.current().type === 'left-paren' ? argumentsOf(tokens) : NO_ARGUMENTS;
  return { typename: 'Filter', ...at(token), name, input, args };
}

function test(tokens: TokenStream, input: Expression): Expression {
  tokens.next();
  const negated = isName(tokens.current(), 'not');
  if (negated) tokens.next();
  const token = tokens.current();
  const name = dottedName(tokens, 'the name of a test');
  const next = tokens.current();
  let args = NO_ARGUMENTS;
  if (next.type === 'left-paren') args = argumentsOf(tokens);
  else if (beginsArgument(next)) {
    if (next.value === 'is') throw new SyntaxFault('one test cannot follow another; join them with and', next);
    args = { ...NO_ARGUMENTS, positional: [parsePostfix(tokens, parsePrimary(tokens))] };
  }
  return { typename: 'Is', ...at(token), name, input, args, negated };
}

function beginsArgument({ type, value }: Token): boolean {
  if (type === 'symbol') return !NEVER_ARGUMENTS.includes(value);
  return ['string', 'int', 'float', 'left-bracket', 'left-curly'].includes(type);
}

function dottedName(tokens: TokenStream, expected: string): string {
  const first = tokens.next();
  if (first.type !== 'symbol') unexpected(first, expected);
  let name = first.value;
  while (isOperator(tokens.current(), '.')) {
    tokens.next();
    name += `.${tokens.next().value}`;
  }
  return name;
}
