import { isFloat, isInteger, isNumeric, printNumber, toNumber } from './numbers.ts';
import { textOf } from './print.ts';
import { typeOf } from './type-of.ts';

const SPEC = /^(?:(.?)([<>=^]))?([ +-]?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([bcdeEfFgGnosxX%]?)$/su;

/** A value in the form that Python's format specification asks for: `05d`, `,.2f`, `>10`, `.1%`. */
export function formatSpec(value: unknown, spec: string): string {
  if (spec === '') return textOf(value);
  const [
    whole,
    fill = '',
    given = '',
    sign = '',
    alternate = '',
    zero = '',
    width = '',
    group = '',
    precision,
    type = '',
  ] = SPEC.exec(spec) ?? [];
  if (whole === undefined) throw new Error(`'${spec}' is no form of a value`);
  const number = isNumeric(value) && !(typeof value === 'boolean' && type === '');
  if (!number && /[bcdeEfFgGnoxX%]/.test(type)) throw new Error(`'${spec}' is for numbers, not ${typeOf(value)}`);
  const align = given || (zero ? '=' : number ? '>' : '<');
  const pad = fill || (zero ? '0' : ' ');
  if (!number) {
    const text = textOf(value);
    return padded(
      precision === undefined ? text : Array.from(text).slice(0, Number(precision)).join(''),
      '',
      pad,
      align,
      Number(width),
    );
  }
  const negative = toNumber(value) < 0 || Object.is(toNumber(value), -0);
  const prefix = negative ? '-' : sign === '-' ? '' : sign;
  const digits = grouped(unsigned(value, type, precision, alternate), group);
  return padded(digits, prefix, pad, align, Number(width));
}

function unsigned(value: unknown, type: string, precision: string | undefined, alternate: string): string {
  if (!isNumeric(value)) return '';
  const amount = Math.abs(toNumber(value));
  const exact = isInteger(value) ? BigInt(value) : undefined;
  const places = precision === undefined ? 6 : Number(precision);
  switch (type) {
    case '':
      return precision === undefined || !isFloat(value) ? bare(value) : general(amount, places);
    case 'd':
    case 'n':
      if (exact === undefined) throw new Error('d is for integers');
      return bare(value);
    case 'b':
    case 'o':
    case 'x':
    case 'X': {
      if (exact === undefined) throw new Error(`${type} is for integers`);
      const digits = (exact < 0n ? -exact : exact).toString(type === 'b' ? 2 : type === 'o' ? 8 : 16);
      return (alternate ? `0${type}` : '') + (type === 'X' ? digits.toUpperCase() : digits);
    }
    case 'c':
      return String.fromCodePoint(amount);
    case 'f':
    case 'F':
      return fixed(amount, places);
    case '%':
      return `${fixed(amount * 100, places)}%`;
    case 'e':
    case 'E': {
      const written = amount.toExponential(places).replace(/e([+-])(\d)$/, 'e$10$2');
      return type === 'E' ? written.toUpperCase() : written;
    }
    default: {
      const written = general(amount, places);
      return type === 'G' ? written.toUpperCase() : written;
    }
  }
}

/** Rounds to the nearest even, as Python does with what a float is exactly; toFixed rounds the same exact value, ties up. */
export function fixed(amount: number, places: number): string {
  if (!Number.isFinite(amount)) return printNumber(amount);
  const written =
    amount < 1e21
      ? amount.toFixed(places)
      : BigInt(Math.round(amount)).toString() + (places > 0 ? `.${'0'.repeat(places)}` : '');
  const below = amount < 1e15 ? Math.floor(amount * 10 ** places) / 10 ** places : Number.NaN;
  // A tie is exact only when half a unit is: 0.5, 2.5, 0.125.
  const isTie =
    Number.isFinite(below) &&
    amount * 10 ** places - Math.floor(amount * 10 ** places) === 0.5 &&
    isExact(amount, places);
  return isTie && Math.floor(amount * 10 ** places) % 2 === 0 ? below.toFixed(places) : written;
}

/** Whether multiplying by this power of ten loses nothing: the float has no more binary places than that. */
function isExact(amount: number, places: number): boolean {
  return (amount * 2 ** (places + 1)) % 1 === 0;
}

function general(amount: number, places: number): string {
  if (!Number.isFinite(amount)) return printNumber(amount);
  const precision = Math.max(1, places);
  const power = amount === 0 ? 0 : Number(amount.toExponential(precision - 1).split('e')[1]);
  if (power < -4 || power >= precision) {
    return amount
      .toExponential(precision - 1)
      .replace(/\.?0+e/, 'e')
      .replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const written = amount.toFixed(Math.max(0, precision - 1 - power));
  return written.includes('.') ? written.replace(/\.?0+$/, '') : written;
}

function bare(value: unknown): string {
  const written = textOf(typeof value === 'boolean' ? Number(value) : value);
  return written.startsWith('-') ? written.slice(1) : written;
}

function grouped(digits: string, group: string): string {
  if (group === '') return digits;
  const [whole = '', ...rest] = digits.split('.');
  return [whole.replace(/\B(?=(?:\d{3})+(?!\d))/g, group), ...rest].join('.');
}

function padded(text: string, prefix: string, fill: string, align: string, width: number): string {
  const room = Math.max(0, width - Array.from(prefix + text).length);
  switch (align) {
    case '<':
      return prefix + text + fill.repeat(room);
    case '^':
      return fill.repeat(Math.floor(room / 2)) + prefix + text + fill.repeat(Math.ceil(room / 2));
    case '=':
      return prefix + fill.repeat(room) + text;
    default:
      return fill.repeat(room) + prefix + text;
  }
}
