import { ApplicationFailure, Context } from '@temporalio/activity';
import { ZodError } from 'zod';
import { EngineError } from '../engine/errors.ts';

/** A fifth of the heartbeat timeout in workflows/options.ts. */
const HEARTBEAT_MS = 2_000;

/**
 * Runs an activity's work: heartbeats from the first moment, ends when it is cancelled, and translates what it throws once. A
 * failure that leaves here holds an EngineError's message or a bare name, because a history keeps it.
 */
export async function asActivity<T>(work: (attempt: number, signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  context.heartbeat();
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await Promise.race([work(context.info.attempt, context.cancellationSignal), context.cancelled]);
  } catch (error) {
    throw translate(error);
  } finally {
    clearInterval(beat);
  }
}

function translate(error: unknown): unknown {
  if (error instanceof EngineError) {
    return ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: !error.retryable });
  }
  if (error instanceof ZodError) {
    const paths = error.issues.map(({ path }) => path.join('.')).join(', ');
    return ApplicationFailure.nonRetryable(`the activity's input is not valid at ${paths}`, 'INPUT_INVALID');
  }
  if (error instanceof Error && error.name === 'CancelledFailure') return error;
  // The message of an unknown error may quote a row: only its kind and the place in our code are told.
  const name = error instanceof Error ? error.name : typeof error;
  const frame =
    error instanceof Error ? (error.stack?.split('\n').find((line) => line.trim().startsWith('at ')) ?? '').trim() : '';
  return ApplicationFailure.create({
    message: `unexpected ${name} ${frame.replace(/\(?file:.*\/(?=[^/]+$)/, '(')}`,
    type: 'UNEXPECTED',
  });
}
