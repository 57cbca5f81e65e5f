import { expect, test } from 'vitest';
import { statusPage } from '../../web/status-page.ts';
import type { Status, VerticalStatus } from '../../web/status.ts';
import { access, finance, status } from './status-fixture.ts';

function render(...verticals: VerticalStatus[]): string {
  const shown: Status = { ...status, verticals };
  return statusPage(shown, { readAt: '2026-11-22T06:00:00.000Z', stylesheet: '/status.css', temporalUrl: null });
}

/** The page as a reader without eyes for colour gets it. */
function words(html: string): string {
  return html
    .replaceAll(/<(?:wbr|\/?code|\/?strong|\/?time|\/?span)[^>]*>/g, '')
    .replaceAll(/<[^>]+>/g, '\n')
    .replaceAll(/\n\s*/g, '\n');
}

test('the verdict comes before every detail', () => {
  const text = words(render(finance));
  expect(text.indexOf('Figures are current and tied out')).toBeGreaterThan(0);
  expect(text.indexOf('Figures are current and tied out')).toBeLessThan(text.indexOf('Tie-out'));
});

test('a stale version says since when and why', () => {
  const text = words(render(access));
  expect(text).toContain('✕ stale Dashboards show the last good version, stale since 21 Nov 2026, 02:10 UTC.');
  expect(text).toContain('Reason: access.terminated_users_enabled failed: 3 of 1,204 (blocking)');
  expect(text).toContain('not delivered');
});

test('a colour always comes with its word', () => {
  const html = render(finance);
  const bare = html.match(/<span class="badge [a-z]+"><span class="sign" aria-hidden="true">.<\/span> *<\/span>/g);
  expect(bare).toBeNull();
  expect(words(html)).toContain('FIN-KRI-01✕ red\nEntries whose debits and credits differ\n0.030086 %\n4 of 13,295');
  expect(words(html)).toContain('FIN-KRI-05– no data\nEntries after closing\n–\nno reading');
});

test('every table has a caption and scoped headers', () => {
  const html = render(finance, access);
  const tables = html.match(/<table>.*?<\/table>/gs) ?? [];
  expect(tables.length).toBeGreaterThan(8);
  for (const table of tables) {
    expect(table).toMatch(/^<table><caption>[^<]+<\/caption>/);
    expect(table).not.toMatch(/<th(?![^>]*scope="(?:col|row)")[^e]/);
  }
});

test('every link within the page leads somewhere, and no id stands twice', () => {
  const html = render(finance, access);
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(ids).toEqual([...new Set(ids)]);
  const targets = [...html.matchAll(/\shref="#([^"]+)"/g)].map(([, id]) => id);
  expect(targets.length).toBeGreaterThan(3);
  expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
});

test('text from content and from errors is text, never markup', () => {
  const reason = '<img src=x onerror=alert(1)>';
  const html = render({ ...access, published: { ...access.published!, reason } });
  expect(html).toContain('&lt;img src=x onerror=alert(1)>');
  expect(html).not.toContain(reason);
});

test('the page reloads itself only while a run is under way', () => {
  expect(render(finance)).not.toContain('http-equiv');
  const running = { ...finance, lastRun: { ...finance.lastRun!, status: 'running' as const, finishedAt: null } };
  expect(render(running)).toContain('<meta http-equiv="refresh" content="10"');
});

test('a project without verticals says so', () => {
  expect(words(render())).toContain('No vertical is declared in tickmark.yml.');
});
