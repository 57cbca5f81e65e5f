import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { EngagementVerdict, PullEngagementInput } from '../engine/contracts/run.ts';
import { buildModels } from './build-models.ts';
import { describeFailure } from './describe-failure.ts';
import { bulk, quick } from './options.ts';
import { settleAll } from './settle-all.ts';

const { pullSource, verifySource, exportEngagement } = proxyActivities<Activities>(bulk);
const { beginRun, planRun, endRun } = proxyActivities<Activities>(quick);

/** Pulls a vertical anew for one engagement and writes the subset that its variables name; dashboards are not touched. */
export async function pullEngagement(input: PullEngagementInput): Promise<EngagementVerdict> {
  const { vertical, engagement, vars = {}, outputDirectory } = input;
  const run = await beginRun({ runId: workflowInfo().runId, vertical, kind: 'engagement', vars });
  try {
    const { sources } = await planRun({ run });
    await settleAll(sources.map((source) => pullSource({ run, source })));
    await settleAll(sources.map((source) => verifySource({ run, source })));
    await buildModels(run);
    const written = await exportEngagement({ run, engagement, outputDirectory });
    await endRun({ run, status: 'succeeded', reason: null });
    return { runId: run.runId, runNo: run.runNo, export: written };
  } catch (error) {
    const failure = describeFailure(error);
    await CancellationScope.nonCancellable(() =>
      endRun({ run, status: 'failed', reason: `${failure.step}: ${failure.message}` }),
    );
    if (isCancellation(error)) throw error;
    throw ApplicationFailure.nonRetryable(failure.message, failure.code);
  }
}
