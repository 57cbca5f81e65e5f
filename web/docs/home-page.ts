import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { table } from '../table.ts';
import type { DocsPage } from './docs-page.ts';
import type { DocsNode, DocsSite } from './docs-site.ts';
import { brief, description, nodeLink, status } from './parts.ts';

/** The first page: what there is, vertical by vertical. */
export function homePage(site: DocsSite): DocsPage {
  const path = 'index.html';
  const { project, nodes, allChecks } = site;
  const overview = project.docs.find(({ name }) => name === '__overview__');
  const count = (type: DocsNode['type']): number => nodes.filter((node) => node.type === type).length;
  const counts = [
    ['model', count('model')],
    ['seed', count('seed')],
    ['snapshot', count('snapshot')],
    ['source table', count('source')],
    ['check', allChecks.length],
    ['unit test', project.unitTests.length],
    ['exposure', project.exposures.length],
    ['macro', site.macros.length],
  ] as const;
  const content = [
    h('h1', null, project.config.name),
    h(
      'ul',
      { class: 'counts' },
      counts
        .filter(([, number]) => number > 0)
        .map(([name, number]) => h('li', null, h('strong', null, number), ` ${name}${number === 1 ? '' : 's'}`)),
    ),
    overview !== undefined && description(overview.text),
    Object.entries(project.config.verticals).map(([vertical, { description: about }]) => {
      const own = nodes.filter((node) => node.vertical === vertical);
      return h(
        'section',
        { 'aria-labelledby': vertical },
        h('h2', { id: vertical }, vertical),
        about !== undefined && h('p', null, about),
        list(
          'Models',
          own.filter(({ type }) => type !== 'source'),
          site,
        ),
        list(
          'Sources',
          own.filter(({ type }) => type === 'source'),
          site,
        ),
      );
    }),
  ];
  return { title: 'Overview', path, content };

  function list(title: string, own: readonly DocsNode[], from: DocsSite): ComponentChild {
    if (own.length === 0) return null;
    return table({
      caption: title,
      columns: [{ head: 'Name' }, { head: 'Kind' }, { head: 'Last build' }, { head: 'Checks' }, { head: 'Meaning' }],
      rows: own.map((node) => [
        nodeLink(node.name, path, from),
        node.type === 'model' ? (node.model?.materialized ?? '') : node.type,
        node.type === 'source' || node.relation === null ? '' : status(node.status),
        checks(node),
        brief(node.description),
      ]),
      empty: '',
    });
  }
}

function checks({ checks: own }: DocsNode): ComponentChild {
  if (own.length === 0) return h('span', { class: 'empty' }, 'none');
  const bad = own.filter(({ status: last }) => last === 'fail' || last === 'error').length;
  const warned = own.filter(({ status: last }) => last === 'warn').length;
  if (bad > 0) return [`${own.length}, `, status('fail'), ` ${bad}`];
  return warned > 0 ? [`${own.length}, `, status('warn'), ` ${warned}`] : String(own.length);
}
