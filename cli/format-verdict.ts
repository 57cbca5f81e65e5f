import pc from 'picocolors';
import { describeChange } from '../engine/contracts/definition.ts';
import type { RunReport } from '../engine/evidence/run-report.ts';
import { doneLine } from './done-line.ts';
import { formatNumber } from './format-number.ts';
import { formatTable } from './format-table.ts';
import { paintStatus } from './paint-status.ts';

/** A run's verdict for people: what was pulled and tied out, checks, KRIs, controls, what was published, which alerts went out. */
export function formatVerdict(report: RunReport): string[] {
  return [
    '',
    pc.bold(`Run ${report.runNo} of ${report.vertical}: ${report.status}${report.reason ? ` (${report.reason})` : ''}`),
    ...section('Pulled and tied out', pulls(report)),
    ...section(`Checks: ${tally(report.checks.map(wordOf))}`, checks(report)),
    ...section('Definitions of checks', definitions(report)),
    ...section(`Key risk indicators: ${tally(report.kris.map(({ colour }) => colour))}`, kris(report)),
    ...section('Controls (proposed; a named person concludes)', controls(report)),
    ...section(published(report), tables(report)),
    ...section('Alerts', alerts(report)),
    '',
    doneLine(report.checks),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', pc.bold(title), ...lines.map((line) => `  ${line}`)];
}

function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

function pulls(report: RunReport): string[] {
  return report.pulls.flatMap((pull) => {
    const totals = pull.totals.map(({ column, sum }) => `total ${column} ${formatNumber(sum ?? 'none')}`);
    const figures = [`${formatNumber(pull.rows)} rows`, ...totals].join(', ');
    return [
      `${verdictOn(pull)}  ${pull.source}.${pull.table}  ${figures}; ${changeBy(pull)}`,
      ...remarks(pull).map((remark) => `          ${pc.yellow(remark)}`),
      ...pull.lines
        .filter(({ agrees }) => !agrees)
        .map(
          ({ figure, source, landed }) => `          ${figure}: source ${source ?? 'none'}, landed ${landed ?? 'none'}`,
        ),
    ];
  });
}

function remarks({ widened, rejected, closedPeriods }: RunReport['pulls'][number]): string[] {
  return [
    ...(widened === null ? [] : [`every row was read again: ${widened}`]),
    ...(rejected === '0' ? [] : [`${formatNumber(rejected)} rows were kept aside; they do not fit`]),
    ...closedPeriods.map(
      ({ period, addedRows, removedRows, before, after }) =>
        `closed period ${period} changed: ${formatNumber(addedRows)} added, ${formatNumber(removedRows)} removed; ` +
        `${formatNumber(before.rows)} rows before, ${formatNumber(after.rows)} after`,
    ),
  ];
}

function verdictOn(pull: RunReport['pulls'][number]): string {
  if (pull.tied === null) return pc.magenta('not verified');
  if (pull.tied) return pc.green('tied out');
  return pull.lines.every(({ agrees }) => agrees) ? pc.red('kept out') : pc.red('NOT TIED');
}

/** What the pull changed in the landed table. */
function changeBy({ tied, added, removed, changed }: RunReport['pulls'][number]): string {
  if (tied === null) return 'nothing was put in place';
  if (added === '0' && removed === '0') return 'nothing changed';
  return `${formatNumber(added)} added, ${formatNumber(removed)} removed, ${formatNumber(changed)} of them restated`;
}

function checks(report: RunReport): string[] {
  const notPassed = report.checks.filter(({ status }) => status !== 'pass');
  const rows = notPassed.map((check) => [
    wordOf(check),
    check.id,
    formatNumber(check.failures),
    'of',
    formatNumber(check.population),
    [check.blocking ? 'blocking' : '', check.message ?? '', untilOf(check)].filter(Boolean).join(': '),
  ]);
  return formatTable(rows).map((line, at) => line.replace(rows[at]?.[0] ?? '', paintStatus(rows[at]?.[0] ?? '')));
}

function wordOf({ status, waiver }: RunReport['checks'][number]): string {
  return waiver === null ? status : 'waived';
}

function untilOf({ waiver }: RunReport['checks'][number]): string {
  return waiver === null ? '' : `until ${waiver.expires}: ${waiver.reason}`;
}

function definitions({ definitions: { events, firstRecorded } }: RunReport): string[] {
  if (firstRecorded > 0) return [`${formatNumber(String(firstRecorded))} recorded for the first time`];
  return events.flatMap(({ event, checkId, changes }) => [
    `${event}  ${checkId}`,
    ...changes.map((change) => pc.dim(`    ${describeChange(change)}`)),
  ]);
}

function kris(report: RunReport): string[] {
  const rows = report.kris.map(({ colour, id, title, value, unit, numerator, denominator, message }) => [
    colour,
    id,
    title,
    value === null ? 'none' : `${formatNumber(value)}${unit === 'percent' ? ' %' : ''}`,
    denominator === null ? (message ?? '') : `${formatNumber(numerator ?? '')} of ${formatNumber(denominator)}`,
  ]);
  return formatTable(rows).map((line, at) => line.replace(rows[at]?.[0] ?? '', paintStatus(rows[at]?.[0] ?? '')));
}

function controls(report: RunReport): string[] {
  return report.controls.flatMap(({ proposedConclusion, id, title, basis }) => [
    `${paintStatus(proposedConclusion)}  ${id}  ${title}`,
    pc.dim(`    ${basis.replaceAll(/(?<![.\d])\d{4,}/g, formatNumber)}`),
  ]);
}

function published(report: RunReport): string {
  if (report.publication?.decision === 'published') return 'Published';
  return `NOT published: ${report.publication?.reason ?? report.reason ?? 'the run did not get that far'}; dashboards keep the last good version, marked stale`;
}

function tables(report: RunReport): string[] {
  if (report.publication?.decision !== 'published') return [''];
  return formatTable(report.publishedTables.map(({ name, rows }) => [`published.${name}`, formatNumber(rows), 'rows']));
}

function alerts(report: RunReport): string[] {
  if (report.alerts.length === 0) return ['no new incident'];
  return formatTable(
    report.alerts.map(({ incident, status, route, sentAt }) => [
      status,
      incident,
      sentAt ? `sent to ${route}` : 'NOT delivered',
    ]),
  );
}
