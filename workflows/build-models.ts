import { patched, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { inDependencyOrder } from '../engine/contracts/in-dependency-order.ts';
import type { RunRef } from '../engine/contracts/run.ts';
import { bulk, quick } from './options.ts';

const { transform, buildModels: buildBatch, finishTransform } = proxyActivities<Activities>(bulk);
const { planTransform } = proxyActivities<Activities>(quick);

/** Builds a run's models: a heavy one in an activity of its own, small ones together. */
export async function buildModels(run: RunRef): Promise<void> {
  if (!patched('models-in-batches')) {
    await transform({ run });
    return;
  }
  const { batches, threads } = await planTransform({ run });
  await inDependencyOrder(batches, threads, ({ id }) => buildBatch({ run, batch: id }));
  await finishTransform({ run });
}
