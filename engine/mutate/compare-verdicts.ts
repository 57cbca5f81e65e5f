import type { CheckStatus } from '../contracts/check.ts';
import type { Verdict } from './ask-checks.ts';

/** From best to worst; a check that cannot run says nothing of the data. */
const RANK: Readonly<Record<CheckStatus, number>> = { pass: 0, warn: 1, no_data: 2, skipped: 2, fail: 3, error: 4 };

/** Whether a check noticed: its verdict got worse, or it warned or failed before and finds more. */
export function hasNoticed(before: Verdict, after: Verdict): boolean {
  if (RANK[after.status] > RANK[before.status]) return true;
  const found = before.status === 'warn' || before.status === 'fail';
  return found && after.status === before.status && after.failures > before.failures;
}
