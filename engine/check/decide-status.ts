import type { CheckSettings, CheckStatus } from '../contracts/check.ts';

/**
 * What a check concludes from what it found. Nothing to look at is `no_data`, never a pass; a threshold compares the number of
 * violations, as dbt's error_if and warn_if do: with severity error the first is asked before the second.
 */
export function decideStatus(found: {
  readonly population: bigint;
  readonly failures: bigint;
  readonly settings: Pick<CheckSettings, 'severity' | 'warn_if' | 'error_if'>;
}): CheckStatus {
  const { population, failures, settings } = found;
  // Violations over an empty population are still violations: a minimum row count finds just that.
  if (population === 0n && failures === 0n) return 'no_data';
  if (settings.severity === 'error' && holds(settings.error_if, failures)) return 'fail';
  if (holds(settings.warn_if, failures)) return 'warn';
  return population === 0n ? 'no_data' : 'pass';
}

function holds(threshold: string, failures: bigint): boolean {
  const [, operator, number] = /^(>|>=|=|!=)\s*(\d+)$/.exec(threshold) ?? [];
  const limit = BigInt(number as string);
  switch (operator) {
    case '>':
      return failures > limit;
    case '>=':
      return failures >= limit;
    case '=':
      return failures === limit;
    default:
      return failures !== limit;
  }
}
