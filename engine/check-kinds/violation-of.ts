import type { ViolationOf } from './check-kind.ts';
import { kindNamed } from './check-kinds.ts';

/** What one violation of a check of this kind is. A bespoke check gives rows; what a dbt project's own test gives is not known. */
export function violationOf(kind: string): ViolationOf {
  if (kind === 'bespoke') return 'row';
  return kindNamed(kind)?.spec.violationOf ?? 'value';
}

/** Whether violations are a share of the rows looked at. */
export function hasShare(kind: string): boolean {
  const what = violationOf(kind);
  return what !== 'group' && what !== 'whole';
}

/** Whether rows without a violation can be told from those with one. */
export function hasPasses(kind: string): boolean {
  const what = violationOf(kind);
  return what === 'row' || what === 'key';
}
