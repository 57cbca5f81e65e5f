import { Decimal } from 'decimal.js';
import pc from 'picocolors';
import { describeChange } from '../engine/contracts/definition.ts';
import type { CheckHistory, PastVerdict } from '../engine/evidence/check-history.ts';
import { formatNumber } from './format-number.ts';
import { formatTable } from './format-table.ts';
import { paintStatus } from './paint-status.ts';

const BAR_CELLS = 24;

/** The verdicts on a check, the newest last, as lines: a bar for what each found, and between them what was changed of the definition. */
export function formatHistory(history: CheckHistory): string[] {
  const { checkId, kind, on, dimension, verdicts, isRemoved } = history;
  const isMeasured = verdicts.some(({ measure }) => measure !== null);
  const trend = verdicts.map(({ measure, failures }) => new Decimal((isMeasured ? measure : failures) ?? 0).abs());
  const most = Decimal.max(0, ...trend);
  const rows = formatTable(
    verdicts.map((verdict, at) => [...cellsOf(verdict, isMeasured), barOf(trend[at] as Decimal, most)]),
  );
  return [
    pc.bold(checkId),
    `${kind}${on === '' ? '' : ` on ${on}`}, ${dimension}${isRemoved ? '; it is not in the project any more' : ''}`,
    '',
    ...verdicts.flatMap((verdict, at) => [...changesOf(verdict), ...lineOf(verdict, rows[at] ?? '')]),
    ...slicesOf(history),
  ];
}

function wordOf({ status, waiver }: PastVerdict): string {
  return waiver === null ? status : 'waived';
}

function cellsOf(verdict: PastVerdict, isMeasured: boolean): string[] {
  const { runNo, checkedAt, failures, population, percentage, measure } = verdict;
  return [
    'run',
    runNo,
    checkedAt.replace('T', ' ').replace(/:\d\dZ$/, ''),
    wordOf(verdict),
    formatNumber(failures),
    'of',
    formatNumber(population),
    percentage === null ? '' : `${percentage} %`,
    ...(isMeasured ? [measure === null ? '' : `measure ${formatNumber(measure)}`] : []),
  ];
}

/** What is not nothing is at least one cell long. */
function barOf(value: Decimal, most: Decimal): string {
  if (value.isZero()) return '';
  return '▇'.repeat(Decimal.max(1, value.times(BAR_CELLS).div(most).round()).toNumber());
}

function changesOf({ isRedefined, changes }: PastVerdict): string[] {
  if (!isRedefined) return [];
  const told = changes.length === 0 ? ['another definition'] : changes.map(describeChange);
  return told.map((change) => pc.yellow(`    ~ ${change}`));
}

function lineOf(verdict: PastVerdict, row: string): string[] {
  const word = wordOf(verdict);
  const { message, waiver, decision } = verdict;
  const notes = [
    message,
    waiver === null ? null : `until ${waiver.expires}: ${waiver.reason}`,
    decision === 'published' ? null : decision === 'held' ? 'not published' : 'the run came to no decision',
  ].filter((note) => note !== null);
  return [`  ${row.replace(` ${word} `, ` ${paintStatus(word)} `)}`, ...notes.map((note) => pc.dim(`      ${note}`))];
}

function slicesOf({ slices }: CheckHistory): string[] {
  if (slices.length === 0) return [];
  const rows = slices.map(({ slice, status, failures, population }) => [
    slice,
    status,
    formatNumber(failures),
    'of',
    formatNumber(population),
  ]);
  return ['', 'Slices of the last run', ...formatTable(rows).map((line) => `  ${line}`)];
}
