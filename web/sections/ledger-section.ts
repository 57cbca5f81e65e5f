import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { formatDecimal } from '../format.ts';
import type { Status } from '../status.ts';

/** The ledger's length and head, to compare with an anchored copy. */
export function ledgerSection({ entries, head }: Status['ledger']): ComponentChild {
  return h(
    'section',
    { class: 'ledger', 'aria-labelledby': 'ledger' },
    h('h2', { id: 'ledger' }, 'Evidence ledger'),
    h(
      'p',
      null,
      `${formatDecimal(entries)} entries, each hashed over the one before. `,
      h('code', null, 'tickmark ledger verify'),
      ' proves the chain.',
    ),
    head !== null && h('p', null, 'Head ', h('code', { class: 'hash' }, head)),
  );
}
