import { h } from 'preact';
import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** A whole page as HTML: no script, every style in one file. */
export function page(
  head: { readonly title: string; readonly stylesheet: string; readonly reloads: boolean },
  body: ComponentChildren,
): string {
  const { title, stylesheet, reloads } = head;
  const html = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charset: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      reloads && h('meta', { 'http-equiv': 'refresh', content: '10' }),
      h('title', null, title),
      h('link', { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' }),
      h('link', { rel: 'stylesheet', href: stylesheet }),
    ),
    h('body', null, body),
  );
  return `<!doctype html>${renderToString(html)}`;
}
