import { literal } from '../sql-text.ts';
import { intervalOf } from './interval-of.ts';

/** How long the periods are that time is cut into; weeks begin on Monday. */
export type Period = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** The beginning of the period that a moment is in. */
export function periodOf(period: Period, moment: string): string {
  return `date_trunc(${literal(period)}, ${moment})`;
}

/** So many periods as SQL. */
export function periods(count: number, period: Period): string {
  return intervalOf(count, period);
}

/** A column or expression as a moment in UTC, without its zone. */
export function momentOf(expression: string): string {
  return `(${expression})::timestamp`;
}

/** How a period is called, by its beginning. */
export function periodName(period: Period, moment: string): string {
  const forms = { hour: 'YYYY-MM-DD HH24:00', month: 'YYYY-MM', quarter: 'YYYY-"Q"Q', year: 'YYYY' };
  return `to_char(${moment}, ${literal(period in forms ? forms[period as keyof typeof forms] : 'YYYY-MM-DD')})`;
}
