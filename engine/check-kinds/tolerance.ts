import { z } from 'zod';

/** How far two numbers may be apart and still agree: a decimal in their own unit, or with `%` a share of the second one. */
export const tolerance = z
  .union([
    z.number().min(0),
    z.string().regex(/^\d+(\.\d+)?(\s*%)?$/, `a decimal that is not negative, in quotes: '0.05', or '0.5 %'`),
  ])
  .transform(String)
  .refine((text) => /^\d/.test(text) && !text.includes('e'), { error: 'a plain decimal in quotes' });

/** SQL that is true where two values are further apart than that; null where one of them is null. Just as far is not further. */
export function isBeyond(a: string, b: string, allowed: string): string {
  const amount = allowed.replace(/\s*%$/, '');
  if (isZero(allowed)) return `${a} <> ${b}`;
  // Multiplied, never divided: a quotient would be rounded. Two infinities are equal and have no difference.
  const further = allowed.endsWith('%')
    ? `abs(${a} - ${b}) * 100 > ${amount} * abs(${b})`
    : `abs(${a} - ${b}) > ${amount}`;
  return `(${a} <> ${b} and ${further})`;
}

/** The same where a null is not a value: two nulls agree, one alone does not. */
export function differsBeyond(a: string, b: string, allowed: string): string {
  if (isZero(allowed)) return `${a} is distinct from ${b}`;
  return `(coalesce(${isBeyond(a, b, allowed)}, false) or (${a} is null) <> (${b} is null))`;
}

/** `by more than 0.05`, or nothing to add for a tolerance of 0. */
export function beyondInWords(allowed: string): string {
  return isZero(allowed) ? '' : ` by more than ${allowed}`;
}

function isZero(allowed: string): boolean {
  return /^0+(\.0+)?(\s*%)?$/.test(allowed);
}
