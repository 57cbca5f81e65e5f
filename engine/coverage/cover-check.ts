import type { CheckDefinition } from '../contracts/check.ts';
import type { Config } from '../contracts/config.ts';
import type { CheckGap, CoveredCheck } from '../contracts/coverage.ts';
import { isStale } from './is-stale.ts';
import type { LastVerdict } from './last-verdicts.ts';
import { sliceGaps } from './slice-gaps.ts';
import type { TestedSlices } from './slice-gaps.ts';

export interface Verdicts {
  readonly last: ReadonlyMap<string, LastVerdict>;
  readonly slices: TestedSlices;
  readonly at: string;
  readonly staleAfterMs?: number | undefined;
  readonly verticals: Config['verticals'];
}

/** What a check's last verdict is worth now. */
export function coverCheck(definition: CheckDefinition, verdicts: Verdicts): CoveredCheck {
  const { id, vertical, on } = definition;
  const last = verdicts.last.get(id);
  return {
    id,
    vertical,
    on,
    gaps: last === undefined ? ['never_run'] : gapsOf(definition, last, verdicts),
    status: last?.status ?? null,
    checkedAt: last?.checkedAt ?? null,
    runNo: last?.runNo ?? null,
    message: last?.message ?? null,
    waivedUntil: last?.waivedUntil ?? null,
    reusedSince: last?.reusedSince ?? null,
    slices: sliceGaps(definition, verdicts.slices, verdicts.at),
  };
}

function gapsOf(definition: CheckDefinition, last: LastVerdict, verdicts: Verdicts): readonly CheckGap[] {
  const { at, staleAfterMs, verticals } = verdicts;
  const schedule = verticals[definition.vertical]?.schedule;
  return [
    ...(last.status === 'pass' ? [] : [last.status as CheckGap]),
    ...(last.waivedUntil === null ? [] : (['waived'] as const)),
    ...(last.definitionHash === definition.definitionHash ? [] : (['changed'] as const)),
    ...(isStale(last.checkedAt, { at, staleAfterMs, schedule }) ? (['stale'] as const) : []),
  ];
}
