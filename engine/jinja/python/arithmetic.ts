import { Guarded } from '../guarded-value.ts';
import { guardedIn, tainted } from '../guarded.ts';
import type { BinaryOperator } from '../syntax/nodes.ts';
import { float, integer, isFloat, isInteger, isNumeric, toNumber } from './numbers.ts';
import type { Numeric } from './numbers.ts';
import { percentFormat } from './percent-format.ts';
import { textOf } from './print.ts';
import { tuple, Tuple } from './tuple.ts';
import { typeOf } from './type-of.ts';

type Operator = Exclude<BinaryOperator, 'and' | 'or'>;

/** `+ - * / // % **` as Python has them: `/` gives a float, integers are exact however large, text and lists are joined and repeated. */
export function arithmetic(operator: Operator, left: unknown, right: unknown): unknown {
  if (operator === '+' && isText(left) && isText(right)) return textOf(left) + textOf(right);
  if (operator === '%' && isText(left)) return percentFormat(textOf(left), right);
  if (operator === '*' && isText(left)) return textOf(left).repeat(times(right));
  if (operator === '*' && isText(right)) return textOf(right).repeat(times(left));
  if (
    operator === '+' &&
    Array.isArray(left) &&
    Array.isArray(right) &&
    left instanceof Tuple === right instanceof Tuple
  )
    return left instanceof Tuple ? tuple([...left, ...right]) : [...left, ...right];
  if (operator === '*' && Array.isArray(left)) return repeated(left, times(right));
  if (operator === '*' && Array.isArray(right)) return repeated(right, times(left));
  const [a, b] = [bare(left), bare(right)];
  if (!isNumeric(a) || !isNumeric(b)) return ofClass(operator, a, b);
  const name = guardedIn([left, right]);
  const result = calculate(operator, a, b);
  return name === undefined ? result : tainted(result, name);
}

/** `-x` and `+x`. */
export function signed(operator: '-' | '+', value: unknown): unknown {
  const number = bare(value);
  if (!isNumeric(number)) throw new Error(`${typeOf(value)} has no sign`);
  const result = isFloat(number)
    ? float(operator === '-' ? -toNumber(number) : toNumber(number))
    : integer(operator === '-' ? -BigInt(number) : BigInt(number));
  return value instanceof Guarded ? tainted(result, value.name) : result;
}

function calculate(operator: Operator, a: Numeric, b: Numeric): unknown {
  if ((operator === '/' || operator === '//' || operator === '%') && toNumber(b) === 0)
    throw new Error('division by zero');
  if (!isInteger(a) || !isInteger(b) || operator === '/' || (operator === '**' && toNumber(b) < 0))
    return float(ofFloats(operator, toNumber(a), toNumber(b)));
  if (operator === '**' && toNumber(b) > 10_000) throw new Error('the exponent is above 10000');
  return integer(ofIntegers(operator, BigInt(a), BigInt(b)));
}

function ofFloats(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a - b * Math.floor(a / b);
    case '**':
      return a ** b;
    default:
      return operator satisfies never;
  }
}

function ofIntegers(operator: Exclude<Operator, '/'>, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    // Python rounds down, bigints toward zero.
    case '//':
      return a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b;
    case '%':
      return a % b !== 0n && a < 0n !== b < 0n ? (a % b) + b : a % b;
    case '**':
      return a ** b;
    default:
      return operator satisfies never;
  }
}

/** Classes of words, such as dates, say themselves what + and - make of them. */
function ofClass(operator: Operator, a: unknown, b: unknown): unknown {
  const method = operator === '+' ? 'plus' : operator === '-' ? 'minus' : undefined;
  if (method !== undefined) {
    const own = methodOf(a, method);
    if (own) return own(b);
    const other = operator === '+' ? methodOf(b, method) : undefined;
    if (other) return other(a);
  }
  throw new Error(`${operator} does not go between ${typeOf(a)} and ${typeOf(b)}`);
}

function methodOf(value: unknown, name: string): ((other: unknown) => unknown) | undefined {
  if (typeof value !== 'object' || value === null || !(name in value)) return undefined;
  const method: unknown = Reflect.get(value, name);
  return typeof method === 'function' ? (other) => Reflect.apply(method, value, [other]) as unknown : undefined;
}

function repeated(items: readonly unknown[], count: number): unknown[] {
  const result: unknown[] = items instanceof Tuple ? new Tuple() : [];
  for (let round = 0; round < count; round++) result.push(...items);
  return result;
}

function times(value: unknown): number {
  const count = bare(value);
  if (!isInteger(count)) throw new Error(`only an integer says how often, not ${typeOf(count)}`);
  return Math.max(0, Number(count));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || (value instanceof Guarded && value.kind === 'text');
}

function bare(value: unknown): unknown {
  return value instanceof Guarded ? value.plain : value;
}
