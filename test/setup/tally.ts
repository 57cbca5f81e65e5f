import type { TestModule } from 'vitest/node';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
    skipped: tallies.reduce((sum, tally) => sum + tally.skipped, 0),
  };
}

/** Counts a file's tests. A file that failed without a failing test (it did not load, a hook threw) is one failure. */
export function tallyModule(module: Pick<TestModule, 'children' | 'ok'>): Tally {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    // A test still pending when the run is over never came to a result.
    tally[state === 'pending' ? 'failed' : state] += 1;
  }
  if (!module.ok() && tally.failed === 0) tally.failed = 1;
  return tally;
}

/** `12 passed, 0 failed`, which CI reads; skipped tests are named because they proved nothing. */
export function closingLine(tally: Tally): string {
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`;
}

/** 0 only when something ran and nothing failed. */
export function exitCode(tally: Tally): 0 | 1 {
  return tally.passed > 0 && tally.failed === 0 ? 0 : 1;
}
