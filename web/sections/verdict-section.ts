import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from '../badge.ts';
import { formatDuration } from '../format.ts';
import { instant } from '../instant.ts';
import type { VerticalStatus } from '../status.ts';
import { verdictOf } from '../verdict.ts';

/** The answer first: can this vertical's figures be relied on, and what needs a person. */
export function verdictSection(vertical: VerticalStatus): ComponentChild {
  const { tone, word, headline, points } = verdictOf(vertical);
  return h(
    'div',
    { class: `verdict ${tone}` },
    h('p', { class: 'headline' }, badge(tone, word), ' ', headline, '.'),
    reasonLine(vertical),
    h('dl', { class: 'facts' }, publishedFact(vertical), runFact(vertical)),
    points.length > 0 &&
      h(
        'ul',
        { class: 'points', 'aria-label': `What needs a person in ${vertical.name}` },
        points.map((point) =>
          h('li', null, h('a', { class: point.tone, href: `#${vertical.name}-${point.section}` }, point.text)),
        ),
      ),
  );
}

function reasonLine({ published }: VerticalStatus): ComponentChild {
  return published?.state === 'stale' && published.reason !== null
    ? h('p', { class: 'reason' }, 'Reason: ', published.reason)
    : null;
}

function publishedFact({ published }: VerticalStatus): ComponentChild {
  const value = published === null ? 'nothing yet' : [`run ${published.runNo}, `, instant(published.publishedAt)];
  return h('div', null, h('dt', null, 'Published'), h('dd', null, value));
}

function runFact({ lastRun }: VerticalStatus): ComponentChild {
  const value =
    lastRun === null
      ? 'none yet'
      : [
          `${lastRun.runNo}, ${lastRun.status}, started `,
          instant(lastRun.startedAt),
          lastRun.durationMs === null ? '' : `, took ${formatDuration(lastRun.durationMs)}`,
        ];
  return h('div', null, h('dt', null, 'Last run'), h('dd', null, value));
}
