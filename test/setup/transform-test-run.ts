import type { RunCompilation } from '../../engine/compile/compile-run.ts';
import { BuildRequest } from '../../engine/contracts/build.ts';
import type { RunRef } from '../../engine/contracts/run.ts';
import type { Build } from '../../engine/transform/build-model.ts';
import { transform } from '../../engine/transform/transform.ts';
import type { TestWarehouse } from './test-warehouse.ts';

/** Builds all models of a run, which were compiled by `compileTestRun`; throws when one fails. */
export function transformTestRun(
  input: { readonly run: RunRef; readonly compiled: RunCompilation },
  { warehouse }: Pick<TestWarehouse, 'warehouse'>,
): Promise<readonly Build[]> {
  const runClock = '2026-01-31T08:00:00.000000Z';
  return transform({ ...input, sources: [], request: BuildRequest.parse({}), runClock, root: '.' }, { warehouse });
}
