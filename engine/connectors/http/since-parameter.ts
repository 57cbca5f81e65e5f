import type { PullWindow } from '../../contracts/pull.ts';
import type { DeclaredSource } from '../../contracts/project.ts';
import { isCursorType, subtractFromCursor } from '../cursor-value.ts';
import { recordReader } from '../json/record-columns.ts';

/**
 * The query parameter that asks for a window's rows only: its lower bound, times as ISO 8601 writes them. APIs differ in whether
 * they give the rows of the bound itself, so it is asked for from one step below; what comes is placed in the window here, and
 * an API that passes over the parameter costs time and not exactness. Text has no step: such an API must give its bound.
 */
export function sinceParameter(table: DeclaredSource, window: PullWindow | null): Readonly<Record<string, string>> {
  if (table.since_param === undefined || window === null || window.from === null) return {};
  const { type } = recordReader(table, window.column);
  if (!isCursorType(type) || type === 'text') return { [table.since_param]: window.from };
  return { [table.since_param]: isoText(subtractFromCursor(type, window.from, STEPS[type] ?? '1')) };
}

const STEPS: Readonly<Record<string, string>> = {
  date: '1 day',
  'timestamp without time zone': '1 second',
  'timestamp with time zone': '1 second',
};

function isoText(text: string): string {
  const [, day, time, zone] = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(\+00)?$/.exec(text) ?? [];
  return day === undefined ? text : `${day}T${time}${zone === undefined ? '' : 'Z'}`;
}
