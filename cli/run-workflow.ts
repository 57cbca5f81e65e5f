import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { TASK_QUEUE } from '../engine/contracts/task-queue.ts';
import type { RunReport } from '../engine/evidence/run-report.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import { followRun } from './follow-run.ts';
import { withTemporal } from './with-temporal.ts';
import type { TemporalTarget } from './with-temporal.ts';

/**
 * Starts a workflow, or joins the one of the same id that is running, and says its steps until it ends. Gives the run's report,
 * and the failure's message when the workflow failed.
 */
export function runWorkflow(
  input: {
    readonly temporal: TemporalTarget;
    readonly workflow: string;
    readonly workflowId: string;
    readonly args: readonly unknown[];
  },
  deps: { readonly warehouse: Warehouse; readonly say: (line: string) => void },
): Promise<{ readonly report: RunReport | undefined; readonly result: unknown; readonly failure: string | null }> {
  return withTemporal(input.temporal, async (client) => {
    const handle = await startOrJoin(client, input, deps.say);
    const ended = handle.result();
    // followRun looks at the end as well; here it only must not count as unhandled before that.
    ended.catch(() => undefined);
    const { runId } = await handle.describe();
    const report = await followRun({ runId, ended }, deps);
    try {
      return { report, result: await ended, failure: null };
    } catch (error) {
      return { report, result: null, failure: causeOf(error) };
    }
  });
}

async function startOrJoin(
  client: Client,
  input: { readonly workflow: string; readonly workflowId: string; readonly args: readonly unknown[] },
  say: (line: string) => void,
): Promise<WorkflowHandle> {
  try {
    return await client.workflow.start(input.workflow, {
      taskQueue: TASK_QUEUE,
      workflowId: input.workflowId,
      workflowIdConflictPolicy: 'FAIL',
      args: [...input.args],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    say(`${input.workflowId} is already running; following it`);
    return client.workflow.getHandle(input.workflowId);
  }
}

function causeOf(error: unknown): string {
  let cause: unknown = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause instanceof Error ? cause.message : 'the workflow failed';
}
