/**
 * The population stability index, sum of (actual - expected) ln(actual / expected) over bins, of shares that each add up to 1. A bin that
 * is empty on one side counts as `epsilon` there. Usual reading: below 0.1 stable, up to 0.25 a moderate shift, above it a shift.
 */
export function psi(expected: readonly number[], actual: readonly number[], epsilon: number): number {
  if (expected.length !== actual.length) throw new RangeError('expected and actual must have the same bins');
  return expected.reduce((sum, share, bin) => {
    const [e, a] = [share || epsilon, (actual[bin] ?? 0) || epsilon];
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

/** The two-sample Kolmogorov-Smirnov distance: the greatest difference of the two empirical distribution functions. */
export function ksDistance(one: readonly number[], other: readonly number[]): number {
  if (one.length === 0 || other.length === 0) throw new RangeError('both samples must have values');
  const share = (sample: readonly number[], upTo: number): number =>
    sample.filter((value) => value <= upTo).length / sample.length;
  return Math.max(...[...one, ...other].map((value) => Math.abs(share(one, value) - share(other, value))));
}
