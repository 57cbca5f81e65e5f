import { Exact } from './exact.ts';

/** Whether two decimal texts are the same number, whatever their scale; null only agrees with null, NaN with NaN. */
export function sameNumber(left: string | null, right: string | null): boolean {
  if (left === right) return true;
  if (left === null || right === null) return false;
  return new Exact(left).eq(new Exact(right));
}
