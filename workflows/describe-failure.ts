import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import type { RunFailure } from '../engine/contracts/run.ts';

/** Activities that are not named for their verb. */
const VERBS: Readonly<Record<string, string>> = {
  beginRun: 'begin',
  planRun: 'plan',
  endRun: 'end',
  pullSource: 'extract',
  verifySource: 'verify',
  planTransform: 'transform',
  buildModels: 'transform',
  finishTransform: 'transform',
  exportEngagement: 'engagement',
};

/** Which step failed, with which code, and what it said; an activity's message is safe to keep and to send. */
export function describeFailure(error: unknown): RunFailure {
  const step = error instanceof ActivityFailure ? (VERBS[error.activityType] ?? error.activityType) : 'run';
  if (isCancellation(error)) return { step, message: 'the run was cancelled', code: 'RUN_CANCELLED' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return { step, message: cause.message, code: cause.type ?? 'RUN_FAILED' };
  if (cause instanceof TimeoutFailure) return { step, message: 'the step did not finish in time', code: 'RUN_TIMEOUT' };
  return { step, message: 'the step failed unexpectedly; see the worker log', code: 'RUN_FAILED' };
}
