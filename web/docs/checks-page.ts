import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { table } from '../table.ts';
import type { Column } from '../table.ts';
import type { DocsPage } from './docs-page.ts';
import type { DocsCheck, DocsSite } from './docs-site.ts';
import { anchor } from './page-path.ts';
import { breakable, code, nodeLink, status } from './parts.ts';

export const CHECK_COLUMNS: readonly Column[] = [
  { head: 'Check' },
  { head: 'Last run' },
  { head: 'Looks at' },
  { head: 'Column' },
  { head: 'When it fails' },
  { head: 'Meaning' },
];

/** Every check of the project. */
export function checksPage(site: DocsSite): DocsPage {
  const path = 'docs/checks.html';
  const byVertical = [...Map.groupBy(site.allChecks, ({ check }) => check.vertical)];
  const content = [
    h('h1', null, 'Checks'),
    byVertical.length === 0 && h('p', { class: 'empty' }, 'The project declares no check.'),
    byVertical.map(([vertical, checks]) =>
      h(
        'section',
        { 'aria-labelledby': vertical },
        h('h2', { id: vertical }, vertical),
        table({
          caption: `Checks of ${vertical}`,
          columns: CHECK_COLUMNS,
          rows: checks.map((check) => checkRow(check, path, site)),
          empty: '',
        }),
      ),
    ),
  ];
  return { title: 'Checks', path, content };
}

export function checkRow({ check, status: last, reads }: DocsCheck, from: string, site: DocsSite): ComponentChild[] {
  const { settings } = check;
  return [
    h('span', { id: anchor('check', check.id) }, breakable(check.id)),
    status(last),
    h(
      'ul',
      { class: 'plain' },
      reads.map((name) => h('li', null, nodeLink(name, from, site))),
    ),
    check.column ?? '',
    [settings.severity === 'warn' ? 'warns' : 'fails', check.blocking ? ', blocks publishing' : ''].join(''),
    [
      settings.description ?? check.grain ?? '',
      settings.where !== undefined && h('div', { class: 'how' }, 'where ', h('code', null, settings.where)),
      check.sql !== undefined && code(check.file, check.sql),
    ],
  ];
}
