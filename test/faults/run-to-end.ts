import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import type { TemporalTarget } from '../../cli/with-temporal.ts';
import { TASK_QUEUE } from '../../engine/contracts/task-queue.ts';
import type { RunVerdict } from '../../engine/contracts/run.ts';

/** How a refresh ended. */
export interface Ended {
  /** `hung`: not at all within its bound; it was then terminated. */
  readonly outcome: 'succeeded' | 'held' | 'failed' | 'hung';
  readonly runId: string;
  /** The error's code when it failed, such as SOURCE_UNREACHABLE. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly seconds: number;
}

/**
 * Refreshes a vertical and waits for its end, however often the Temporal server and the warehouse go away meanwhile: unlike the
 * command, it asks nobody else and asks again.
 */
export async function runToEnd(
  temporal: TemporalTarget,
  options: { readonly vertical: string; readonly withinMs: number },
): Promise<Ended> {
  const connection = Connection.lazy({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const began = performance.now();
  const left = (): number => options.withinMs - (performance.now() - began);
  try {
    const handle = await again(left, () =>
      client.workflow.start('runVertical', {
        taskQueue: TASK_QUEUE,
        workflowId: `refresh-${options.vertical}`,
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ vertical: options.vertical }],
      }),
    );
    const runId = handle.firstExecutionRunId;
    const end = (ended: Omit<Ended, 'runId' | 'seconds'>): Ended => ({
      ...ended,
      runId,
      seconds: Math.round((performance.now() - began) / 1000),
    });
    for (;;) {
      const answer = await Promise.race([
        handle.result().then(
          (verdict) => ({ verdict: verdict as RunVerdict }),
          (error: unknown) => ({ error }),
        ),
        wait(Math.max(0, left()), { late: true }, { ref: false }),
      ]);
      if ('verdict' in answer)
        return end({ outcome: answer.verdict.status, code: null, reason: answer.verdict.reason });
      if ('late' in answer) {
        await client.workflow.getHandle(handle.workflowId, runId).terminate('it hung');
        return end({ outcome: 'hung', code: null, reason: null });
      }
      if (answer.error instanceof WorkflowFailedError) return end({ outcome: 'failed', ...causeOf(answer.error) });
      await wait(200);
    }
  } finally {
    await connection.close();
  }
}

/** The server may be away. */
async function again<T>(left: () => number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (left() <= 0) throw error;
      await wait(200);
    }
  }
}

function causeOf(error: Error): { readonly code: string | null; readonly reason: string } {
  let cause: Error = error;
  while (cause.cause instanceof Error) cause = cause.cause;
  return { code: (cause as { type?: string | null }).type ?? null, reason: cause.message };
}
