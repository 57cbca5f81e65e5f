import { expect, test } from 'vitest';
import type { VerticalStatus } from '../../web/status.ts';
import { verdictOf } from '../../web/verdict.ts';
import { access, finance } from './status-fixture.ts';

/** All that is wrong with the fixture, put right. */
const clean: VerticalStatus = {
  ...finance,
  checks: finance.checks.filter((check) => check.status === 'pass'),
  kris: finance.kris.filter((kri) => kri.colour === 'green'),
  controls: finance.controls.filter((control) => control.proposedConclusion === 'effective'),
};

test('published, fresh, tied out and without a violation is good', () => {
  expect(verdictOf(clean)).toEqual({
    tone: 'good',
    word: 'current',
    headline: 'Figures are current, tied out and checked',
    points: [],
  });
});

test('what needs a person is listed, the worst first', () => {
  expect(verdictOf(finance).points.map(({ text }) => text)).toEqual([
    '2 checks failed',
    '2 KRIs in red',
    '1 control proposed as ineffective',
    '1 check gave a warning',
    '1 KRI in amber',
    '1 check looked at nothing',
    '1 KRI without a reading',
    '1 control without a result',
  ]);
  expect(verdictOf(finance).tone).toBe('attention');
});

test('a table that does not tie out makes the whole not proven', () => {
  const [pull, ...others] = clean.pulls;
  const verdict = verdictOf({ ...clean, pulls: [{ ...pull!, tied: false }, ...others] });
  expect(verdict).toMatchObject({ tone: 'bad', word: 'not proven', points: [{ text: '1 table did not tie out' }] });
});

test('published without a tie-out or without a check is never good', () => {
  expect(verdictOf({ ...clean, pulls: [] })).toMatchObject({ tone: 'bad', word: 'not proven' });
  expect(verdictOf({ ...clean, checks: [] })).toMatchObject({
    tone: 'attention',
    points: [{ text: 'no check has run' }],
  });
});

test('an alert that reached nobody needs a person', () => {
  const alerts = [{ incident: 'x', opened: '2026-11-22T02:00:00Z', status: 'fail', sentAt: null }];
  expect(verdictOf({ ...clean, alerts }).points).toEqual([
    { tone: 'bad', text: '1 alert not delivered', section: 'alerts' },
  ]);
});

test('stale is bad however good the figures were', () => {
  expect(verdictOf({ ...clean, published: access.published })).toMatchObject({ tone: 'bad', word: 'stale' });
});

test.each([
  [null, 'none', 'no run yet'],
  ['running', 'busy', 'running'],
  ['failed', 'bad', 'failed'],
  ['held', 'bad', 'held'],
  ['succeeded', 'none', 'nothing published'],
] as const)('before anything is published, a run that is %s is told as %s', (runStatus, tone, word) => {
  const lastRun = runStatus === null ? null : { ...finance.lastRun!, status: runStatus };
  const before = { ...finance, published: null, lastRun, pulls: [], checks: [], kris: [], controls: [], alerts: [] };
  expect(verdictOf(before)).toMatchObject({ tone, word, points: [] });
});
