import { expect, test } from 'vitest';
import { createServer } from '../../web/create-server.ts';
import type { CheckDetail } from '../../web/check-detail.ts';
import { check } from './check-fixture.ts';
import { status } from './status-fixture.ts';

const server = (found: CheckDetail | null) =>
  createServer({
    read: () => Promise.resolve(status),
    readCheck: () => Promise.resolve(found),
    ui: { temporalUrl: null },
    now: () => new Date('2026-11-22T06:00:00.000Z'),
  });
const get = async (found: CheckDetail | null, address = '/checks/finance.unbalanced_entry') =>
  (await server(found)).inject(address);
const words = (html: string): string =>
  html
    .replaceAll(/<(br|\/p|\/li|\/tr|\/h\d|\/dd|\/caption|\/title)[^>]*>/g, '\n')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll(/[ \t]+/g, ' ');

test('the page of a check says how it stands, under which waiver, and what was changed of it', async () => {
  const { statusCode, body, headers } = await get(check);
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  const text = words(body);
  for (const said of [
    '4 of 13,295 in run 14',
    'Waived from 2026-11-12 until 2026-12-31: Four entries of the opening balance, corrected in January. Asked for by Ann Bell, approved by Carl Dunn.',
    'settings.error_if: "!= 0" -> "> 5"',
    '0.030086 %',
    'waived until 2026-12-31',
    'FR',
  ])
    expect(text).toContain(said);
});

test('the chart has a mark for each run, a gap where nothing was looked at, and a line where the definition changed', async () => {
  const { body } = await get(check);
  const marks = [...body.matchAll(/<(circle|rect) class="mark (\w+)"/g)].map(([, shape, tone]) => `${shape} ${tone}`);
  const judged =
    'circle good, circle good, circle bad, circle bad, rect none, rect bad, circle good, circle bad, circle attention';
  expect(marks.join(', ')).toBe(judged);
  expect(body.match(/class="redefined"/g)).toHaveLength(2);
  // Two lines, parted by the runs that saw nothing.
  const line = /<path class="line" d="([^"]+)"/.exec(body)?.[1];
  expect(line?.match(/M/g)).toHaveLength(2);
});

test('a check that measures something is drawn by its measure', async () => {
  const verdicts = check.verdicts.map((verdict, at) => ({ ...verdict, measure: String(28_000 + at) }));
  const { body } = await get({ ...check, verdicts });
  expect(body).toContain('What it measured, by run');
  expect(body).toContain('28,008');
});

test('what content, messages and names hold is text and never markup, and no script runs', async () => {
  const evil = '<script>alert(1)</script>';
  const [first, ...others] = check.verdicts;
  const { body } = await get({
    ...check,
    on: evil,
    kind: evil,
    definition: { sql: evil, settings: { where: evil, error_if: evil } },
    verdicts: [
      { ...first!, message: evil },
      ...others.map((verdict) => ({
        ...verdict,
        message: evil,
        changes: [{ path: evil, from: evil, to: '"><img src=x onerror=alert(1)>' }],
        waiver: verdict.waiver === null ? null : { ...verdict.waiver, reason: evil, author: evil },
      })),
    ],
    slices: check.slices.map((slice) => ({ ...slice, slice: evil })),
  });
  expect(body).toContain('&lt;script>');
  expect(body).not.toMatch(/<script|<img src=x|<style|\sstyle=|\son[a-z]+="/);
});

test('a row that a reader gives by mistake reaches nobody', async () => {
  const leaking = {
    ...check,
    rows: ['STEINER'],
    verdicts: check.verdicts.map((verdict) => ({ ...verdict, rows: ['STEINER'] })),
  };
  for (const address of ['/checks/finance.unbalanced_entry', '/api/checks/finance.unbalanced_entry']) {
    const { statusCode, body } = await get(leaking, address);
    expect([statusCode, body.includes('STEINER')]).toEqual([200, false]);
  }
});

test('the JSON is the check', async () => {
  expect((await get(check, '/api/checks/finance.unbalanced_entry')).json()).toEqual(check);
});

test.each(['/checks/finance.nothing', '/checks/..%2f..%2fetc', '/checks/Finance', '/api/checks/a%00'])(
  '%s is not there',
  async (address) => {
    const { statusCode, body } = await get(address === '/checks/finance.nothing' ? null : check, address);
    expect([statusCode, body]).toEqual([404, 'No run has recorded such a check\n']);
  },
);

test('a name as long as dbt makes them has a page', async () => {
  expect((await get(check, `/checks/finance.${'a'.repeat(300)}`)).statusCode).toBe(200);
});

test('the status page links each check to its page', async () => {
  const { body } = await (await server(null)).inject('/');
  expect(body).toContain('href="/checks/finance.unbalanced_entry"');
});
