import { Decimal } from 'decimal.js';

/** Decimal arithmetic with enough digits for any numeric that Postgres holds. */
export const Exact = Decimal.clone({ precision: 150_000, toExpNeg: -150_000, toExpPos: 150_000 });
