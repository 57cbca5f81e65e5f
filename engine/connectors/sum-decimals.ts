const PLAIN_DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Adds plain decimal texts exactly, whatever their scale and size. */
export function sumDecimals(): {
  /** False, and nothing added, when the text is not a plain decimal number. */
  readonly add: (text: string) => boolean;
  /** Decimal text; null when nothing was added. */
  readonly total: () => string | null;
} {
  let units = 0n;
  let scale = 0;
  let added = false;
  return {
    add: (text) => {
      const [, sign, whole, fraction = ''] = PLAIN_DECIMAL.exec(text) ?? [];
      if (whole === undefined) return false;
      if (fraction.length > scale) {
        units *= 10n ** BigInt(fraction.length - scale);
        scale = fraction.length;
      }
      const value = BigInt(whole + fraction.padEnd(scale, '0'));
      units += sign === '-' ? -value : value;
      added = true;
      return true;
    },
    total: () => (added ? format(units, scale) : null),
  };
}

function format(units: bigint, scale: number): string {
  if (scale === 0) return units.toString();
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
