import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { instant } from '../instant.ts';
import type { DocsSite } from './docs-site.ts';

export interface DocsPage {
  readonly title: string;
  /** Path from the site's folder. */
  readonly path: string;
  readonly content: ComponentChild;
  /** Whether the page shows a lineage graph. */
  readonly graph?: boolean;
}

const LINKS = [
  ['Overview', 'index.html'],
  ['Lineage', 'docs/lineage.html'],
  ['Checks', 'docs/checks.html'],
  ['Macros', 'docs/macros.html'],
  ['Exposures, KRIs, controls', 'docs/uses.html'],
] as const;

/** One page as HTML. Everything that it loads lies beside it, by relative paths, so it works from a folder without a server. */
export function docsPage({ title, path, content, graph = false }: DocsPage, site: DocsSite): string {
  const root = rootOf(path);
  const script = (name: string): ComponentChild => h('script', { src: `${root}docs/assets/${name}`, defer: true });
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charset: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      h('title', null, `${title} · ${site.project.config.name}`),
      h('link', { rel: 'icon', href: `${root}docs/assets/icon.svg`, type: 'image/svg+xml' }),
      h('link', { rel: 'stylesheet', href: `${root}docs/assets/docs.css` }),
      script('site.js'),
      script('search.js'),
      graph && [script('dagre.js'), script('lineage-data.js'), script('lineage-graph.js')],
    ),
    h(
      'body',
      { 'data-root': root },
      h('a', { class: 'skip', href: '#main' }, 'Skip to the content'),
      h(
        'header',
        { class: 'top' },
        h('a', { class: 'brand', href: `${root}index.html` }, site.project.config.name, h('span', null, ' docs')),
        h(
          'nav',
          { 'aria-label': 'Site' },
          h(
            'ul',
            null,
            LINKS.map(([name, to]) =>
              h('li', null, h('a', { href: root + to, 'aria-current': to === path ? 'page' : undefined }, name)),
            ),
          ),
        ),
        h(
          'div',
          { class: 'search', role: 'search' },
          h('input', {
            id: 'search',
            type: 'search',
            placeholder: 'Search ( / )',
            autocomplete: 'off',
            role: 'combobox',
            'aria-label': 'Search models, sources, columns, checks, macros',
            'aria-expanded': 'false',
            'aria-controls': 'found',
          }),
          h('ul', { id: 'found', role: 'listbox', 'aria-label': 'Found', hidden: true }),
        ),
      ),
      h('main', { id: 'main' }, content),
      h(
        'footer',
        null,
        h(
          'p',
          null,
          'Written ',
          instant(site.generatedAt),
          ` by tickmark ${site.toolVersion}. Declarations only: rows stay in the warehouse.`,
        ),
      ),
    ),
  );
  return `<!doctype html>${renderToString(page)}\n`;
}

/** From a page back to the site's folder: `../../` of `docs/model/x.html`. */
export function rootOf(path: string): string {
  return '../'.repeat(path.split('/').length - 1);
}
