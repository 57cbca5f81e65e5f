import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleSite, writeSite } from '../web/docs/sample-site.ts';
import { serveDocs } from '../../web/docs/serve-docs.ts';

const CHROMIUM = '/usr/bin/chromium';
const pictures = join(tmpdir(), 'tickmark-docs-pages');
const folder = mkdtempSync(join(tmpdir(), 'tickmark-docs-'));
const base = `${pathToFileURL(folder).href}/`;

let browser: Browser;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`${CHROMIUM} is missing: apt-get install --no-install-recommends chromium`);
  }
  mkdirSync(pictures, { recursive: true });
  writeSite(await sampleSite(), folder);
  // Chromium's own sandbox refuses to start as root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath: CHROMIUM, args });
});

afterAll(() => browser?.close());

const PAGES = [
  'index.html',
  'docs/model/customer_totals.html',
  'docs/lineage.html',
  'docs/checks.html',
  'docs/uses.html',
];

test.each(
  PAGES.flatMap((path) =>
    ([1280, 400] as const).flatMap((width) =>
      (['light', 'dark'] as const).map((colours) => [path, width, colours] as const),
    ),
  ),
)(
  '%s fits %d pixels and is legible in %s colours, from a folder and without a network',
  async (path, width, colorScheme) => {
    const { page, complaints } = await open(path, { width, colorScheme });
    await page.screenshot({
      path: join(pictures, `${path.replaceAll('/', '-')}-${width}-${colorScheme}.png`),
      fullPage: true,
    });
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(LOWEST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
    await page.close();
  },
);

test('a search leads to a model, by keyboard alone', async () => {
  const { page } = await open('index.html');
  await page.keyboard.press('/');
  await page.keyboard.type('customer_tot');
  expect(await page.locator('#found [aria-selected="true"]').innerText()).toContain('customer_totals');
  await page.keyboard.press('Enter');
  await page.waitForURL(/docs\/model\/customer_totals\.html/);
  await page.close();
});

test('a column is found by its name', async () => {
  const { page } = await open('docs/checks.html');
  await page.fill('#search', 'amount');
  expect(await page.locator('#found').innerText()).toContain('stg_sales');
  await page.close();
});

test('a chosen node lets the rest step back; a followed column shows only what it runs through', async () => {
  const { page } = await open('docs/lineage.html');
  expect(await page.locator('.box').count()).toBe(8);
  await page.locator('.box', { hasText: 'sales_by_day' }).click();
  const dimmed = await page
    .locator('.box.dim .name')
    .allInnerTexts()
    .catch(() => []);
  expect(await page.locator('.box.dim').count()).toBeGreaterThan(0);
  expect(dimmed).not.toContain('stg_sales');
  await page.locator('.panel .columns button', { hasText: 'total' }).click();
  expect(await page.locator('.box').count()).toBe(3);
  expect(await page.locator('.box .column').allTextContents()).toEqual(['amount_cents', 'amount', 'total']);
  expect(await page.locator('.wire.derived').count()).toBe(1);
  expect(await page.locator('.wire.aggregated').count()).toBe(1);
  await page.close();
});

test('the keyboard goes from node to node and chooses one', async () => {
  const { page } = await open('docs/lineage.html#stg_sales');
  await page.locator('.box.picked').focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  expect(await page.locator('.panel h3').innerText()).toBe('till.sales');
  await page.close();
});

test('the graph is moved, zoomed and fitted', async () => {
  const { page } = await open('docs/lineage.html');
  const view = (): Promise<string | null> => page.locator('svg.graph').getAttribute('viewBox');
  const fitted = await view();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  const zoomed = await view();
  expect(zoomed).not.toBe(fitted);
  const box = await page.locator('svg.graph').boundingBox();
  await page.mouse.move(box!.x + 20, box!.y + 20);
  await page.mouse.down();
  await page.mouse.move(box!.x + 120, box!.y + 60);
  await page.mouse.up();
  expect(await view()).not.toBe(zoomed);
  await page.getByRole('button', { name: 'Show all of the graph' }).click();
  expect(await view()).toBe(fitted);
  await page.close();
});

test('served, it works under a policy that lets nothing in from elsewhere', async () => {
  const server = await serveDocs(folder);
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  const { page, complaints } = await open(`${address}/docs/lineage.html`);
  expect(await page.locator('.box').count()).toBe(8);
  expect(complaints).toEqual([]);
  await page.close();
  await server.close();
});

test('500 models are drawn within 10 seconds', async () => {
  const nodes = Array.from({ length: 500 }, (_, at) => ({
    name: `model_${at}`,
    type: 'model',
    kind: 'table',
    page: 'index.html',
    status: '',
  }));
  const edges = nodes.flatMap((_, at) =>
    at < 20
      ? []
      : [
          [at - 20 + (at % 7), at],
          [Math.floor(at / 2), at],
        ],
  );
  writeFileSync(
    join(folder, 'docs/assets/lineage-data.js'),
    `window.tickmarkLineage=${JSON.stringify({ nodes, edges, columns: nodes.map(() => []) })};`,
  );
  const began = performance.now();
  const { page, complaints } = await open('docs/lineage.html');
  expect(await page.locator('.box').count()).toBe(500);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(complaints).toEqual([]);
  await page.screenshot({ path: join(pictures, '500.png') });
  await page.close();
});

async function open(
  path: string,
  { width = 1280, colorScheme = 'light' as const }: { width?: number; colorScheme?: 'light' | 'dark' } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(request.url()));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('http://127.0.0.1'))
      complaints.push(request.url());
  });
  await page.goto(path.startsWith('http') ? path : base + path);
  return { page, complaints };
}

/** The lowest ratio of text to background over every element that shows text and does not step back on purpose: WCAG 2.2, 1.4.3 asks for 4.5. */
const LOWEST_CONTRAST = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const backgroundOf = (element) => {
    if (element.namespaceURI.endsWith('svg')) {
      const rect = element.parentElement.querySelector('rect');
      if (rect) return channels(getComputedStyle(rect).fill);
    }
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const ratios = [...document.querySelectorAll('body *')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((element) => !element.closest('.dim, .skip, script, title, option'))
    .map((element) => {
      const style = getComputedStyle(element);
      const svg = element.namespaceURI.endsWith('svg');
      const [a, b] = [channels(svg ? style.fill : style.color), backgroundOf(element)].map(luminance);
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    });
  return Math.min(...ratios);
})()`;
