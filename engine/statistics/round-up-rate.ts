/** A rate from 0 to 1 as decimal text, rounded up as limits are: never below the rate by more than a relative 1e-12, the accuracy it was computed to. Throws RangeError naming the argument out of its domain. */
export function roundUpRate(rate: number, places: number): string {
  if (!(rate >= 0 && rate <= 1)) throw new RangeError('rate must lie from 0 to 1');
  if (!Number.isSafeInteger(places) || places < 1 || places > 12) {
    throw new RangeError('places must be a whole number from 1 to 12');
  }
  const scaled = rate * 10 ** places;
  const nearest = Math.round(scaled);
  const units = Math.abs(scaled - nearest) <= 1e-12 * scaled ? nearest : Math.ceil(scaled);
  const digits = String(units).padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
