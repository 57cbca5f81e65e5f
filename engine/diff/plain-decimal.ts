const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

/** A decimal number in one text: 1.0, 1.00 and 1 are `1`. What is no number (NaN, Infinity) stays as it is. */
export function plainDecimal(text: string): string {
  const scaled = scaledDecimal(text);
  if (scaled === undefined) return text;
  const { digits, scale } = scaled;
  const sign = digits < 0n ? '-' : '';
  const all = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = all.slice(0, all.length - scale);
  const fraction = all.slice(all.length - scale).replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Whether two decimal numbers are no further apart than a third. What is no number is only near to itself. */
export function isWithin(a: string, b: string, tolerance: string): boolean {
  const [first, second, most] = [scaledDecimal(a), scaledDecimal(b), scaledDecimal(tolerance)];
  if (first === undefined || second === undefined || most === undefined) return a === b;
  const scale = Math.max(first.scale, second.scale, most.scale);
  const at = (number: Scaled): bigint => number.digits * 10n ** BigInt(scale - number.scale);
  const apart = at(first) - at(second);
  return (apart < 0n ? -apart : apart) <= at(most);
}

interface Scaled {
  readonly digits: bigint;
  /** Digits after the point. */
  readonly scale: number;
}

function scaledDecimal(text: string): Scaled | undefined {
  const [found, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (found === undefined || whole + fraction === '' || exponent.length > 5) return undefined;
  const shift = fraction.length - Number(exponent);
  const digits = BigInt(`${whole}${fraction}`) * (shift < 0 ? 10n ** BigInt(-shift) : 1n);
  return { digits: sign === '-' ? -digits : digits, scale: Math.max(shift, 0) };
}
