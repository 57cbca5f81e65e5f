import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer } from '../../web/create-server.ts';
import { check } from '../web/check-fixture.ts';
import { status } from '../web/status-fixture.ts';

const CHROMIUM = '/usr/bin/chromium';
const pictures = join(tmpdir(), 'tickmark-page');

let browser: Browser;
let address: string;
let closeServer: () => Promise<void>;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`${CHROMIUM} is missing: apt-get install --no-install-recommends chromium`);
  }
  mkdirSync(pictures, { recursive: true });
  const server = await createServer({
    read: () => Promise.resolve(status),
    readCheck: () => Promise.resolve(check),
    ui: { temporalUrl: 'http://127.0.0.1:8233' },
    now: () => new Date('2026-11-22T06:00:00.000Z'),
  });
  address = await server.listen({ host: '127.0.0.1', port: 0 });
  closeServer = () => server.close();
  // Chromium's own sandbox refuses to start as root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath: CHROMIUM, args });
});

afterAll(async () => {
  await browser?.close();
  await closeServer?.();
});

const LOOKS = [
  [1280, 'light'],
  [1280, 'dark'],
  [400, 'light'],
  [400, 'dark'],
] as const;
const PAGES = [
  ['status', '/'],
  ['check', '/checks/finance.unbalanced_entry'],
] as const;

test.each(PAGES.flatMap(([name, path]) => LOOKS.map(([width, colours]) => [name, width, colours, path] as const)))(
  'the page of a %s fits %d pixels and is legible in %s colours',
  async (name, width, colorScheme, path) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('requestfailed', (request) => complaints.push(request.url()));
    await page.goto(new URL(path, address).href);
    await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });

    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(LOWEST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
    await page.close();
  },
);

test('the keyboard reaches the status first and opens what is folded away', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(address);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the status');
  await page.locator('summary', { hasText: '7 checks passed' }).press('Enter');
  expect(await page.getByText('finance.weekend_entries').isVisible()).toBe(true);
  await page.close();
});

/** The lowest ratio of text to background over every element that shows text: WCAG 2.2, 1.4.3 asks for 4.5. */
const LOWEST_CONTRAST = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const backgroundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const shown = [...document.body.querySelectorAll('*')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''));
  return Math.min(...shown.map((element) => {
    const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(backgroundOf(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
})()`;
