import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';

/** Which step failed, with which code, and what it said; an activity's message is safe to keep and to send. */
export function describeFailure(error: unknown): {
  readonly step: string;
  readonly message: string;
  readonly code: string;
} {
  const step = error instanceof ActivityFailure ? error.activityType : 'run';
  if (isCancellation(error)) return { step, message: 'the run was cancelled', code: 'RUN_FAILED' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return { step, message: cause.message, code: cause.type ?? 'RUN_FAILED' };
  if (cause instanceof TimeoutFailure) return { step, message: 'the step did not finish in time', code: 'RUN_FAILED' };
  return { step, message: 'the step failed unexpectedly; see the worker log', code: 'RUN_FAILED' };
}
