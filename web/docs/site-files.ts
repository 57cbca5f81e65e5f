import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checksPage } from './checks-page.ts';
import type { DocsInput } from './docs-input.ts';
import { docsPage } from './docs-page.ts';
import { docsSite } from './docs-site.ts';
import { homePage } from './home-page.ts';
import { nodePage } from './node-page.ts';
import { lineagePage, macrosPage, usesPage } from './other-pages.ts';
import { lineageScript, siteScript } from './site-data.ts';

/** The whole site: text by path. It works from a folder, without a server and without a network. */
export function* siteFiles(input: DocsInput): Generator<readonly [path: string, text: string]> {
  const site = docsSite(input);
  const pages = [homePage, lineagePage, checksPage, macrosPage, usesPage];
  for (const page of pages.map((make) => make(site))) yield [page.path, docsPage(page, site)];
  for (const node of site.nodes) {
    const page = nodePage(node, site);
    yield [page.path, docsPage(page, site)];
  }
  yield ['docs/assets/site.js', siteScript(site)];
  yield ['docs/assets/lineage-data.js', lineageScript(site)];
  yield ['docs/assets/docs.css', asset('docs.css')];
  yield ['docs/assets/icon.svg', asset('../icon.svg')];
  yield ['docs/assets/search.js', asset('browser/search.js')];
  yield ['docs/assets/lineage-graph.js', asset('browser/lineage-graph.js')];
  yield ['docs/assets/dagre.js', layoutScript()];
}

function asset(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

/** The layout of graphs, as its package gives it for browsers, with its licence. */
function layoutScript(): string {
  const folder = dirname(fileURLToPath(import.meta.resolve('@dagrejs/dagre')));
  const licence = readFileSync(join(folder, 'dagre.min.js.LEGAL.txt'), 'utf8');
  const script = readFileSync(join(folder, 'dagre.min.js'), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  return `/*\n${licence.replaceAll('*/', '* /').trim()}\n*/\n${script}`;
}
