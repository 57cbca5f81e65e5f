import { Guarded, plainText } from './guarded-value.ts';
import { plainOf } from './guarded.ts';
import { isCallable } from './callable.ts';
import { Method } from './members.ts';
import { native } from './native.ts';
import type { Native } from './native.ts';
import { arithmetic } from './python/arithmetic.ts';
import { equal, order } from './python/compare.ts';
import { contains } from './python/contains.ts';
import { isDict } from './python/dict.ts';
import { isFloat, isInteger, isNumeric } from './python/numbers.ts';

const equalTo = native('other', (value: unknown, other: unknown) => equal(value, other));
const notEqualTo = native('other', (value: unknown, other: unknown) => !equal(value, other));
const less = native('other', (value: unknown, other: unknown) => order(value, other) < 0);
const lessOrEqual = native('other', (value: unknown, other: unknown) => order(value, other) <= 0);
const greater = native('other', (value: unknown, other: unknown) => order(value, other) > 0);
const greaterOrEqual = native('other', (value: unknown, other: unknown) => order(value, other) >= 0);

/** What may stand behind `is`. */
export const TESTS: ReadonlyMap<string, Native> = new Map(
  Object.entries({
    defined: native('', (value: unknown) => value !== undefined),
    undefined: native('', (value: unknown) => value === undefined),
    none: native('', (value: unknown) => value === null),
    boolean: plain((value) => typeof value === 'boolean'),
    true: plain((value) => value === true),
    false: plain((value) => value === false),
    integer: plain((value) => isInteger(value) && typeof value !== 'boolean'),
    float: plain(isFloat),
    number: plain(isNumeric),
    string: plain((value) => typeof value === 'string'),
    mapping: plain((value) => isDict(value)),
    sequence: plain((value) => typeof value === 'string' || Array.isArray(value) || isDict(value)),
    iterable: plain(
      (value) =>
        typeof value === 'string' ||
        value === undefined ||
        isDict(value) ||
        (typeof value === 'object' && value !== null && Symbol.iterator in value),
    ),
    callable: native(
      '',
      (value: unknown) => typeof value === 'function' || value instanceof Method || isCallable(value),
    ),
    odd: plain((value) => equal(arithmetic('%', value, 2), 1)),
    even: plain((value) => equal(arithmetic('%', value, 2), 0)),
    divisibleby: native('num', (value: unknown, by: unknown) => equal(arithmetic('%', plainOf(value), plainOf(by)), 0)),
    lower: plain((value) => cased(value, (text) => text.toLowerCase())),
    upper: plain((value) => cased(value, (text) => text.toUpperCase())),
    sameas: native('other', (value: unknown, other: unknown) => plainOf(value) === plainOf(other)),
    escaped: native('', () => false),
    in: native('seq', (value: unknown, whole: unknown) => contains(whole, value)),
    '==': equalTo,
    eq: equalTo,
    equalto: equalTo,
    '!=': notEqualTo,
    ne: notEqualTo,
    '<': less,
    lt: less,
    lessthan: less,
    '<=': lessOrEqual,
    le: lessOrEqual,
    '>': greater,
    gt: greater,
    greaterthan: greater,
    '>=': greaterOrEqual,
    ge: greaterOrEqual,
  }),
);

function plain(test: (value: unknown) => boolean): Native {
  return native('', (value: unknown) =>
    test(value instanceof Guarded ? value.plain : typeof value === 'string' ? plainText(value) : value),
  );
}

function cased(value: unknown, form: (text: string) => string): boolean {
  const text = String(value);
  return /\p{L}/u.test(text) && form(text) === text;
}
