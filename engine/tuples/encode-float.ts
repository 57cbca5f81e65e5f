const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,6})?$/i;

/** The nearest double of a decimal text, which is what Postgres takes too; undefined when it is out of range. */
export function encodeDouble(text: string): Buffer | undefined {
  const value = parse(text);
  if (value === undefined) return undefined;
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

/** The nearest single of a decimal text; undefined when it is out of range. */
export function encodeReal(text: string): Buffer | undefined {
  const value = parse(text);
  if (value === undefined) return undefined;
  const single = Number.isFinite(value) ? nearestSingle(text, value) : value;
  // As Postgres: what is neither zero nor infinite may not become so.
  if (Number.isFinite(value) && (!Number.isFinite(single) || (single === 0 && hasDigit(text)))) return undefined;
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeFloatBE(single);
  return bytes;
}

function parse(text: string): number | undefined {
  if (!NUMBER.test(text)) return parseSpecial(text);
  const value = Number(text);
  return Number.isFinite(value) && (value !== 0 || !hasDigit(text)) ? value : undefined;
}

function parseSpecial(text: string): number | undefined {
  const word = text.toLowerCase();
  if (word === 'nan') return Number.NaN;
  if (/^\+?inf(inity)?$/.test(word)) return Infinity;
  return /^-inf(inity)?$/.test(word) ? -Infinity : undefined;
}

/** Whether the number as written is not zero. */
function hasDigit(text: string): boolean {
  return /^[^e]*[1-9]/i.test(text);
}

/**
 * Rounding a text to a double and that to a single rounds twice, and goes wrong when the double lies just between two
 * singles while the text does not. There the text itself decides.
 */
function nearestSingle(text: string, value: number): number {
  const single = Math.fround(value);
  const near = Number.isFinite(single) ? single : Math.sign(single) * BEYOND_SINGLES;
  const other = neighbour(near, value > near);
  if (near === value || value - near !== other - value) return single;
  const side = compare(text, value);
  if (side === 0) return single;
  return Math.fround(side > 0 ? Math.max(near, other) : Math.min(near, other));
}

/** What would follow the largest single; fround makes it infinite. */
const BEYOND_SINGLES = 2 ** 128;

/** The next single up or down; `near` is not beyond them, or is and goes back. */
function neighbour(near: number, up: boolean): number {
  if (near === 0) return up ? 2 ** -149 : -(2 ** -149);
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, near);
  view.setUint32(0, view.getUint32(0) + (near > 0 === up ? 1 : -1));
  const next = view.getFloat32(0);
  return Number.isFinite(next) ? next : Math.sign(next) * BEYOND_SINGLES;
}

/** Sign of the text's exact value minus the double's. */
function compare(text: string, value: number): number {
  const [, sign, whole = '', decimals = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = BigInt(`${whole}${decimals}`) * (sign === '-' ? -1n : 1n);
  const tens = Number(exponent) - decimals.length;
  // A double is a whole number of 2^-1074.
  let [left, right] = [digits << 1074n, scaled(value)];
  if (tens >= 0) left *= 10n ** BigInt(tens);
  else right *= 10n ** BigInt(-tens);
  if (left === right) return 0;
  return left > right ? 1 : -1;
}

function scaled(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = bits >> 52n;
  const mantissa = bits & 0xfffffffffffffn;
  const whole = exponent === 0n ? mantissa : (mantissa | 0x10000000000000n) << (exponent - 1n);
  return value < 0 ? -whole : whole;
}
