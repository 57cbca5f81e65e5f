import type { ActivityDeps } from './deps.ts';
import { engagementActivities } from './engagement.ts';
import { pullActivities } from './pull.ts';
import { refreshActivities } from './refresh.ts';
import { runActivities } from './run.ts';

/** Every activity that workflows call, made of one set of dependencies. */
export function createActivities(deps: ActivityDeps) {
  return { ...runActivities(deps), ...pullActivities(deps), ...refreshActivities(deps), ...engagementActivities(deps) };
}

export type Activities = ReturnType<typeof createActivities>;
