/** A number of at most so many digits fits a double exactly, and so does the sum of nine of them with any one before. */
const SHORT_DIGITS = 15;
const FULL = 2 ** 52;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Adds decimal texts exactly, whatever their scale and size; an exponent is taken as JSON writes it. */
export function sumDecimals(): {
  /** False, and nothing added, when the text is not a decimal number. */
  readonly add: (text: string) => boolean;
  /** Decimal text, with as many decimals as the number that has most; null when nothing was added. */
  readonly total: () => string | null;
} {
  // Small units by their scale, kept apart until they no longer fit: a bigint for each number costs ten times as much.
  const small: number[] = [];
  let units = 0n;
  let scale = 0;
  let added = false;

  const carry = (value: bigint, ofScale: number): void => {
    if (ofScale > scale) {
      units *= 10n ** BigInt(ofScale - scale);
      scale = ofScale;
    }
    units += value * 10n ** BigInt(scale - ofScale);
  };
  const addShort = (text: string): boolean => {
    const first = text.charCodeAt(0);
    const start = first === 45 || first === 43 ? 1 : 0;
    if (text.length - start > SHORT_DIGITS + 1) return false;
    let value = 0;
    let point = -1;
    for (let at = start; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code >= 48 && code <= 57) value = value * 10 + (code - 48);
      else if (code === 46 && point === -1 && at > start && at < text.length - 1) point = at;
      else return false;
    }
    if (text.length === start || (point === -1 && text.length - start > SHORT_DIGITS)) return false;
    const places = point === -1 ? 0 : text.length - 1 - point;
    const sum = (small[places] ?? 0) + (first === 45 ? -value : value);
    small[places] = sum;
    if (sum >= FULL || sum <= -FULL) {
      carry(BigInt(sum), places);
      small[places] = 0;
    }
    return true;
  };
  const addLong = (text: string): boolean => {
    const [, sign, whole, fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
    if (whole === undefined) return false;
    const places = fraction.length - Number(exponent);
    const digits = BigInt(whole + fraction) * (places < 0 ? 10n ** BigInt(-places) : 1n);
    carry(sign === '-' ? -digits : digits, Math.max(places, 0));
    return true;
  };
  return {
    add: (text) => {
      if (!addShort(text) && !addLong(text)) return false;
      added = true;
      return true;
    },
    total: () => {
      for (const [places, sum] of small.entries()) if (sum !== undefined) carry(BigInt(sum), places);
      small.length = 0;
      return added ? format(units, scale) : null;
    },
  };
}

function format(units: bigint, scale: number): string {
  if (scale === 0) return units.toString();
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
