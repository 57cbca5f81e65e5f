import type { BuildOutcome } from '../engine/contracts/build.ts';
import { isFine } from './is-fine.ts';

/** Whether nothing failed, nothing was skipped and nothing was held back; a waived failure was decided upon. */
export function isGood({ status, models, checks, unitTests }: BuildOutcome): boolean {
  return (
    (status === 'succeeded' || status === 'nothing') &&
    models.every(({ status: ended }) => ended !== 'error' && ended !== 'skipped') &&
    checks.every(isFine) &&
    unitTests.every(({ status: ended }) => ended === 'pass')
  );
}
