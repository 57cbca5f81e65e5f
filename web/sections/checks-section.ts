import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from '../badge.ts';
import type { Tone } from '../badge.ts';
import { countOf, formatDecimal } from '../format.ts';
import type { VerticalStatus } from '../status.ts';
import { table } from '../table.ts';

type CheckLine = VerticalStatus['checks'][number];

/** The worst first. */
const STATUSES = [
  ['fail', 'bad', 'fail'],
  ['error', 'bad', 'error'],
  ['no_data', 'none', 'no data'],
  ['warn', 'attention', 'warn'],
  ['pass', 'good', 'pass'],
] as const satisfies readonly (readonly [CheckLine['status'], Tone, string])[];

/** How many checks came out how; those that did not pass in full, those that did behind a click. */
export function checksSection({ checks }: VerticalStatus): ComponentChild {
  const passed = checks.filter((check) => check.status === 'pass');
  const others = STATUSES.flatMap(([status]) =>
    status === 'pass' ? [] : checks.filter((check) => check.status === status),
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
    STATUSES.map(([status, tone, word]) => {
      const count = checks.filter((check) => check.status === status).length;
      return count > 0 ? h('li', null, h('strong', null, count), ' ', badge(tone, word)) : null;
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
      { head: 'Dimension', secondary: true },
      { head: 'On', secondary: true },
      { head: 'Blocks publishing', secondary: true },
    ],
    rows: checks.map((check) => [
      h('code', null, breakable(check.id)),
      statusBadge(check.status),
      formatDecimal(check.failures),
      formatDecimal(check.population),
      check.dimension,
      h('code', null, breakable(check.on)),
      check.blocking ? 'yes' : 'no',
    ]),
    empty,
  });
}

/** Names of content break after `.` and `_`, or they would push the figures off a narrow screen. */
function breakable(name: string): ComponentChild[] {
  return name.split(/(?<=[._])/).flatMap((part, position) => (position === 0 ? [part] : [h('wbr', null), part]));
}

function statusBadge(status: CheckLine['status']): ComponentChild {
  const found = STATUSES.find(([name]) => name === status);
  return found ? badge(found[1], found[2]) : null;
}
