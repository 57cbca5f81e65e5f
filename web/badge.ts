import { h } from 'preact';
import type { ComponentChild } from 'preact';

/** How something stands. `none`: nothing was looked at, which is never good. */
export type Tone = 'good' | 'attention' | 'bad' | 'none' | 'busy';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', attention: '!', bad: '✕', none: '–', busy: '…' };

/** A word with a sign and a colour; the word alone says it all. */
export function badge(tone: Tone, word: string): ComponentChild {
  return h(
    'span',
    { class: `badge ${tone}` },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[tone]),
    ` ${word}`,
  );
}
