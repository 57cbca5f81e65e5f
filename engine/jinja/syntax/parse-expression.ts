import type { BinaryOperator, Comparison, Expression, Filter } from './nodes.ts';
import { parseFilter, parseFiltered, parsePostfix, parsePrimary } from './parse-operand.ts';
import { at, isName, isOperator, skip, unexpected } from './token-stream.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token } from './tokens.ts';

const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];
/** What a condition may be: with `if ... else` inside or not. */
export function parseExpression(tokens: TokenStream, withChoice = true): Expression {
  return withChoice ? choice(tokens) : or(tokens);
}

/** One expression, or several with commas between, which are a tuple. `ends` says where nothing more comes. */
export function parseTuple(tokens: TokenStream, ends: (token: Token) => boolean, withChoice = true): Expression {
  const first = tokens.current();
  const children: Expression[] = [];
  let isTuple = false;
  while (!ends(tokens.current())) {
    children.push(parseExpression(tokens, withChoice));
    if (tokens.current().type !== 'comma') break;
    isTuple = true;
    tokens.next();
  }
  const [only] = children;
  if (only === undefined) unexpected(first);
  return isTuple ? { typename: 'Tuple', ...at(first), children } : only;
}

/** Filters after the first, as in `{% filter upper | trim %}`: the name, then further ones behind `|`. */
export function parseFilters(tokens: TokenStream): readonly Filter[] {
  const filters = [parseFilter(tokens, null)];
  while (skip(tokens, 'pipe')) filters.push(parseFilter(tokens, null));
  return filters;
}

/** A name with what is called, looked up and indexed on it. */
export function parsePostfixed(tokens: TokenStream): Expression {
  return parseFiltered(tokens, parsePostfix(tokens, parsePrimary(tokens)));
}

function choice(tokens: TokenStream): Expression {
  let node = or(tokens);
  while (isName(tokens.current(), 'if')) {
    tokens.next();
    const cond = or(tokens);
    const hasElse = isName(tokens.current(), 'else');
    if (hasElse) tokens.next();
    node = { typename: 'InlineIf', ...at(node), cond, body: node, else_: hasElse ? choice(tokens) : null };
  }
  return node;
}

function or(tokens: TokenStream): Expression {
  let left = and(tokens);
  while (isName(tokens.current(), 'or')) left = binary(tokens, 'or', left, and);
  return left;
}

function and(tokens: TokenStream): Expression {
  let left = not(tokens);
  while (isName(tokens.current(), 'and')) left = binary(tokens, 'and', left, not);
  return left;
}

function not(tokens: TokenStream): Expression {
  const token = tokens.current();
  if (!isName(token, 'not')) return compare(tokens);
  tokens.next();
  return { typename: 'Unary', ...at(token), operator: 'not', target: not(tokens) };
}

function compare(tokens: TokenStream): Expression {
  const first = sum(tokens);
  const rest: { operator: Comparison; to: Expression }[] = [];
  for (;;) {
    const operator = comparison(tokens);
    if (operator === undefined) break;
    rest.push({ operator, to: sum(tokens) });
  }
  return rest.length === 0 ? first : { typename: 'Compare', ...at(first), first, rest };
}

function comparison(tokens: TokenStream): Comparison | undefined {
  const token = tokens.current();
  if (token.type === 'operator' && COMPARISONS.includes(token.value)) return tokens.next().value as Comparison;
  if (isName(token, 'in')) return tokens.next().value as 'in';
  if (!isName(token, 'not') || !isName(tokens.following(), 'in')) return undefined;
  tokens.next();
  tokens.next();
  return 'not in';
}

function sum(tokens: TokenStream): Expression {
  let left = concat(tokens);
  for (let operator = tokens.current(); isOperator(operator, '+', '-'); operator = tokens.current())
    left = binary(tokens, operator.value as '+', left, concat);
  return left;
}

function concat(tokens: TokenStream): Expression {
  const first = product(tokens);
  const parts = [first];
  while (skip(tokens, 'tilde')) parts.push(product(tokens));
  return parts.length === 1 ? first : { typename: 'Concat', ...at(first), parts };
}

function product(tokens: TokenStream): Expression {
  let left = power(tokens);
  for (let operator = tokens.current(); isOperator(operator, '*', '/', '//', '%'); operator = tokens.current())
    left = binary(tokens, operator.value as '*', left, power);
  return left;
}

function power(tokens: TokenStream): Expression {
  let left = unary(tokens);
  while (isOperator(tokens.current(), '**')) left = binary(tokens, '**', left, unary);
  return left;
}

function unary(tokens: TokenStream, withFilters = true): Expression {
  const token = tokens.current();
  let node: Expression;
  if (isOperator(token, '-', '+')) {
    tokens.next();
    node = { typename: 'Unary', ...at(token), operator: token.value as '-', target: unary(tokens, false) };
  } else node = parsePrimary(tokens);
  node = parsePostfix(tokens, node);
  return withFilters ? parseFiltered(tokens, node) : node;
}

function binary(
  tokens: TokenStream,
  operator: BinaryOperator,
  left: Expression,
  operand: (tokens: TokenStream) => Expression,
): Expression {
  const token = tokens.next();
  return { typename: 'Binary', ...at(token), operator, left, right: operand(tokens) };
}
