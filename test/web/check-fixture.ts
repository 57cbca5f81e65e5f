import type { CheckDetail, VerdictLine } from '../../web/check-detail.ts';

const WAIVER = {
  reason: 'Four entries of the opening balance, corrected in January.',
  author: 'Ann Bell',
  approver: 'Carl Dunn',
  approvedOn: '2026-11-12',
  expires: '2026-12-31',
};

const CHANGED = { path: 'settings.error_if', from: '"!= 0"', to: '"> 5"' };

/** The check of unbalanced entries over nine nights: it fails, cannot run, is given another threshold and back, and is waived. */
export const check: CheckDetail = {
  checkId: 'finance.unbalanced_entry',
  vertical: 'finance',
  kind: 'bespoke',
  dimension: 'accuracy',
  on: 'journal_entries',
  definition: {
    blocking: true,
    kind: 'bespoke',
    settings: { severity: 'error', error_if: '!= 0', warn_if: '!= 0' },
    sql: "select entry_id as subject_id from {{ ref('journal_entries') }} where net <> 0",
  },
  isRemoved: false,
  verdicts: [
    verdict(6, 'pass', '0'),
    verdict(7, 'pass', '0'),
    verdict(8, 'fail', '4', { decision: 'held' }),
    verdict(9, 'fail', '6', { decision: 'held', message: 'waived for 4, found 6' }),
    verdict(10, 'no_data', '0', { decision: 'held', population: '0', message: 'nothing to look at', percentage: null }),
    verdict(11, 'error', '0', { decision: null, population: '0', percentage: null }),
    verdict(12, 'pass', '4', { isRedefined: true, changes: [CHANGED] }),
    verdict(13, 'fail', '4', {
      decision: 'held',
      isRedefined: true,
      changes: [{ ...CHANGED, from: CHANGED.to, to: CHANGED.from }],
    }),
    verdict(14, 'fail', '4', { waiver: WAIVER, blocking: false }),
  ],
  slices: [
    { slice: 'DE', status: 'pass', population: '9000', failures: '0' },
    { slice: 'FR', status: 'fail', population: '4295', failures: '4' },
  ],
};

function verdict(
  day: number,
  status: VerdictLine['status'],
  failures: string,
  more: Partial<VerdictLine> = {},
): VerdictLine {
  return {
    runNo: String(day),
    checkedAt: `2026-11-${String(day).padStart(2, '0')}T02:00:05Z`,
    decision: 'published',
    status,
    blocking: true,
    population: '13295',
    failures,
    passes: String(13295 - Number(failures)),
    percentage: failures === '0' ? '0' : '0.030086',
    measure: null,
    message: null,
    waiver: null,
    definitionHash: (day === 12 ? 'b' : 'a').repeat(64),
    changes: [],
    isRedefined: false,
    ...more,
  };
}
