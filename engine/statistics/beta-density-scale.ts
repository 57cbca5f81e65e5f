const LN_SQRT_TWO_PI = 0.9189385332046728;

/**
 * `x^a (1-x)^b / B(a, b)`, the beta density times `x (1-x)`, without the cancellation that log-gammas of large
 * arguments bring: deviances and Stirling remainders instead. Method: Loader, Fast and Accurate Computation of
 * Binomial Probabilities (2000).
 */
export function betaDensityScale(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const logPower = -deviance(a, n * x) - deviance(b, n * y);
  const logConstant = stirlingRemainder(n) - stirlingRemainder(a) - stirlingRemainder(b) - LN_SQRT_TWO_PI;
  return Math.exp(logPower + logConstant) * Math.sqrt(a) * Math.sqrt(b / n);
}

/** `k ln(k/m) + m - k`, by its series where k is near m. */
function deviance(k: number, m: number): number {
  const difference = k - m;
  if (Math.abs(difference) >= 0.1 * (k + m)) return k * Math.log(k / m) + m - k;
  const v = difference / (k + m);
  let sum = difference * v;
  let term = 2 * k * v;
  for (let j = 1; ; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** `ln gamma(n+1) - ln(sqrt(2 pi n) (n/e)^n)`: small arguments are stepped up until the series is exact to the last bits. */
function stirlingRemainder(n: number): number {
  let sum = 0;
  let at = n;
  for (; at < 15; at++) sum += (at + 0.5) * Math.log1p(1 / at) - 1;
  const square = at * at;
  // Bernoulli series 1/12n - 1/360n^3 + 1/1260n^5 - ...; the first term left out is below 1e-17 from 15 on.
  const series =
    (1 / 12 -
      (1 / 360 -
        (1 / 1260 - (1 / 1680 - (1 / 1188 - (691 / 360360 - 1 / 156 / square) / square) / square) / square) / square) /
        square) /
    at;
  return sum + series;
}
