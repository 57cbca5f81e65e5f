import { Decimal } from 'decimal.js';

/** Enough digits for any numeric that Postgres holds. */
const Exact = Decimal.clone({ precision: 150_000, toExpNeg: -150_000, toExpPos: 150_000 });

/** Whether two decimal texts are the same number, whatever their scale; null only agrees with null, NaN with NaN. */
export function sameNumber(left: string | null, right: string | null): boolean {
  if (left === right) return true;
  if (left === null || right === null) return false;
  return new Exact(left).eq(new Exact(right));
}

/** The exact sum of two decimal texts; null counts as nothing. */
export function addNumbers(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return new Exact(left).plus(right).toFixed();
}

export function subtractNumbers(left: string | null, right: string | null): string | null {
  return right === null ? left : new Exact(left ?? '0').minus(right).toFixed();
}
