import { EngineError } from '../engine/errors.ts';

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

/** `3 days`, `36 hours`, as milliseconds. */
export function parseAge(text: string, option: string): number {
  const [, count, unit] = /^(\d{1,6}) ?(minute|hour|day|week)s?$/.exec(text.trim()) ?? [];
  if (count === undefined || unit === undefined)
    throw new EngineError(
      'OPTION_INVALID',
      `${option} takes a number of minutes, hours, days or weeks, as in '3 days'`,
    );
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
