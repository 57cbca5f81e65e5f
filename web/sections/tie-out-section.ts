import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from '../badge.ts';
import { formatAmount, formatDecimal } from '../format.ts';
import type { VerticalStatus } from '../status.ts';
import { table } from '../table.ts';

/** What the last pulls brought, and whether count, totals and content agree with the source. */
export function tieOutSection({ pulls }: VerticalStatus): ComponentChild {
  return table({
    caption: 'Landed tables against their sources, in one read snapshot each',
    columns: [
      { head: 'Table' },
      { head: 'Tie-out' },
      { head: 'Rows', numeric: true },
      { head: 'Control totals', numeric: true },
      { head: 'Added', numeric: true, secondary: true },
      { head: 'Removed', numeric: true, secondary: true },
      { head: 'Changed', numeric: true, secondary: true },
      { head: 'Batch', secondary: true },
    ],
    rows: pulls.map((pull) => [
      h('span', null, `${pull.source}.`, h('wbr', null), pull.table),
      tieOut(pull.tied),
      formatDecimal(pull.rows),
      pull.totals.length === 0
        ? 'none declared'
        : pull.totals.map(({ column, sum }) =>
            h('div', null, h('span', { class: 'quiet' }, column), ' ', formatAmount(sum)),
          ),
      formatDecimal(pull.added),
      formatDecimal(pull.removed),
      formatDecimal(pull.changed),
      h('code', null, pull.batchId),
    ]),
    empty: 'No pull yet: nothing is proven.',
  });
}

function tieOut(tied: boolean | null): ComponentChild {
  if (tied === null) return badge('none', 'not verified');
  return tied ? badge('good', 'tied out') : badge('bad', 'does not tie');
}
