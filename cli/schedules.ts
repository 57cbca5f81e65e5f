import { Client, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { ScheduleOptions } from '@temporalio/client';
import type { Config } from '../engine/contracts/config.ts';
import { TASK_QUEUE } from '../workflows/task-queue.ts';
import { connect } from './run-workflow.ts';

const PREFIX = 'nightly-';

/** Makes Temporal's schedules what tickmark.yml says: one a vertical with a schedule, none for the others. Safe to repeat. */
export async function applySchedules(verticals: Config['verticals'], address: string): Promise<void> {
  const connection = await connect(address);
  try {
    const { schedule } = new Client({ connection });
    for (const [vertical, { schedule: declared }] of Object.entries(verticals)) {
      const handle = schedule.getHandle(`${PREFIX}${vertical}`);
      const exists = await handle.describe().then(
        () => true,
        (error: unknown) => {
          if (error instanceof ScheduleNotFoundError) return false;
          throw error;
        },
      );
      if (!declared) {
        if (exists) await handle.delete();
        continue;
      }
      const options: ScheduleOptions = {
        scheduleId: `${PREFIX}${vertical}`,
        spec: { cronExpressions: [declared.cron], timezone: declared.timezone },
        action: {
          type: 'startWorkflow',
          workflowType: 'runVertical',
          workflowId: `refresh-${vertical}`,
          taskQueue: TASK_QUEUE,
          args: [{ vertical }],
        },
        // A refresh that is still running when the next is due is followed by that one; none is dropped in silence.
        policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: '12 hours' },
      };
      if (exists) {
        await handle.update((previous) => ({
          spec: options.spec,
          action: { ...options.action, args: options.action.args ?? [] } as typeof previous.action,
          ...(options.policies ? { policies: options.policies } : {}),
          state: previous.state,
        }));
      } else await schedule.create(options);
    }
  } finally {
    await connection.close();
  }
}

/** When each vertical is refreshed next, as ISO 8601 in UTC. */
export async function nextRuns(address: string): Promise<{ readonly vertical: string; readonly next: string }[]> {
  const connection = await connect(address);
  try {
    const found = [];
    for await (const { scheduleId, info } of new Client({ connection }).schedule.list()) {
      const [next] = info.nextActionTimes;
      if (scheduleId.startsWith(PREFIX) && next) found.push({ vertical: scheduleId.slice(PREFIX.length), next: next.toISOString() });
    }
    return found;
  } finally {
    await connection.close();
  }
}
