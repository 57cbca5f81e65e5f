import type { BuildOutcome } from '../engine/contracts/build.ts';

/** Whether nothing failed, nothing was skipped and nothing was held back. */
export function isGood({ status, models, checks, unitTests }: BuildOutcome): boolean {
  return (
    (status === 'succeeded' || status === 'nothing') &&
    models.every(({ status: ended }) => ended !== 'error' && ended !== 'skipped') &&
    checks.every(({ status: ended }) => ended === 'pass' || ended === 'warn') &&
    unitTests.every(({ status: ended }) => ended === 'pass')
  );
}
