import { literal } from '../sql-text.ts';

/** A stretch of time as SQL: `interval '-3 day'`. */
export function intervalOf(count: number, datepart: string): string {
  return datepart === 'quarter'
    ? `interval ${literal(`${count * 3} month`)}`
    : `interval ${literal(`${count} ${datepart}`)}`;
}
