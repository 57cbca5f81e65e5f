import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from './badge.ts';
import { instant } from './instant.ts';
import { page } from './page.ts';
import { alertsSection } from './sections/alerts-section.ts';
import { checksSection } from './sections/checks-section.ts';
import { controlsSection } from './sections/controls-section.ts';
import { krisSection } from './sections/kris-section.ts';
import { ledgerSection } from './sections/ledger-section.ts';
import { publishedSection } from './sections/published-section.ts';
import { runSection } from './sections/run-section.ts';
import { tieOutSection } from './sections/tie-out-section.ts';
import { verdictSection } from './sections/verdict-section.ts';
import type { Status, VerticalStatus } from './status.ts';
import { verdictOf } from './verdict.ts';

export interface PageOptions {
  readonly readAt: string;
  readonly stylesheet: string;
  readonly temporalUrl: string | null;
}

const SECTIONS = [
  ['tie-out', 'Tie-out', tieOutSection],
  ['checks', 'Checks', checksSection],
  ['kris', 'Key risk indicators', krisSection],
  ['controls', 'Controls', controlsSection],
  ['published', 'Published', publishedSection],
  ['alerts', 'Alerts', alertsSection],
  ['run', 'Last run', runSection],
] as const satisfies readonly (readonly [string, string, (vertical: VerticalStatus) => ComponentChild])[];

/** The whole page as HTML: no script, every style in one file. It reloads itself only while a run is under way. */
export function statusPage(status: Status, options: PageOptions): string {
  const running = status.verticals.some((vertical) => vertical.lastRun?.status === 'running');
  return page({ title: `${status.project}: audit status`, stylesheet: options.stylesheet, reloads: running }, [
    h('a', { class: 'skip', href: '#main' }, 'Skip to the status'),
    pageHeader(status, options),
    h(
      'main',
      { id: 'main' },
      status.verticals.length === 0 && h('p', { class: 'empty' }, 'No vertical is declared in tickmark.yml.'),
      status.verticals.map(verticalSection),
      ledgerSection(status.ledger),
    ),
    pageFooter(options),
  ]);
}

function pageHeader({ project, verticals }: Status, { readAt }: PageOptions): ComponentChild {
  return h(
    'header',
    null,
    h(
      'div',
      { class: 'title' },
      h(
        'h1',
        null,
        h('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }),
        project,
        h('span', { class: 'quiet' }, ' audit status'),
      ),
      h('p', { class: 'quiet' }, 'Read ', instant(readAt), ' · ', h('a', { href: '/' }, 'Reload')),
    ),
    verticals.length > 1 &&
      h(
        'nav',
        { 'aria-label': 'Verticals' },
        h(
          'ul',
          null,
          verticals.map((vertical) =>
            h('li', null, h('a', { href: `#${vertical.name}` }, vertical.name), ' ', verdictBadge(vertical)),
          ),
        ),
      ),
  );
}

function verdictBadge(vertical: VerticalStatus): ComponentChild {
  const { tone, word } = verdictOf(vertical);
  return badge(tone, word);
}

function verticalSection(vertical: VerticalStatus): ComponentChild {
  return h(
    'section',
    { class: 'vertical', 'aria-labelledby': vertical.name },
    h('h2', { id: vertical.name }, vertical.name),
    verdictSection(vertical),
    h(
      'div',
      { class: 'cards' },
      SECTIONS.map(([id, title, section]) =>
        h(
          'section',
          { class: `card ${id}`, 'aria-labelledby': `${vertical.name}-${id}` },
          h('h3', { id: `${vertical.name}-${id}` }, title),
          section(vertical),
        ),
      ),
    ),
  );
}

function pageFooter({ temporalUrl }: PageOptions): ComponentChild {
  return h(
    'footer',
    null,
    h(
      'ul',
      null,
      h('li', null, h('a', { href: '/api/status' }, 'This page as JSON')),
      temporalUrl !== null && h('li', null, h('a', { href: temporalUrl, rel: 'noreferrer' }, 'Workflows in Temporal')),
    ),
    h('p', null, 'Counts and totals only: rows stay in the warehouse.'),
  );
}
