import { Exact } from './exact.ts';

/** The exact sum of two decimal texts; null counts as nothing. */
export function addNumbers(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return new Exact(left).plus(right).toFixed();
}

export function subtractNumbers(left: string | null, right: string | null): string | null {
  return right === null ? left : new Exact(left ?? '0').minus(right).toFixed();
}
