import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';
import { runStaticCheck, STATIC_CHECKS } from './setup/static-checks.ts';
import { addTallies, closingLine, exitCode, tallyModule } from './setup/tally.ts';
import type { Tally } from './setup/tally.ts';

/**
 * `npm test [-- filters]`: the static checks and every test; with filters only the tests whose path has one of them.
 * `npm run drill [-- filters]`: the slow drills instead. The last line on stdout is `N passed, N failed`.
 */
const { values, positionals } = parseArgs({
  options: { drill: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const narrowed = values.drill || positionals.length > 0;
const tally = addTallies([
  narrowed ? { passed: 0, failed: 0, skipped: 0 } : await checkStatically(),
  await runTests(positionals, { drill: values.drill }).catch((error: unknown) => {
    // A global set-up that failed, a configuration that cannot be read.
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0 };
  }),
]);

const line = closingLine(tally);
const code = exitCode(tally);
if (tally.passed + tally.failed === 0) console.error('no test ran');
process.stdout.write(`\n${line}\n`, () => process.exit(code));

async function checkStatically(): Promise<Tally> {
  const results = await Promise.all(STATIC_CHECKS.map((check) => runStaticCheck(check, root)));
  for (const { name, passed, output, durationMs } of results) {
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} ${(durationMs / 1000).toFixed(1)} s`);
    if (!passed) console.log(output.trimEnd());
  }
  const passed = results.filter((result) => result.passed).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

async function runTests(filters: readonly string[], { drill }: { drill: boolean }): Promise<Tally> {
  // One drill at a time: they wait for deadlines, which another one's load would make them miss.
  const drills = { include: ['test/drill/**/*.drill.ts'], exclude: [], testTimeout: 600_000, fileParallelism: false };
  const only = drill ? drills : {};
  const vitest = await startVitest('test', [...filters], { run: true, watch: false, ...only });
  const tallies = vitest.state.getTestModules().map((module) => tallyModule(module));
  const unhandled = vitest.state.getUnhandledErrors().length;
  await vitest.close();
  return addTallies([...tallies, { passed: 0, failed: unhandled, skipped: 0 }]);
}
