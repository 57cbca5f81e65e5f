import { h } from 'preact';
import { table } from '../table.ts';
import type { DocsPage } from './docs-page.ts';
import type { DocsSite } from './docs-site.ts';
import { anchor } from './page-path.ts';
import { code, description, graphOf, links, nodeLink } from './parts.ts';

/** The whole project as a graph; around one node when the address names it, `#orders`. */
export function lineagePage(site: DocsSite): DocsPage {
  const content = [
    h('h1', null, 'Lineage'),
    h(
      'p',
      { class: 'hint' },
      'Choose a node to see what it is made of and what reads it, and one of its columns to follow that alone. Drag to move, scroll or use + and - to zoom; arrow keys go from node to node.',
    ),
    graphOf(null),
    h(
      'noscript',
      null,
      h('p', null, 'The graph is drawn by a script. Every page of a model lists what it reads and what reads it.'),
    ),
  ];
  void site;
  return { title: 'Lineage', path: 'docs/lineage.html', content, graph: true };
}

export function macrosPage(site: DocsSite): DocsPage {
  const said = new Map((site.project.macroProperties ?? []).map((each) => [`${each.package}.${each.name}`, each]));
  const content = [
    h('h1', null, 'Macros'),
    site.macros.length === 0 && h('p', { class: 'empty' }, 'The project has no macro of its own.'),
    site.macros.map((macro) => {
      const properties = said.get(macro.qualified);
      return h(
        'section',
        { id: anchor('macro', macro.qualified) },
        h('h2', null, macro.qualified),
        h('p', { class: 'how' }, h('code', null, macro.file)),
        properties?.description !== undefined && description(properties.description),
        properties !== undefined &&
          properties.arguments.length > 0 &&
          table({
            caption: `Arguments of ${macro.name}`,
            columns: [{ head: 'Argument' }, { head: 'Type' }, { head: 'Meaning' }],
            rows: properties.arguments.map((each) => [each.name, each.type ?? '', each.description ?? '']),
            empty: '',
          }),
        code('Text', macro.text),
      );
    }),
  ];
  return { title: 'Macros', path: 'docs/macros.html', content };
}

/** What reads the models: exposures outside, KRIs and controls inside. */
export function usesPage(site: DocsSite): DocsPage {
  const path = 'docs/uses.html';
  const { exposures, kris, controls } = site.project;
  const content = [
    h('h1', null, 'Exposures, KRIs, controls'),
    h('h2', null, 'Exposures'),
    exposures.length === 0 && h('p', { class: 'empty' }, 'None is declared.'),
    exposures.map((exposure) =>
      h(
        'section',
        { id: anchor('exposure', exposure.name) },
        h('h3', null, exposure.label ?? exposure.name, ' ', h('span', { class: 'kind' }, exposure.type)),
        h(
          'p',
          { class: 'how' },
          [exposure.owner.name ?? exposure.owner.email ?? '', exposure.maturity && `maturity ${exposure.maturity}`]
            .filter(Boolean)
            .join(' · '),
          exposure.url !== undefined &&
            /^https?:/.test(exposure.url) && [' · ', h('a', { href: exposure.url, rel: 'noreferrer' }, 'open')],
        ),
        description(exposure.description),
        links(exposure.dependsOn, 'It reads nothing of this project.', path, site),
      ),
    ),
    h('h2', null, 'Key risk indicators'),
    table({
      caption: 'Key risk indicators',
      columns: [{ head: 'KRI' }, { head: 'Title' }, { head: 'Reads' }],
      rows: kris.map((kri) => [
        h('span', { id: anchor('kri', kri.id) }, kri.id),
        kri.title,
        [...new Set([kri.numerator.model, ...(kri.denominator ? [kri.denominator.model] : [])])].map((name) => [
          nodeLink(name, path, site),
          ' ',
        ]),
      ]),
      empty: 'None is declared.',
    }),
    h('h2', null, 'Controls'),
    table({
      caption: 'Controls',
      columns: [{ head: 'Control' }, { head: 'Title' }, { head: 'Population' }, { head: 'Checks' }],
      rows: controls.map((control) => [
        h('span', { id: anchor('control', control.id) }, control.id),
        control.title,
        nodeLink(control.population.model, path, site),
        control.tests.join(', '),
      ]),
      empty: 'None is declared.',
    }),
  ];
  return { title: 'Exposures, KRIs, controls', path, content };
}
