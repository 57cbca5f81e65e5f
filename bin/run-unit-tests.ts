import type { CliContext } from '../cli/context.ts';
import type { UnitTestOutcome } from '../engine/contracts/build.ts';
import { runUnitTest } from '../engine/transform/unit-test.ts';

type RunUnitTests = CliContext['runUnitTests'];

/** Runs unit tests one after the other, each of which leaves nothing. */
export async function runUnitTests(
  { tests, project, compiled }: Parameters<RunUnitTests>[0],
  { warehouse }: Parameters<RunUnitTests>[1],
): ReturnType<RunUnitTests> {
  const outcomes: UnitTestOutcome[] = [];
  const deps = { project, compiled, warehouse, known: new Map() };
  for (const test of tests) outcomes.push(await runUnitTest(test, deps));
  return outcomes;
}
