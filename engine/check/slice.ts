import { identifier, literal } from '../sql-text.ts';

/** A part of a relation that a check judges by itself. */
export interface Slice {
  /** `2026-01`, `EU`: as people read it. */
  readonly label: string;
  readonly column: string;
  /** It had rows in the last published run and has none now. */
  readonly isGone?: boolean;
  readonly holds:
    | { readonly kind: 'period'; readonly from: string; readonly to: string }
    /** The value as text; null for the rows without one. */
    | { readonly kind: 'value'; readonly value: string | null };
}

/** The rows of a slice as a condition; half-open in time, in UTC. */
export function inSlice({ column, holds }: Slice, prefix: string): string {
  const name = `${prefix}${identifier(column)}`;
  if (holds.kind === 'period') return `(${name} >= ${literal(holds.from)} and ${name} < ${literal(holds.to)})`;
  return holds.value === null ? `(${name} is null)` : `(${name}::text = ${literal(holds.value)})`;
}
