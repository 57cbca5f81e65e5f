import type { LandedColumn, PullWindow } from '../contracts/pull.ts';
import { identifier, literal } from '../sql-text.ts';

export interface PullScope {
  readonly window: (PullWindow & { readonly upper: string | null }) | null;
  readonly write: 'append' | 'merge';
  readonly key: readonly string[];
  readonly columns: readonly LandedColumn[];
}

/**
 * The standing rows that a pull speaks of, as a condition on the history `h`: those it must find again, or they were deleted or
 * changed. All rows of a whole pull; of a window the rows inside it and, when the pull merges, those with a key that came.
 */
export function scopeCondition(pull: PullScope, beside: string): string {
  const inside = windowCondition(pull);
  if (inside === null) return 'true';
  if (pull.write === 'append' || pull.key.length === 0) return `(${inside})`;
  const keys = pull.key.map((column) => identifier(column));
  return `(${inside} or (${keys.map((key) => `h.${key}`).join(', ')}) in (select ${keys.join(', ')} from ${beside}))`;
}

/** Whether a pull speaks of every row: without a window, or with one that begins at the smallest value. */
export function speaksOfAll(window: PullWindow | null): boolean {
  return window === null || (window.from === null && window.toIncluded);
}

function windowCondition({ window, columns }: PullScope): string | null {
  if (window === null || speaksOfAll(window)) return null;
  const type = columns.find(({ name }) => name === window.column)?.type ?? 'text';
  const column = `h.${identifier(window.column)}${isText(type) ? ' collate "C"' : ''}`;
  // Without its modifiers, which would round the bound.
  const bound = (value: string): string => `${literal(value)}::${type.replace(/\([\d,-]+\)/, '')}`;
  const upper = window.toIncluded ? window.upper : window.to;
  const bounds = [
    window.from === null ? [] : [`${column} >= ${bound(window.from)}`],
    upper === null ? [] : [`${column} ${window.toIncluded ? '<=' : '<'} ${bound(upper)}`],
  ].flat();
  const between = bounds.length === 0 ? 'true' : bounds.join(' and ');
  return window.toIncluded ? `(${between}) or ${column} is null${infinite(column, type)}` : between;
}

/** What is not finite is no bound to go on from: such rows are read with every window, like those without a value. */
function infinite(column: string, type: string): string {
  if (/^(date|timestamp)/.test(type)) return ` or not isfinite(${column})`;
  return type.startsWith('numeric') ? ` or ${column} in ('NaN', 'Infinity', '-Infinity')` : '';
}

function isText(type: string): boolean {
  return /^(text|character|varchar|bpchar)/.test(type);
}
