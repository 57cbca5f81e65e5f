import { z } from 'zod';

/** A change as people write it, with its direction: `-5 %`, `20 %`, or rows: `100`. */
export const changeText = z
  .union([
    z.number(),
    z
      .string()
      .trim()
      .regex(/^[+-]?\d+(\.\d+)?(\s*%)?$/, `a number of rows, or a share in quotes: '-5 %'`),
  ])
  .transform((written) => String(written).replace(/^\+/, ''))
  .refine((text) => !/[eN]/.test(text), { error: 'a plain decimal' });

/** SQL that compares the change from `before` to `now` with it. Multiplied, never divided: from nothing, every growth is beyond every share. */
export function changeIs(operator: '<' | '>', change: string, now: string, before: string): string {
  const amount = change.replace(/\s*%$/, '');
  return change.endsWith('%')
    ? `(${now} - ${before}) * 100 ${operator} ${amount} * abs(${before})`
    : `${now} - ${before} ${operator} ${amount}`;
}
