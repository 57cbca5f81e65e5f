import { betaDensityScale } from './beta-density-scale.ts';
import { betaTails } from './beta-tails.ts';

/** The x below which a beta distribution holds the probability p, to a relative 1e-12 when a and b are 1 or more. Throws RangeError naming the argument out of its domain. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError('p must lie from 0 to 1');
  if (!(a > 0 && Number.isFinite(a))) throw new RangeError('a must be above 0');
  if (!(b > 0 && Number.isFinite(b))) throw new RangeError('b must be above 0');
  if (p === 0 || p === 1) return p;

  let low = 0;
  let high = 1;
  let x = a / (a + b);
  // Newton from the mean, kept inside a bracket; a step that leaves it is a bisection instead.
  for (let step = 0; step < 2000; step++) {
    const { lower, upper } = betaTails(x, a, b);
    // Compare the smaller tail: next to 1 a difference of the other would be lost in rounding.
    const excess = lower < upper ? lower - p : 1 - p - upper;
    if (excess === 0) return x;
    if (excess < 0) low = x;
    else high = x;
    const newton = x - (excess * x * (1 - x)) / betaDensityScale(x, 1 - x, a, b);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-15 * x || next === low || next === high) return next;
    x = next;
  }
  throw new RangeError('the beta quantile did not converge');
}
