import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { describeChange } from '../engine/contracts/definition.ts';
import { breakable } from './breakable.ts';
import type { CheckDetail, VerdictLine } from './check-detail.ts';
import { checkBadge, toneOf } from './check-word.ts';
import { formatDecimal, formatPercentage } from './format.ts';
import { instant } from './instant.ts';
import { page } from './page.ts';
import { table } from './table.ts';
import { redefinitions, trendChart, trendOf } from './trend-chart.ts';

export interface CheckPageOptions {
  readonly readAt: string;
  readonly stylesheet: string;
}

/** The page of one check: what it is, how it stands, and the trend of what runs found with the changes of its definition. */
export function checkPage(check: CheckDetail, { readAt, stylesheet }: CheckPageOptions): string {
  return page({ title: `${check.checkId}: check`, stylesheet, reloads: false }, [
    h('a', { class: 'skip', href: '#main' }, 'Skip to the check'),
    h(
      'header',
      null,
      h(
        'div',
        { class: 'title' },
        h(
          'h1',
          null,
          h('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }),
          h('code', null, breakable(check.checkId)),
        ),
        h(
          'p',
          { class: 'quiet' },
          'Read ',
          instant(readAt),
          ' · ',
          h('a', { href: `/#${check.vertical}-checks` }, `All of ${check.vertical}`),
        ),
      ),
    ),
    h(
      'main',
      { id: 'main' },
      standing(check),
      h(
        'div',
        { class: 'cards' },
        card('trend', trendOf(check.verdicts).title, trend(check)),
        ...slices(check),
        card('runs', 'Runs', runs(check)),
        card('definition', 'Definition', definition(check)),
      ),
    ),
    h('footer', null, h('p', null, 'Counts only: the rows that violate it stay in the warehouse.')),
  ]);
}

function card(id: string, title: string, content: ComponentChild): ComponentChild {
  return h('section', { class: 'card', 'aria-labelledby': id }, h('h3', { id }, title), content);
}

function last({ verdicts }: CheckDetail): VerdictLine {
  return verdicts.at(-1) as VerdictLine;
}

function standing(check: CheckDetail): ComponentChild {
  const verdict = last(check);
  const { waiver, message } = verdict;
  return h(
    'div',
    { class: `verdict ${toneOf(verdict)}` },
    h(
      'p',
      { class: 'headline' },
      checkBadge(verdict),
      ` ${formatDecimal(verdict.failures)} of ${formatDecimal(verdict.population)} in run ${verdict.runNo}`,
      verdict.percentage === null ? '' : `, ${formatPercentage(verdict.percentage)}`,
    ),
    check.isRemoved && h('p', { class: 'reason' }, 'This check is not in the project any more.'),
    message !== null && h('p', { class: 'reason' }, message),
    waiver !== null &&
      h(
        'p',
        { class: 'reason' },
        `Waived from ${waiver.approvedOn} until ${waiver.expires}: ${waiver.reason} Asked for by ${waiver.author}, approved by ${waiver.approver}.`,
      ),
    h(
      'dl',
      { class: 'facts' },
      fact('Kind', check.kind),
      fact('Dimension', check.dimension),
      check.on !== '' && fact('On', h('code', null, breakable(check.on))),
      fact('Blocks publishing', waiver !== null ? 'no, while it is waived' : verdict.blocking ? 'yes' : 'no'),
      Object.entries(thresholds(check)).map(([name, value]) => fact(name, value)),
    ),
  );
}

function fact(name: string, value: ComponentChild): ComponentChild {
  return h('div', null, h('dt', null, name), h('dd', null, value));
}

function thresholds({ definition: given }: CheckDetail): Readonly<Record<string, string>> {
  const settings = (given?.['settings'] ?? {}) as Readonly<Record<string, unknown>>;
  const named = [
    ['Severity', settings['severity']],
    ['Fails if', settings['severity'] === 'warn' ? undefined : settings['error_if']],
    ['Warns if', settings['warn_if']],
    ['Least population', settings['min_population']],
    ['Where', settings['where']],
  ] as const;
  return Object.fromEntries(
    named.flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  );
}

function trend({ verdicts }: CheckDetail): ComponentChild {
  const changes = redefinitions(verdicts);
  return h(
    'div',
    null,
    trendChart(verdicts),
    changes.length > 0 &&
      h(
        'ol',
        { class: 'changes', 'aria-label': 'Changes of its definition' },
        changes.map(({ verdict }) =>
          h('li', null, `Run ${verdict.runNo}, `, instant(verdict.checkedAt), ': ', changeText(verdict)),
        ),
      ),
  );
}

function changeText({ changes }: VerdictLine): ComponentChild {
  if (changes.length === 0) return 'another definition';
  return changes.map((change, at) => [at === 0 ? '' : '; ', h('code', null, describeChange(change))]);
}

function slices({ slices: found }: CheckDetail): ComponentChild[] {
  if (found.length === 0) return [];
  const content = table({
    caption: 'Each is judged by itself, in the last run',
    columns: [
      { head: 'Slice' },
      { head: 'Status' },
      { head: 'Violations', numeric: true },
      { head: 'Looked at', numeric: true },
    ],
    rows: found.map((slice) => [
      slice.slice,
      checkBadge(slice),
      formatDecimal(slice.failures),
      formatDecimal(slice.population),
    ]),
    empty: '',
  });
  return [card('slices', 'Slices', content)];
}

function runs({ verdicts }: CheckDetail): ComponentChild {
  const isMeasured = verdicts.some(({ measure }) => measure !== null);
  return table({
    caption: 'The newest first',
    columns: [
      { head: 'Run' },
      { head: 'Checked' },
      { head: 'Status' },
      { head: 'Violations', numeric: true },
      { head: 'Looked at', numeric: true },
      { head: 'Share', numeric: true },
      ...(isMeasured ? [{ head: 'Measure', numeric: true }] : []),
      { head: 'Run was', secondary: true },
      { head: 'Definition', secondary: true },
      { head: 'Note', secondary: true },
    ],
    rows: verdicts
      .toReversed()
      .map((verdict) => [
        verdict.runNo,
        instant(verdict.checkedAt),
        checkBadge(verdict),
        formatDecimal(verdict.failures),
        formatDecimal(verdict.population),
        formatPercentage(verdict.percentage),
        ...(isMeasured ? [formatDecimal(verdict.measure)] : []),
        verdict.decision ?? 'not decided on',
        h('code', null, verdict.definitionHash.slice(0, 12)),
        [verdict.message, verdict.waiver === null ? null : `waived until ${verdict.waiver.expires}`]
          .filter((part) => part !== null)
          .join('; '),
      ]),
    empty: '',
  });
}

function definition({ definition: given, verdicts }: CheckDetail): ComponentChild {
  const hash = verdicts.at(-1)?.definitionHash ?? '';
  return h(
    'div',
    null,
    h('p', { class: 'quiet' }, 'SHA-256 ', h('code', { class: 'hash' }, hash)),
    given === null
      ? h('p', { class: 'empty' }, 'This version of it was not kept.')
      : h('pre', null, h('code', null, definitionText(given))),
  );
}

/** SQL as it is written, and the rest as indented JSON. */
function definitionText({ sql, ...rest }: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(rest, null, 2);
  return typeof sql === 'string' ? `${json}\n\n${sql.trim()}` : json;
}
