import { betaQuantile } from './beta-quantile.ts';

export interface DeviationCount {
  /** Items tested. */
  readonly items: number;
  /** Of them, how many deviate. */
  readonly deviations: number;
  /** From 0 to 1, both left out: 0.95 is a risk of overreliance of 5 %. */
  readonly confidence: number;
}

/**
 * The deviation rate that, at this confidence, the items' population does not exceed: the exact one-sided binomial
 * limit (Clopper-Pearson), `BetaInv(confidence; k+1, n-k)`, as in AICPA Audit Sampling tables A-3 and A-4. 1 when every
 * item deviates. Throws RangeError naming the argument out of its domain.
 */
export function upperDeviationLimit({ items, deviations, confidence }: DeviationCount): number {
  if (!Number.isSafeInteger(items) || items < 1) throw new RangeError('items must be a whole number from 1');
  if (!Number.isSafeInteger(deviations) || deviations < 0) {
    throw new RangeError('deviations must be a whole number from 0');
  }
  if (!(confidence > 0 && confidence < 1)) throw new RangeError('confidence must lie between 0 and 1');
  if (deviations >= items) return 1;
  return betaQuantile(confidence, deviations + 1, items - deviations);
}
