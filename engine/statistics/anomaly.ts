import { Decimal } from 'decimal.js';

const Exact = Decimal.clone({ precision: 100 });
/** Makes the median of distances of a normal distribution its standard deviation. */
const NORMAL = '1.4826';

/**
 * The median of figures and how far from it is still usual: k times 1.4826 times the median of the distances from it (Hampel's
 * identifier). Decimal texts, exact. The reach is 0 where more than half of the figures are the same: then whatever differs is unusual.
 */
export function hampel(figures: readonly string[], k: string): { readonly median: string; readonly reach: string } {
  const median = middle(figures.map((figure) => new Exact(figure)));
  const distances = figures.map((figure) => new Exact(figure).minus(median).abs());
  return { median: median.toFixed(), reach: middle(distances).times(NORMAL).times(k).toFixed() };
}

/** What an exponentially weighted chart starts from. */
export interface EwmaChart {
  readonly mean: string;
  readonly deviation: string;
  /** Weight of the newest figure, above 0 and at most 1. */
  readonly lambda: string;
  readonly k: string;
}

/** Between which limits the average of t figures stays: `mean ± k σ √(λ/(2-λ) (1-(1-λ)^2t))` (NIST/SEMATECH e-Handbook, 6.3.2.4). Decimal text, to 40 places. */
export function ewmaLimits(chart: EwmaChart, t: number): { readonly low: string; readonly high: string } {
  const lambda = new Exact(chart.lambda);
  const faded = new Exact(1).minus(new Exact(1).minus(lambda).pow(2 * t));
  const reach = lambda.div(new Exact(2).minus(lambda)).times(faded).sqrt().times(chart.k).times(chart.deviation);
  const mean = new Exact(chart.mean);
  return { low: to40Places(mean.minus(reach)), high: to40Places(mean.plus(reach)) };
}

/** The chart's averages, one for each figure: `z = λ x + (1-λ) z before`, the first from the mean. Decimal texts, exact. */
export function ewma(figures: readonly string[], { mean, lambda }: Pick<EwmaChart, 'mean' | 'lambda'>): string[] {
  let average = new Exact(mean);
  return figures.map((figure) => {
    average = new Exact(figure).times(lambda).plus(average.times(new Exact(1).minus(lambda)));
    return average.toFixed();
  });
}

/** Mean and standard deviation (of a sample) that a chart starts from, to 40 places. */
export function meanAndDeviation(figures: readonly string[]): { readonly mean: string; readonly deviation: string } {
  const exact = figures.map((figure) => new Exact(figure));
  const mean = sum(exact).div(exact.length);
  const squares = sum(exact.map((each) => each.minus(mean).pow(2)));
  return { mean: to40Places(mean), deviation: to40Places(squares.div(exact.length - 1).sqrt()) };
}

function to40Places(figure: Decimal): string {
  return figure.toDecimalPlaces(40).toFixed();
}

function sum(figures: readonly Decimal[]): Decimal {
  return figures.reduce((total, each) => total.plus(each), new Exact(0));
}

function middle(figures: readonly Decimal[]): Decimal {
  const sorted = figures.toSorted((a, b) => a.comparedTo(b));
  const at = (index: number): Decimal => {
    const figure = sorted[index];
    if (figure === undefined) throw new RangeError('figures must not be empty');
    return figure;
  };
  return at(Math.floor((sorted.length - 1) / 2))
    .plus(at(Math.floor(sorted.length / 2)))
    .times('0.5');
}
