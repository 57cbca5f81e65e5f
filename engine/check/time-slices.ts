import type { Slices } from '../contracts/check.ts';
import type { Slice } from './slice.ts';

type Every = NonNullable<Slices['every']>;

/** Most slices that one check judges. */
export const MOST_SLICES = 400;

/**
 * Whole periods in UTC, the oldest first: from the one that `from` lies in, or the newest `last` of them, up to the one that `to` lies
 * in, and never beyond the last that is over by the run's clock. One more than MOST_SLICES at most.
 */
export function timeSlices(slices: Slices & { readonly every: Every }, runClock: string): readonly Slice[] {
  const { by: column, every, from, to, last } = slices;
  const running = startOf(every, new Date(runClock));
  const wanted = to === undefined ? running : next(every, startOf(every, dayOf(to)));
  const end = wanted < running ? wanted : running;
  const first = from === undefined ? undefined : startOf(every, dayOf(from));
  const most = Math.min(last ?? MOST_SLICES + 1, MOST_SLICES + 1);
  const found: Slice[] = [];
  for (let until = end; found.length < most;) {
    const start = startOf(every, new Date(until.getTime() - 1));
    if (first !== undefined && start < first) break;
    found.push({ label: labelOf(every, start), column, holds: { kind: 'period', from: iso(start), to: iso(until) } });
    until = start;
  }
  return found.toReversed();
}

function dayOf(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

function startOf(every: Every, moment: Date): Date {
  const [year, month, day] = [moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate()];
  switch (every) {
    case 'day':
      return utc(year, month, day);
    case 'week':
      return utc(year, month, day - ((moment.getUTCDay() + 6) % 7));
    case 'month':
      return utc(year, month, 1);
    case 'quarter':
      return utc(year, month - (month % 3), 1);
    case 'year':
      return utc(year, 0, 1);
    default:
      return every satisfies never;
  }
}

function next(every: Every, start: Date): Date {
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()];
  switch (every) {
    case 'day':
      return utc(year, month, day + 1);
    case 'week':
      return utc(year, month, day + 7);
    case 'month':
      return utc(year, month + 1, 1);
    case 'quarter':
      return utc(year, month + 3, 1);
    case 'year':
      return utc(year + 1, 0, 1);
    default:
      return every satisfies never;
  }
}

/** `2026-01-31`, `2026-W05` (ISO 8601), `2026-01`, `2026-Q1`, `2026`. */
function labelOf(every: Every, start: Date): string {
  const year = iso(start).slice(0, 4);
  switch (every) {
    case 'day':
      return iso(start);
    case 'week':
      return weekOf(start);
    case 'month':
      return iso(start).slice(0, 7);
    case 'quarter':
      return `${year}-Q${start.getUTCMonth() / 3 + 1}`;
    case 'year':
      return year;
    default:
      return every satisfies never;
  }
}

/** A week belongs to the year that its Thursday is in. */
function weekOf(monday: Date): string {
  const thursday = utc(monday.getUTCFullYear(), monday.getUTCMonth(), monday.getUTCDate() + 3);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - utc(year, 0, 1).getTime()) / (7 * 86_400_000)) + 1;
  return `${iso(thursday).slice(0, 4)}-W${String(week).padStart(2, '0')}`;
}

function utc(year: number, month: number, day: number): Date {
  return new Date(Date.UTC(year, month, day));
}

function iso(date: Date): string {
  return date.toISOString().slice(0, 10);
}
