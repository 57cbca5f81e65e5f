import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { markdown } from '../../../web/docs/markdown.ts';
import { sampleSite } from './sample-site.ts';

const site = await sampleSite();
const page = (path: string): string => site.get(path) ?? '';
/** What a reader sees: tags out, white space to one blank. */
const words = (path: string): string =>
  page(path)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

test('there is a page for every model, seed, snapshot and landed table', () => {
  expect([...site.keys()].toSorted()).toMatchInlineSnapshot(`
    [
      "docs/assets/dagre.js",
      "docs/assets/docs.css",
      "docs/assets/icon.svg",
      "docs/assets/lineage-data.js",
      "docs/assets/lineage-graph.js",
      "docs/assets/search.js",
      "docs/assets/site.js",
      "docs/checks.html",
      "docs/lineage.html",
      "docs/macros.html",
      "docs/model/big_sales.html",
      "docs/model/customer_totals.html",
      "docs/model/sales_by_day.html",
      "docs/model/stg_sales.html",
      "docs/seed/raw_customers.html",
      "docs/snapshot/customer_history.html",
      "docs/source/till.sales.html",
      "docs/uses.html",
      "index.html",
    ]
  `);
});

test('every link leads to a page and a place that exist', () => {
  const pages = [...site].filter(([path]) => path.endsWith('.html'));
  const broken = pages.flatMap(([path, text]) =>
    [...text.matchAll(/(?:href|src)="([^"]+)"/g)].flatMap(([, link = '']) => {
      if (/^(https?|mailto):/.test(link)) return [];
      const [file = '', fragment] = link.split('#');
      const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file));
      const there = site.get(target);
      const found = there !== undefined && (!fragment || there.includes(`id="${decodeURIComponent(fragment)}"`));
      return found ? [] : [`${path}: ${link}`];
    }),
  );
  expect(broken).toEqual([]);
  expect(pages.length).toBeGreaterThan(10);
});

test('search and graph only name pages that exist', () => {
  const data = `${page('docs/assets/site.js')}${page('docs/assets/lineage-data.js')}`;
  const named = [...data.matchAll(/"page":"([^"#]+)/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !site.has(path))).toEqual([]);
});

test('a model tells how its build and its checks ended, and what was not run', () => {
  expect(words('docs/model/customer_totals.html')).toContain('Last build ✕ error');
  expect(words('docs/model/stg_sales.html')).toContain('Last build ✓ success');
  expect(words('docs/model/stg_sales.html')).toMatch(/is_even\S* \S*.*✕ fail/);
  expect(words('docs/model/sales_by_day.html')).toContain('Last build – not run');
});

test('a column tells where it comes from and where it goes', () => {
  expect(words('docs/model/customer_totals.html')).toContain('stg_sales.amount aggregated');
  expect(words('docs/model/stg_sales.html')).toContain('till.sales.amount_cents derived');
  expect(words('docs/model/stg_sales.html')).toContain('customer_totals.total');
});

test('what could not be resolved is on the page', async () => {
  const { project, compiled } = (await import('../../engine/artifacts/open-sample.ts')).openSample();
  const { columnLineage } = await import('../../../engine/lineage/column-lineage.ts');
  const { siteFiles } = await import('../../../web/docs/site-files.ts');
  const lineage = await columnLineage({ compiled, sources: ['till.sales'], columnsOf: () => null });
  const files = new Map(
    siteFiles({
      project,
      compiled,
      lineage,
      columns: new Map(),
      results: new Map(),
      generatedAt: '2026-11-22T12:00:00.000Z',
      toolVersion: '0.1.0',
    }),
  );
  const text = (files.get('docs/snapshot/customer_history.html') ?? '').replaceAll(/<[^>]*>/g, '');
  expect(text).toContain(
    'Not resolved, and not guessed:*: the columns of &quot;shop&quot;.&quot;raw_customers&quot; are not known',
  );
});

test('a docs block is shown formatted, and can do nothing', () => {
  const home = page('index.html');
  expect(home).toContain('Sales, <strong>customers</strong> and their totals.');
  expect(home).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  const model = page('docs/model/customer_totals.html');
  expect(model).toContain('<a href="https://till.example.com" rel="noreferrer">the till</a>');
  expect(model).not.toContain('javascript:');
});

test.each([
  ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
  ['![seen](https://tracker.example.com/x.png)', '<p>seen</p>\n'],
  ['[x](data:text/html,hi)', '<p>x</p>\n'],
  ['[x](JaVaScRiPt:alert(1))', '<p>x</p>\n'],
  [
    '[x](https://a.example.com/"onclick="y)',
    '<p><a href="https://a.example.com/&quot;onclick=&quot;y" rel="noreferrer">x</a></p>\n',
  ],
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['`<b>`', '<p><code>&lt;b&gt;</code></p>\n'],
])('markdown %s becomes harmless', (text, html) => {
  expect(markdown(text)).toBe(html);
});

test('nothing is loaded from elsewhere', () => {
  for (const [path, text] of site) {
    if (!path.endsWith('.html')) continue;
    expect([...text.matchAll(/<(?:script|link|img|iframe)[^>]*(?:src|href)="(https?:)?\/\//g)]).toEqual([]);
    expect(text).not.toMatch(/\son\w+=|style="/);
  }
});

test('a name in a script cannot end it', () => {
  expect(page('docs/assets/site.js')).not.toContain('</');
});
