import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from '../badge.ts';
import { breakable } from '../breakable.ts';
import { CHECK_WORDS, checkBadge, wordOf } from '../check-word.ts';
import { countOf, formatDecimal, formatPercentage } from '../format.ts';
import type { VerticalStatus } from '../status.ts';
import { table } from '../table.ts';

type CheckLine = VerticalStatus['checks'][number];

/** How many checks came out how; those that did not pass in full, those that did behind a click. */
export function checksSection({ checks }: VerticalStatus): ComponentChild {
  const passed = checks.filter((check) => check.status === 'pass');
  const others = CHECK_WORDS.flatMap(([word]) =>
    word === 'pass' ? [] : checks.filter((check) => wordOf(check) === word),
  );
  return h(
    'div',
    null,
    checks.length > 0 && counts(checks),
    checks.length === 0
      ? h('p', { class: 'empty' }, 'No check has run: nothing is known about this data.')
      : checkTable(others, 'Checks that did not pass', 'Every check passed.'),
    passed.length > 0 &&
      h(
        'details',
        null,
        h('summary', null, `${countOf(passed.length, 'check')} passed`),
        checkTable(passed, 'Checks that passed', ''),
      ),
  );
}

function counts(checks: readonly CheckLine[]): ComponentChild {
  return h(
    'ul',
    { class: 'counts', 'aria-label': 'Checks by status' },
    CHECK_WORDS.map(([word, tone, said]) => {
      const count = checks.filter((check) => wordOf(check) === word).length;
      return count > 0 ? h('li', null, h('strong', null, count), ' ', badge(tone, said)) : null;
    }),
  );
}

function checkTable(checks: readonly CheckLine[], caption: string, empty: string): ComponentChild {
  return table({
    caption,
    columns: [
      { head: 'Check' },
      { head: 'Status' },
      { head: 'Violations', numeric: true },
      { head: 'Looked at', numeric: true },
      { head: 'Share', numeric: true, secondary: true },
      { head: 'Dimension', secondary: true },
      { head: 'On', secondary: true },
      { head: 'Blocks publishing', secondary: true },
    ],
    rows: checks.map((check) => [
      h('span', null, h('a', { href: checkAddress(check.id) }, h('code', null, breakable(check.id))), note(check)),
      checkBadge(check),
      formatDecimal(check.failures),
      formatDecimal(check.population),
      formatPercentage(check.percentage),
      check.dimension,
      h('code', null, breakable(check.on)),
      check.blocking ? 'yes' : 'no',
    ]),
    empty,
  });
}

/** The page of a check. */
function checkAddress(id: string): string {
  return `/checks/${encodeURIComponent(id)}`;
}

/** Why, and until when, in a few words under the name. */
function note({ message, waiver, slices }: CheckLine): ComponentChild {
  const off = slices.filter(({ status }) => status !== 'pass');
  const parts = [
    waiver === null ? null : `until ${waiver.expires}: ${waiver.reason}`,
    message,
    off.length === 0 ? null : `${off.length} of ${countOf(slices.length, 'slice')} did not pass`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : h('span', { class: 'note' }, parts.join('; '));
}
