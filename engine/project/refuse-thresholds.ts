import { hasPasses, hasShare, violationOf } from '../check-kinds/violation-of.ts';
import type { CheckKind, CheckSettings } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';

/** Refuses thresholds that compare what a check of this kind does not have: rows without a violation, or a share of the rows. */
export function refuseThresholds(
  settings: Pick<CheckSettings, 'warn_if' | 'error_if'>,
  { name, kind, place }: { readonly name: string; readonly kind: CheckKind; readonly place: Place },
): void {
  for (const key of ['error_if', 'warn_if'] as const) {
    const written = settings[key];
    const isMeaningless = written.endsWith('%') && !hasShare(kind);
    if (!isMeaningless && (hasPasses(kind) || !written.startsWith('passes'))) continue;
    const why = isMeaningless ? 'a share of the rows means nothing' : 'no row passes by itself';
    const next = "compare the number of violations, as in '> 0'";
    const message = `${key}: ${name} judges ${JUDGED[violationOf(kind)]}, so ${why}; ${next}`;
    throw new EngineError('PROJECT_INVALID', message, { place });
  }
}

const JUDGED = {
  row: 'rows',
  key: 'keys',
  value: 'values',
  group: 'groups of rows',
  whole: 'the table as a whole',
} as const;
