import { ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { ScheduleOptions } from '@temporalio/client';
import type { Config } from '../engine/contracts/config.ts';
import { TASK_QUEUE } from '../engine/contracts/task-queue.ts';
import { withTemporal } from './with-temporal.ts';
import type { TemporalTarget } from './with-temporal.ts';

const PREFIX = 'nightly-';

/**
 * Makes Temporal's schedules what tickmark.yml says: one a vertical with a schedule, none for the others, also not for a vertical
 * that is gone. A namespace is one project's. Safe to repeat.
 */
export function applySchedules(verticals: Config['verticals'], temporal: TemporalTarget): Promise<void> {
  return withTemporal(temporal, async ({ schedule }) => {
    for (const [vertical, { schedule: declared }] of Object.entries(verticals)) {
      const handle = schedule.getHandle(`${PREFIX}${vertical}`);
      const exists = await handle.describe().then(
        () => true,
        (error: unknown) => {
          if (error instanceof ScheduleNotFoundError) return false;
          throw error;
        },
      );
      if (!declared) continue;
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
    for await (const { scheduleId } of schedule.list()) {
      const vertical = scheduleId.startsWith(PREFIX) ? scheduleId.slice(PREFIX.length) : undefined;
      if (vertical !== undefined && !verticals[vertical]?.schedule) await schedule.getHandle(scheduleId).delete();
    }
  });
}

/** When each vertical is refreshed next, as ISO 8601 in UTC. */
export function nextRuns(temporal: TemporalTarget): Promise<{ readonly vertical: string; readonly next: string }[]> {
  return withTemporal(temporal, async ({ schedule }) => {
    const found = [];
    for await (const { scheduleId, info } of schedule.list()) {
      const [next] = info.nextActionTimes;
      if (scheduleId.startsWith(PREFIX) && next)
        found.push({ vertical: scheduleId.slice(PREFIX.length), next: next.toISOString() });
    }
    return found;
  });
}
