import { expect, test } from 'vitest';
import { addTallies, closingLine, exitCode, tallyModule } from './setup/tally.ts';

type Module = Parameters<typeof tallyModule>[0];

/** As much of vitest's module as the tally looks at. */
function moduleOf(states: readonly string[], { ok }: { ok: boolean }): Module {
  const tests = states.map((state) => ({ result: () => ({ state }) }));
  return { ok: () => ok, children: { allTests: () => tests } } as unknown as Module;
}

test('tests are counted by their result', () => {
  expect(tallyModule(moduleOf(['passed', 'failed', 'skipped', 'passed'], { ok: false }))).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
  });
});

test('a file that did not load is a failure though it has no test', () => {
  expect(tallyModule(moduleOf([], { ok: false }))).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a test that never came to a result is a failure', () => {
  expect(tallyModule(moduleOf(['pending'], { ok: true })).failed).toBe(1);
});

test('the closing line is the one CI reads', () => {
  const tally = addTallies([
    { passed: 4, failed: 0, skipped: 0 },
    { passed: 8, failed: 1, skipped: 0 },
  ]);
  expect(closingLine(tally)).toBe('12 passed, 1 failed');
  expect(closingLine({ ...tally, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
});

test('the exit code is 0 only when something passed and nothing failed', () => {
  expect(exitCode({ passed: 1, failed: 0, skipped: 0 })).toBe(0);
  expect(exitCode({ passed: 1, failed: 1, skipped: 0 })).toBe(1);
  expect(exitCode({ passed: 0, failed: 0, skipped: 0 })).toBe(1);
  expect(exitCode({ passed: 0, failed: 0, skipped: 3 })).toBe(1);
});
