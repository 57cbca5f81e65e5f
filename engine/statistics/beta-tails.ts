import { betaDensityScale } from './beta-density-scale.ts';

/** Both tails of the beta distribution at x, `lower` being the regularized incomplete beta function; the smaller one is exact to about 1e-13 of itself. Method: continued fraction, the even part of DLMF 8.17.22, by Lentz. */
export function betaTails(x: number, a: number, b: number): { readonly lower: number; readonly upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x >= 1) return { lower: 1, upper: 0 };
  const y = 1 - x;
  const scale = betaDensityScale(x, y, a, b);
  if (x < (a + 1) / (a + b + 2)) {
    const lower = scale / continuedFraction(x, y, a, b);
    return { lower, upper: 1 - lower };
  }
  const upper = scale / continuedFraction(y, x, b, a);
  return { lower: 1 - upper, upper };
}

/**
 * Takes x and y = 1-x apart: for rates of a few in ten million, 1-y would have lost half its digits.
 * Needs about sqrt(max(a, b)) steps.
 */
function continuedFraction(x: number, y: number, a: number, b: number): number {
  const steps = 1000 + 10 * Math.sqrt(Math.max(a, b));
  const drift = a * y - b * x + 1;
  let fraction = away((a * drift) / (a + 1));
  let c = fraction;
  let d = 0;
  for (let m = 1; m <= steps; m++) {
    const odd = a + 2 * m - 1;
    const numerator = ((a + m - 1) / odd) * ((a + b + m - 1) / odd) * m * (b - m) * x * x;
    const denominator = m + (m * (b - m) * x) / odd + ((a + m) * (drift + m * (1 + y))) / (odd + 2);
    c = away(denominator + numerator / c);
    d = 1 / away(denominator + numerator * d);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return fraction;
  }
  throw new RangeError('the incomplete beta function did not converge');
}

function away(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
