import type { Encoder } from './encode-value.ts';

const MINUS = 45;
const PLUS = 43;
const ZERO = 48;

/** Encoder of a whole number of 2, 4 or 8 bytes: decimal digits with an optional sign; undefined outside its range. */
export function integerEncoder(size: 2 | 4 | 8): Encoder {
  return { 2: encodeSmallint, 4: encodeInteger, 8: encodeBigint }[size];
}

function encodeSmallint(text: string): Buffer | undefined {
  const value = parseSmall(text);
  if (value === undefined || !(value >= -32768 && value <= 32767)) return undefined;
  const bytes = Buffer.allocUnsafe(2);
  bytes[0] = value >> 8;
  bytes[1] = value;
  return bytes;
}

function encodeInteger(text: string): Buffer | undefined {
  const value = parseSmall(text);
  if (value === undefined || !(value >= -2147483648 && value <= 2147483647)) return undefined;
  const bytes = Buffer.allocUnsafe(4);
  bytes[0] = value >> 24;
  bytes[1] = value >> 16;
  bytes[2] = value >> 8;
  bytes[3] = value;
  return bytes;
}

/** Of up to 15 digits after the zeros in front: such whole numbers are exact in a JS number. NaN when there are more. */
function parseSmall(text: string): number | undefined {
  const first = text.charCodeAt(0);
  let at = first === MINUS || first === PLUS ? 1 : 0;
  if (at === text.length) return undefined;
  while (at < text.length - 1 && text.charCodeAt(at) === ZERO) at++;
  const tooLong = text.length - at > 15;
  let value = 0;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (tooLong) return Number.NaN;
  return first === MINUS ? -value : value;
}

function encodeBigint(text: string): Buffer | undefined {
  const value = parseSmall(text);
  if (value === undefined) return undefined;
  if (!Number.isNaN(value)) return writeInt64(value);
  const exact = BigInt(text.charCodeAt(0) === PLUS ? text.slice(1) : text);
  if (BigInt.asIntN(64, exact) !== exact) return undefined;
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(exact);
  return bytes;
}

/** A whole number that a JS number holds exactly, in eight bytes. */
export function writeInt64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  // Floor division keeps the low half positive, as two's complement has it.
  const high = Math.floor(value / 4294967296);
  const low = value - high * 4294967296;
  bytes[0] = high >> 24;
  bytes[1] = high >> 16;
  bytes[2] = high >> 8;
  bytes[3] = high;
  bytes[4] = low >>> 24;
  bytes[5] = low >>> 16;
  bytes[6] = low >>> 8;
  bytes[7] = low;
  return bytes;
}
