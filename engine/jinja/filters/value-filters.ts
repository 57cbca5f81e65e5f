import { native } from '../native.ts';
import type { Native } from '../native.ts';
import { guardedIn, plainOf, tainted } from '../guarded.ts';
import { attributeOf } from '../members.ts';
import { Dict, isDict } from '../python/dict.ts';
import { arithmetic, signed } from '../python/arithmetic.ts';
import { fixed } from '../python/format-spec.ts';
import { float, integer, isFloat, isInteger, isNumeric, toNumber } from '../python/numbers.ts';
import { representationOf } from '../python/print.ts';
import { isTrue } from '../python/truth.ts';
import { typeOf } from '../python/type-of.ts';
import { toJson } from './to-json.ts';

const INTEGER = /^\s*[+-]?\d+(?:_\d+)*\s*$/;
const FLOAT = /^\s*[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** Filters over single values. */
export const VALUE_FILTERS: Readonly<Record<string, Native>> = {
  default: native('default_value="", boolean=False', otherwise),
  d: native('default_value="", boolean=False', otherwise),
  int: guardedLike(
    'default=0, base=10',
    (value, otherwiseIs: unknown = 0, base = 10) => toInteger(value, base) ?? otherwiseIs,
  ),
  float: guardedLike('default=0.0', (value, otherwiseIs: unknown = float(0)) => toFloat(value) ?? otherwiseIs),
  abs: native('', (value: unknown) => {
    const plain = plainOf(value);
    if (!isNumeric(plain)) throw new Error(`abs takes a number, not ${typeOf(value)}`);
    return toNumber(plain) < 0 ? signed('-', value) : value;
  }),
  round: guardedLike('precision=0, method="common"', (value, precision = 0, method = 'common') =>
    rounded(value, precision, method),
  ),
  // Not what a dict has under this key: that is what sets it apart from a dot.
  attr: native('name', (value: unknown, name: unknown) =>
    attributeOf(isDict(value) ? new Dict() : value, String(plainOf(name))),
  ),
  tojson: native('indent=None', (value: unknown, indent?: number | null) => {
    const text = toJson(plainOf(value), indent ?? undefined);
    const name = guardedIn([value]);
    return name === undefined ? text : tainted(text, name);
  }),
  pprint: native('', (value: unknown) => representationOf(value)),
  // dbt's; they mean something in its YAML only.
  as_text: native('', (value: unknown) => value),
  as_bool: native('', (value: unknown) => value),
  as_native: native('', (value: unknown) => value),
  as_number: native('', (value: unknown) => value),
  is_list: native('', (value: unknown) => Array.isArray(value)),
};

function otherwise(value: unknown, instead: unknown = '', boolean?: unknown): unknown {
  return value === undefined || (isTrue(boolean) && !isTrue(value)) ? instead : value;
}

/** Works with the plain values, and guards the result when the value was. */
function guardedLike<A extends readonly never[]>(
  parameters: string,
  run: (value: unknown, ...args: A) => unknown,
): Native {
  return native(parameters, (value: unknown, ...args: A) => {
    const name = guardedIn([value, ...args]);
    const result = run(plainOf(value), ...(args.map(plainOf) as unknown as A));
    return name === undefined ? result : tainted(result, name);
  });
}

function toInteger(value: unknown, base: number): unknown {
  if (isInteger(value)) return integer(BigInt(value));
  if (isFloat(value))
    return Number.isFinite(toNumber(value)) ? integer(BigInt(Math.trunc(toNumber(value)))) : undefined;
  if (typeof value !== 'string') return undefined;
  if (base !== 10) {
    const digits = value.trim().replace(/^([+-]?)0[box]/i, '$1');
    const parsed = Number.parseInt(digits, base);
    return /^[+-]?[\da-z]+$/i.test(digits) && parsed.toString(base) === digits.toLowerCase().replace(/^\+?0*(?=.)/, '')
      ? parsed
      : undefined;
  }
  if (INTEGER.test(value)) return integer(BigInt(value.trim().replaceAll('_', '').replace(/^\+/, '')));
  const number = toFloat(value);
  return number === undefined ? undefined : toInteger(number, 10);
}

function toFloat(value: unknown): number | object | undefined {
  if (isNumeric(value)) return float(toNumber(value));
  if (typeof value !== 'string') return undefined;
  if (FLOAT.test(value)) return float(Number(value.trim().replaceAll('_', '')));
  const named = /^\s*([+-]?)(inf|infinity|nan)\s*$/i.exec(value);
  if (!named) return undefined;
  return /nan/i.test(named[2] ?? '') ? Number.NaN : named[1] === '-' ? -Infinity : Infinity;
}

function rounded(value: unknown, precision: number, method: string): unknown {
  if (!['common', 'ceil', 'floor'].includes(method))
    throw new Error("round takes the method 'common', 'ceil' or 'floor'");
  if (!isNumeric(value)) throw new Error(`round takes a number, not ${typeOf(value)}`);
  if (method !== 'common') {
    const scale = arithmetic('**', 10, precision);
    const scaled = Number(arithmetic('*', value, scale));
    return arithmetic('/', method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled), scale);
  }
  if (isInteger(value) && precision >= 0) return integer(BigInt(value));
  const number = toNumber(value);
  if (precision < 0) {
    const scale = 10 ** -precision;
    const steps = number / scale;
    const nearest = Math.abs(steps % 1) === 0.5 ? 2 * Math.round(steps / 2) : Math.round(steps);
    return isInteger(value) ? nearest * scale : float(nearest * scale);
  }
  const magnitude = Number(fixed(Math.abs(number), precision));
  return float(number < 0 ? -magnitude : magnitude);
}
