import { Decimal } from 'decimal.js';
import type { Colour, KriSpec } from '../contracts/kri.ts';

/** Enough digits that no amount or count of a ledger is rounded before it is compared. */
const Exact = Decimal.clone({ precision: 200, rounding: Decimal.ROUND_HALF_UP });

/**
 * Gives a reading its value and colour. The comparison with a threshold is exact, on numerator and denominator and not on the
 * rounded value; a value at the threshold has reached it.
 */
export function colourReading(
  quantities: { readonly numerator: string | null; readonly denominator: string | null },
  kri: Pick<KriSpec, 'unit' | 'direction' | 'amber' | 'red' | 'min_denominator'>,
): { readonly value: string | null; readonly colour: Colour; readonly message: string | null } {
  const { numerator, denominator } = quantities;
  if (numerator === null || denominator === null) return noData('nothing to measure');
  const below = new Exact(denominator);
  const above = new Exact(numerator);
  // NaN is not beyond any threshold, and infinity has no share: neither may read green.
  if (!above.isFinite() || !below.isFinite()) return { value: null, colour: 'error', message: 'not a finite number' };
  if (below.lt(kri.min_denominator)) return noData(`the denominator is below ${kri.min_denominator}`);

  const scaled = above.times(kri.unit === 'percent' ? 100 : 1);
  const reached = (threshold: string): boolean => {
    const limit = below.times(threshold);
    return kri.direction === 'higher_is_worse' ? scaled.gte(limit) : scaled.lte(limit);
  };
  const colour = reached(kri.red) ? 'red' : reached(kri.amber) ? 'amber' : 'green';
  return { value: scaled.div(below).toDecimalPlaces(6).toFixed(), colour, message: null };
}

function noData(message: string): { value: null; colour: 'no_data'; message: string } {
  return { value: null, colour: 'no_data', message };
}
