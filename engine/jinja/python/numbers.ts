import { Float } from './float.ts';

/** A number of templates: an integer is a number without a fraction or a bigint, a float any other number or a Float; booleans count. */
export type Numeric = number | bigint | boolean | Float;

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value instanceof Float;
}

export function isInteger(value: unknown): value is number | bigint | boolean {
  return typeof value === 'number'
    ? Number.isSafeInteger(value)
    : typeof value === 'bigint' || typeof value === 'boolean';
}

export function isFloat(value: unknown): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isSafeInteger(value));
}

/** A float with this value; a whole number is kept apart from integers. */
export function float(value: number): number | Float {
  return Number.isSafeInteger(value) ? new Float(value) : value;
}

/** An integer with this value, exact however large. */
export function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function toNumber(value: Numeric): number {
  return Number(value);
}

/** As Python prints it: 5, 5.0, 1e+16, inf. */
export function printNumber(value: Numeric): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint' || value instanceof Float) return String(value);
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '0' : String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= 16 || power < -4) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  // Between these bounds JavaScript writes it out up to 1e21, and from 1e-6.
  const written = String(value);
  const plain = written.includes('e')
    ? value.toFixed(Math.max(0, digits.replace(/[-.]/g, '').length - 1 - power))
    : written;
  return plain.includes('.') ? plain : `${plain}.0`;
}
