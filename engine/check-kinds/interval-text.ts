import { z } from 'zod';
import { intervalOf } from './interval-of.ts';

const FORM = /^(\d+)\s*(second|minute|hour|day|week|month|quarter|year)s?$/;

/** A length of time as people write it: `26 hours`, `3 days`. */
export const intervalText = z
  .string()
  .trim()
  .toLowerCase()
  .regex(FORM, 'a whole number of seconds, minutes, hours, days, weeks, months, quarters or years: 26 hours');

/** It as SQL: `interval '26 hour'`. */
export function intervalSql(text: string): string {
  const [, count = '0', unit = 'second'] = FORM.exec(text) ?? [];
  return intervalOf(Number(count), unit);
}
