import type { CheckSettings } from '../contracts/check.ts';
import { literal } from '../sql-text.ts';

/**
 * SQL over `population` and `failures` that gives what a check concludes. Nothing to look at is `no_data`, never a pass; a threshold
 * compares the number of failures, as dbt's error_if and warn_if do: with severity error the first is asked before the second.
 */
export function statusSql(settings: Pick<CheckSettings, 'severity' | 'warn_if' | 'error_if'>): string {
  const cases = [
    // Violations over an empty population are still violations: a minimum row count finds just that.
    ['population = 0 and failures = 0', 'no_data'],
    ...(settings.severity === 'error' ? [[`failures ${settings.error_if}`, 'fail']] : []),
    [`failures ${settings.warn_if}`, 'warn'],
    ['population = 0', 'no_data'],
  ].map(([condition, status]) => `when ${condition} then ${literal(status as string)}`);
  return `case ${cases.join(' ')} else 'pass' end`;
}
