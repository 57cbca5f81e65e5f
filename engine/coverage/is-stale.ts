import { Cron } from 'croner';
import type { Config } from '../contracts/config.ts';

type Schedule = Config['verticals'][string]['schedule'];

/**
 * Whether a verdict is older than it may be: than `staleAfterMs`, or, where nobody says so, than the time between the last two times that
 * the vertical's schedule was due. Without either nothing is stale.
 */
export function isStale(
  checkedAt: string,
  {
    at,
    staleAfterMs,
    schedule,
  }: { readonly at: string; readonly staleAfterMs?: number | undefined; readonly schedule: Schedule },
): boolean {
  const [now, checked] = [Date.parse(at), Date.parse(checkedAt)];
  if (staleAfterMs !== undefined) return now - checked > staleAfterMs;
  if (schedule === undefined) return false;
  const [last, before] = new Cron(schedule.cron, { timezone: schedule.timezone }).previousRuns(2, new Date(now));
  if (last === undefined || before === undefined) return false;
  return checked < last.getTime() && now - checked > last.getTime() - before.getTime();
}
