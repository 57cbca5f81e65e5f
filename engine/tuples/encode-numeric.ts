import type { Encoder } from './encode-value.ts';

export interface NumericModifier {
  readonly precision: number;
  /** Decimals kept; negative: zeros before the decimal point. */
  readonly scale: number;
}

/** What the format of a numeric can hold: digits before and after the decimal point. */
const MOST_DIGITS = 131_072;
const MOST_DECIMALS = 16_383;

/** Where a number is put together before its length is known; longer ones take a buffer of their own. */
const SCRATCH = new Uint8Array(128);

const NEGATIVE = 0x4000;
const NAN = special(0xc000, 0);
// 32 stands where the scale would: the server sends it so, because an infinity's flag shares the scale's bits.
const INFINITE = special(0xd000, 32);
const MINUS_INFINITE = special(0xf000, 32);

/**
 * Encoder of a decimal number, with an exponent if need be. Decimals are kept as written, zeros at the end too; with a
 * modifier they are filled up to its scale. Undefined when it would be rounded, or is too big.
 */
export function numericEncoder(modifier?: NumericModifier): Encoder {
  return (text) => {
    const shape = scan(text);
    if (!shape) return encodeSpecial(text, modifier);
    if (shape.exponentAt < 0) return encodePlain(text, shape, modifier);
    const plain = withoutExponent(text, shape);
    return plain === undefined ? undefined : encodePlain(plain, scan(plain), modifier);
  };
}

interface Shape {
  readonly start: number;
  /** Where the decimal point is, or would be. */
  readonly point: number;
  /** Where the digits end. */
  readonly end: number;
  /** -1: none. */
  readonly exponentAt: number;
}

function scan(text: string): Shape | undefined {
  const first = text.charCodeAt(0);
  const start = first === 45 || first === 43 ? 1 : 0;
  let point = -1;
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) continue;
    if (code !== 46 || point >= 0) break;
    point = at;
  }
  const digits = at - start - (point < 0 ? 0 : 1);
  if (digits === 0) return undefined;
  const shape = { start, point: point < 0 ? at : point, end: at };
  if (at === text.length) return { ...shape, exponentAt: -1 };
  return /^[eE][+-]?\d{1,6}$/.test(text.slice(at)) ? { ...shape, exponentAt: at } : undefined;
}

/** The same number with its decimal point moved: Postgres keeps `1.50e1` as 15.0 and `1e5` as 100000. */
function withoutExponent(text: string, { start, point, end, exponentAt }: Shape): string | undefined {
  const whole = text.slice(start, point);
  const exponent = Number(text.slice(exponentAt + 1));
  const digits = whole + text.slice(point + 1, end);
  const place = whole.length + exponent;
  if (Math.abs(exponent) > MOST_DIGITS + MOST_DECIMALS) return undefined;
  const sign = text.slice(0, start);
  if (place <= 0) return `${sign}0.${'0'.repeat(-place)}${digits}`;
  if (place >= digits.length) return `${sign}${digits}${'0'.repeat(place - digits.length)}`;
  return `${sign}${digits.slice(0, place)}.${digits.slice(place)}`;
}

function encodePlain(
  text: string,
  shape: Shape | undefined,
  modifier: NumericModifier | undefined,
): Buffer | undefined {
  if (!shape) return undefined;
  const { point, end } = shape;
  let start = shape.start;
  while (start < point && text.charCodeAt(start) === 48) start++;
  const wholeDigits = point - start;
  let scale = end > point ? end - point - 1 : 0;
  if (modifier) {
    if (!fits(text, start, shape, modifier)) return undefined;
    scale = Math.max(modifier.scale, 0);
  }
  if (wholeDigits > MOST_DIGITS || scale > MOST_DECIMALS) return undefined;

  // The first group of four may have fewer digits; the last is filled with zeros.
  const most = 8 + 2 * (Math.ceil(wholeDigits / 4) + Math.ceil(Math.max(end - point - 1, 0) / 4));
  const bytes = most > SCRATCH.length ? new Uint8Array(most) : SCRATCH;
  let weight = Math.ceil(wholeDigits / 4) - 1;
  let length = 8;
  let lastNonZero = 8;
  let at = start;
  let group = 0;
  let left = wholeDigits % 4 || 4;
  while (at < point) {
    group = group * 10 + text.charCodeAt(at++) - 48;
    if (--left > 0) continue;
    bytes[length++] = group >> 8;
    bytes[length++] = group;
    if (group !== 0) lastNonZero = length;
    group = 0;
    left = 4;
  }
  at = point + 1;
  while (at < end) {
    for (left = 4; left > 0; left--) group = group * 10 + (at < end ? text.charCodeAt(at++) - 48 : 0);
    if (group === 0 && length === 8) weight--;
    else {
      bytes[length++] = group >> 8;
      bytes[length++] = group;
      if (group !== 0) lastNonZero = length;
    }
    group = 0;
  }
  const groups = (lastNonZero - 8) / 2;
  if (groups === 0) weight = 0;
  const sign = groups > 0 && text.charCodeAt(0) === 45 ? NEGATIVE : 0;
  writeHead(bytes, groups, weight, sign, scale);
  const encoded = Buffer.allocUnsafe(lastNonZero);
  for (let byte = 0; byte < lastNonZero; byte++) encoded[byte] = bytes[byte] as number;
  return encoded;
}

/** Whether the number is below 10^(precision - scale), with nothing but zeros after the scale. */
function fits(text: string, start: number, { point, end }: Shape, { precision, scale }: NumericModifier): boolean {
  let lost = scale < 0 ? Math.max(point + scale, start) : Math.min(point + 1 + scale, end);
  for (; lost < end; lost++) {
    const code = text.charCodeAt(lost);
    if (code !== 48 && code !== 46) return false;
  }
  if (point > start) return point - start <= precision - scale;
  if (precision >= scale) return true;
  // All of it is behind the decimal point, and the first `scale - precision` decimals must be zeros too.
  for (let at = point + 1; at < Math.min(point + 1 + scale - precision, end); at++) {
    if (text.charCodeAt(at) !== 48) return false;
  }
  return true;
}

function encodeSpecial(text: string, modifier: NumericModifier | undefined): Buffer | undefined {
  const word = text.toLowerCase();
  if (word === 'nan') return NAN;
  if (modifier) return undefined;
  if (/^\+?inf(inity)?$/.test(word)) return INFINITE;
  return /^-inf(inity)?$/.test(word) ? MINUS_INFINITE : undefined;
}

function special(sign: number, scale: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  writeHead(bytes, 0, 0, sign, scale);
  return bytes;
}

function writeHead(bytes: Uint8Array, groups: number, weight: number, sign: number, scale: number): void {
  bytes[0] = groups >> 8;
  bytes[1] = groups;
  bytes[2] = weight >> 8;
  bytes[3] = weight;
  bytes[4] = sign >> 8;
  bytes[5] = sign;
  bytes[6] = scale >> 8;
  bytes[7] = scale;
}
