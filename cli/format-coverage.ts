import pc from 'picocolors';
import type { Coverage, CoverageReport, CoveredCheck, CoveredRelation, Share } from '../engine/contracts/coverage.ts';
import { plural } from './format-line.ts';
import { formatTable } from './format-table.ts';
import { paintStatus } from './paint-status.ts';

/** The report as people read it: figures by table, then what is missing, by name. */
export function formatCoverage(report: CoverageReport): string[] {
  const { relations, controls, kris, checks, unresolved, knowsVerdicts } = report;
  const of = (type: CoveredRelation['type']): readonly CoveredRelation[] =>
    relations.filter((relation) => relation.type === type);
  return [
    ...section('Fields of sources', fieldLines(of('source'))),
    ...section('Columns of models', fieldLines(of('model'))),
    ...section(
      'Controls whose tests do not stand',
      formatTable(
        controls.flatMap(({ id, title, risk, tests }) =>
          tests.flatMap(({ check, gaps }) => (gaps.length === 0 ? [] : [[id, title, risk, check, words(gaps)]])),
        ),
      ),
    ),
    ...section(
      'KRIs over models without a check',
      kris.flatMap(({ id, title, unchecked }) =>
        unchecked.length === 0 ? [] : [`${id}  ${title}: ${unchecked.join(', ')}`],
      ),
    ),
    ...section('Checks whose verdict does not stand', checkLines(checks)),
    ...section('Slices without a verdict by the definition that stands', sliceLines(checks)),
    ...section('Verdicts taken over from an earlier run', reusedLines(checks)),
    ...section(
      'Not resolved',
      unresolved.map(({ subject, reason }) => `${subject}: ${reason}`),
    ),
    ...(knowsVerdicts ? [] : ['Without a warehouse nothing is known of verdicts.', '']),
    summaryLine(report),
  ];
}

function summaryLine({ summary, relations, knowsVerdicts }: CoverageReport): string {
  const unknown = relations.filter(({ type, columnsFrom }) => type === 'source' && columnsFrom === 'unknown').length;
  const { fields, modelColumns, controls, kris, checks } = summary;
  return [
    `fields ${figure(fields)} covered${percent(fields)}`,
    ...(unknown === 0 ? [] : [`${plural(unknown, 'table')} with columns that are not known`]),
    `model columns ${figure(modelColumns)}${percent(modelColumns)}`,
    `KRIs ${figure(kris)}`,
    ...(knowsVerdicts ? [`controls ${figure(controls)}`, `checks ${figure(checks)} with a pass that stands`] : []),
  ].join(', ');
}

function figure({ covered, of }: Share): string {
  return `${covered} of ${of}`;
}

function percent(share: Share): string {
  return share.percent === null ? '' : ` (${share.percent} %)`;
}

const HEADS = ['table', 'fields', 'checked', 'through models', 'rows only', 'none', ''];

function fieldLines(relations: readonly CoveredRelation[]): string[] {
  if (relations.length === 0) return [];
  const names = ({ fields }: CoveredRelation, how: Coverage): string[] =>
    fields.filter(({ coverage }) => coverage === how).map(({ column }) => column);
  const rows = relations.map((relation) => [
    relation.name,
    ...[
      relation.fields.length,
      ...(['checked', 'through_models', 'rows', 'none'] as const).map((how) => names(relation, how).length),
    ].map(String),
    relation.columnsFrom === 'warehouse' ? '' : FROM[relation.columnsFrom],
  ]);
  const missing = relations.flatMap((relation) =>
    (['none', 'rows'] as const).flatMap((how) => {
      const columns = names(relation, how);
      return columns.length === 0 ? [] : [`${relation.name}: ${WORDS[how]}: ${columns.join(', ')}`];
    }),
  );
  return [...formatTable([HEADS, ...rows]), ...(missing.length === 0 ? [] : ['', ...missing])];
}

const WORDS = { none: 'no check', rows: 'only whole rows are checked' } as const;
const FROM = { files: 'by its files', unknown: 'its columns are not known' } as const;

function checkLines(checks: readonly CoveredCheck[]): string[] {
  const bad = checks.filter(({ gaps }) => gaps.length > 0);
  const rows = bad.map((check) => [words(check.gaps), check.id, lastOf(check), check.message ?? '']);
  return formatTable(rows).map((line, at) => {
    const first = bad[at]?.gaps[0];
    return first === undefined ? line : line.replace(first, paintStatus(first));
  });
}

function lastOf({ checkedAt, runNo, waivedUntil }: CoveredCheck): string {
  if (checkedAt === null) return '';
  const until = waivedUntil === null ? '' : `, waived until ${waivedUntil}`;
  return `run ${runNo}, ${checkedAt.slice(0, 16).replace('T', ' ')}${until}`;
}

function sliceLines(checks: readonly CoveredCheck[]): string[] {
  return checks.flatMap(({ id, slices }) => {
    if (slices === null || slices.missing.length === 0) return [];
    const shown = slices.missing.slice(0, 12).join(', ');
    const more = slices.missing.length > 12 ? ` and ${slices.missing.length - 12} more` : '';
    return [`${id}: ${slices.tested} of ${slices.expected} tested; not ${shown}${more}`];
  });
}

function reusedLines(checks: readonly CoveredCheck[]): string[] {
  return formatTable(
    checks.flatMap(({ id, reusedSince }) =>
      reusedSince === null ? [] : [[id, `since ${reusedSince.slice(0, 16).replace('T', ' ')}`]],
    ),
  );
}

function words(gaps: readonly string[]): string {
  return gaps.join(', ').replaceAll('_', ' ');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [pc.bold(title), ...lines.map((line) => `  ${line}`.trimEnd()), ''];
}
