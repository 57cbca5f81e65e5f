import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { RunFailure, RunRef, RunVerdict, RunVerticalInput } from '../engine/contracts/run.ts';
import { describeFailure } from './describe-failure.ts';
import { bulk, notify, quick } from './options.ts';
import { buildModels } from './build-models.ts';
import { settleAll } from './settle-all.ts';

const { pullSource, verifySource, check, measure, publish } = proxyActivities<Activities>(bulk);
const { beginRun, planRun, endRun } = proxyActivities<Activities>(quick);
const { alert } = proxyActivities<Activities>(notify);

/** Refreshes one vertical: extract -> land -> verify -> transform -> check -> measure -> publish -> alert. */
export async function runVertical(input: RunVerticalInput): Promise<RunVerdict> {
  const { vertical, vars = {}, fullRefresh = false, backfill } = input;
  const run = await beginRun({
    runId: workflowInfo().runId,
    vertical,
    kind: 'refresh',
    vars,
    fullRefresh,
  });
  try {
    const { sources } = await planRun({ run });
    await settleAll(sources.map((source) => pullSource({ run, source, ...(backfill ? { backfill } : {}) })));
    await settleAll(sources.map((source) => verifySource({ run, source })));
    await buildModels(run);
    await check({ run });
    await measure({ run });
    const { decision, reason } = await publish({ run });
    const status = decision === 'published' ? 'succeeded' : 'held';
    await tell(run);
    await endRun({ run, status, reason });
    return { runId: run.runId, runNo: run.runNo, status, reason };
  } catch (error) {
    // Also when the run was cancelled: people are told and the end is recorded.
    await CancellationScope.nonCancellable(async () => {
      const failure = describeFailure(error);
      await tell(run, failure);
      await endRun({ run, status: 'failed', reason: `${failure.step}: ${failure.message}` });
    });
    if (isCancellation(error)) throw error;
    const { message, code } = describeFailure(error);
    throw ApplicationFailure.nonRetryable(message, code);
  }
}

/** An alert that cannot be delivered fails no run: the incident is recorded, and told when the next run finds the receiver up. */
async function tell(run: RunRef, failure?: RunFailure): Promise<void> {
  try {
    await alert({ run, ...(failure ? { failure } : {}) });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
