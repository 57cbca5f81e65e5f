import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from '../badge.ts';
import type { Tone } from '../badge.ts';
import type { DocsNode, DocsSite } from './docs-site.ts';
import { rootOf } from './docs-page.ts';
import { markdown } from './markdown.ts';

/** A description as its author formatted it. */
export function description(text: string | undefined): ComponentChild {
  if (text === undefined || text.trim() === '') return h('p', { class: 'empty' }, 'Not described.');
  return h('div', { class: 'prose', dangerouslySetInnerHTML: { __html: markdown(text) } });
}

/** The first sentence or so, for lists. */
export function brief(text: string | undefined): string {
  const [first = ''] = (text ?? '').trim().split(/\n\s*\n|(?<=[.!?])\s/);
  const plain = first
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)+/g, '$1')
    .replaceAll(/[`*]{1,3}([^`*]+)[`*]{1,3}/g, '$1')
    .replaceAll(/\s+/g, ' ');
  return plain.length > 160 ? `${plain.slice(0, 157)}...` : plain;
}

/** A name that may be broken after a dot or an underscore, and nowhere else. */
export function breakable(name: string): ComponentChild {
  return name.split(/(?<=[._])/).map((part, at) => [at === 0 ? '' : h('wbr', null), part]);
}

/** A link to a model or a landed table; plain text when it is not of this project. */
export function nodeLink(name: string, from: string, site: DocsSite): ComponentChild {
  const node = site.node(name);
  return node === undefined ? h('code', null, name) : h('a', { href: rootOf(from) + node.page }, breakable(name));
}

export function columnLink(node: string, column: string, from: string, site: DocsSite): ComponentChild {
  const found = site.node(node);
  const text = `${node}.${column}`;
  if (found === undefined) return h('code', null, text);
  return h('a', { href: `${rootOf(from)}${found.page}#column-${encodeURIComponent(column)}` }, h('code', null, text));
}

/** Links one after the other; said when there is none. */
export function links(names: readonly string[], none: string, from: string, site: DocsSite): ComponentChild {
  if (names.length === 0) return h('p', { class: 'empty' }, none);
  return h(
    'ul',
    { class: 'links' },
    names.map((name) => h('li', null, nodeLink(name, from, site))),
  );
}

/** Text folded away under its title. */
export function code(title: string, text: string, open = false): ComponentChild {
  return h(
    'details',
    { class: 'code', open },
    h('summary', null, title),
    h('pre', { tabIndex: 0 }, h('code', null, text.trim())),
  );
}

const TONES: Readonly<Record<string, Tone>> = {
  success: 'good',
  pass: 'good',
  'no-op': 'good',
  warn: 'attention',
  skipped: 'attention',
  fail: 'bad',
  error: 'bad',
};

/** How it ended last; nothing known is said, and never looks good. */
export function status(word: string | undefined): ComponentChild {
  return badge(word === undefined ? 'none' : (TONES[word] ?? 'none'), word ?? 'not run');
}

/** A graph that the browser draws around a node; the lists beside it say the same in words. */
export function graphOf(node: DocsNode | null): ComponentChild {
  return h('div', {
    class: node === null ? 'lineage whole' : 'lineage',
    'data-lineage': node?.name ?? '',
    role: 'group',
    'aria-label': node === null ? 'Lineage graph of the project' : `Lineage graph around ${node.name}`,
  });
}
