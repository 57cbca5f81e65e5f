import { z } from 'zod';
import type { CheckKindSpec, ViolationOf } from '../../../engine/check-kinds/check-kind.ts';
import { CHECK_KINDS, kindNamed } from '../../../engine/check-kinds/check-kinds.ts';
import { Dimension } from '../../../engine/contracts/check.ts';
import type { CheckSettings } from '../../../engine/contracts/check.ts';
import { caseNames } from '../check/case-world.ts';
import { cases } from '../check/check-cases.ts';
import { typeText } from './type-text.ts';
import type { Json } from './type-text.ts';

/** CHECKS.md: what every kind of check looks at, finds and takes, from what the kinds say of themselves and what their cases show. */
export function checksPage(): string {
  const byDimension = Dimension.options.map((dimension) => ({
    dimension,
    kinds: Object.entries(CHECK_KINDS).filter(([, kind]) => kind.dimension === dimension),
  }));
  return [
    HEAD,
    '## Settings\n\nBeside `arguments:`, of every kind:\n',
    ...Object.entries(SETTINGS).map(([name, says]) => `- \`${name}\`: ${says}`),
    '\n## All kinds\n',
    ...byDimension.map(
      ({ dimension, kinds }) => `- ${dimension}: ${kinds.map(([name]) => `[${name}](#${name})`).join(', ')}`,
    ),
    ...byDimension.flatMap(({ dimension, kinds }) => [
      `\n## ${dimension[0]?.toUpperCase()}${dimension.slice(1)}\n`,
      ...kinds.map(([name, kind]) => kindText(name, kind)),
    ]),
  ].join('\n');
}

const HEAD = `# Kinds of checks

This page is made from the source of the kinds; a test compares it with them, reads every example, and plants the faults that each kind must find.

A check stands in a YAML file under \`checks/<vertical>/\` or \`sql/<vertical>/\`, in the \`checks:\` (or \`data_tests:\`) of a model, a seed, a snapshot or a source's table, or of one of its columns:

\`\`\`yaml
models:
  - name: orders
    checks:
      - row_count:
          arguments: { min: 1 }
          severity: warn
    columns:
      - name: order_id
        checks: [not_null, unique]
\`\`\`

## How a verdict comes about

1. **Population**: the rows that the check looks at, those of its table for which \`where\` is true; some kinds also leave out rows without a value. Nothing to look at is \`no_data\`, and so are fewer rows than \`min_population\`. It is never a pass.
2. **Violations**: what the kind finds. All are counted; up to 100,000 rows a check are kept with their reason, fewer with \`limit\`.
3. **Thresholds**: with \`severity: error\` (the default) \`error_if\` is asked first, and then the check is \`fail\`; then \`warn_if\`, and it is \`warn\`. With \`severity: warn\` only \`warn_if\` is asked. Both are \`!= 0\` when left out. They compare the number of violations (\`'> 10'\`, \`'between 1 and 5'\`), their share of the population (\`'> 0.5 %'\`, exact: 1 in 200 is not more than 0.5 %), or the rows without one (\`'passes < 95 %'\`). A share means nothing for kinds that judge groups or a whole table, and is refused there.
4. **Slices**: with \`slices\` every day, month or value of a column is judged by itself; one without rows is \`no_data\`. The verdict is the worst of them.
5. **What it rests on**: a check that would pass but rests on an empty table, near or far above its own, is \`no_data\`, and the message names that table: nothing was wrong because nothing was there. \`may_be_empty: true\` on the table, or \`empty_upstream: allow\` on the check, says that this is meant.
6. **Waivers** (\`checks/<vertical>/waivers.yml\`): a failure that somebody decided to live with, with reason, approver and last day, stays a failure, is shown as waived and holds nothing back.

Other verdicts: \`error\` (it could not run) and \`skipped\` (what it looks at was not built; the message says why). A blocking check (by default: severity error) that is \`fail\`, \`error\`, \`skipped\` or \`no_data\` holds the whole publication back.

A reason never shows the value of a column that is tagged \`pii\`.
`;

/** Every setting; the type sees to it that none is forgotten. */
const SETTINGS: Readonly<Record<keyof CheckSettings, string>> = {
  id: 'the name of the check everywhere; made of vertical, kind, table and column when left out',
  description: 'what people read about it',
  dimension: `${Dimension.options.join(', ')}; by default the kind's`,
  severity: '`error` (default) or `warn`: the worst that its violations can be',
  blocking: 'whether a failure holds the publication back; by default when the severity is error',
  no_data: '`hold` (default): nothing to look at holds the publication back too; `tell`: it is only told',
  where: 'SQL: the rows that are looked at',
  min_population: 'fewer rows looked at than this are `no_data`',
  slices:
    '`by` a column, and for a time `every: day`, `week`, `month`, `quarter` or `year` with `from` or `last` (and `to`); else `values`, or all that are there and were in the last published run',
  empty_upstream: '`no_data` (default) or `allow`: whether a pass stands although something above is empty',
  warn_if: 'threshold of a warning',
  error_if: 'threshold of a failure',
  fail_calc: 'SQL over the violating rows that gives the number which the thresholds compare, in place of `count(*)`',
  limit: 'most violating rows that are kept; all are counted',
  store_failures: 'whether the violating rows also stand in a table of their own',
  store_failures_as: '`table`, `view` (a table here) or `ephemeral` (not at all)',
  enabled: '`false` takes it out',
  tags: 'words to select it by',
  meta: 'anything; kept for other tools',
  schema: 'of the table of violating rows: what follows the vertical in its schema',
  alias: 'its name',
  database: 'kept for other tools; there is one database',
};

const LOOKS: Readonly<Record<CheckKindSpec['of'], string>> = {
  column: 'a column',
  relation: 'whole rows: it stands under the table',
  either: 'whole rows, or a column',
};

const VIOLATION: Readonly<Record<ViolationOf, string>> = {
  row: 'a row',
  key: 'a key',
  value: 'a value',
  group: 'a group of rows',
  whole: 'the table as a whole',
};

function kindText(name: string, kind: CheckKindSpec): string {
  const { aliases = [], settings } = kind;
  const facts = [
    `- Looks at ${LOOKS[kind.of]}.`,
    `- One violation is ${VIOLATION[kind.violationOf]}.`,
    `- An empty table: ${emptyText(name)}.`,
    ...(settings === undefined ? [] : [`- Settings when nothing is said: ${said(settings)}.`]),
    ...(aliases.length === 0 ? [] : [`- Also called ${aliases.map((alias) => aliasText(alias, kind)).join(', ')}.`]),
  ];
  return [
    `### ${name}\n`,
    `Finds ${kind.finds}\n`,
    ...facts,
    `\n\`\`\`yaml\n- ${kind.example.trim().replaceAll('\n', '\n  ')}\n\`\`\`\n`,
    argumentsText(kind.arguments),
  ].join('\n');
}

function aliasText(alias: string, { aliasArguments }: CheckKindSpec): string {
  const own = aliasArguments?.[alias];
  if (own === undefined) return `\`${alias}\``;
  const takes = Object.keys(own.shape).map((key) => `\`${key}\``);
  return `\`${alias}\` (with ${takes.join(', ')})`;
}

function said(settings: object): string {
  return Object.entries(settings)
    .map(([key, value]) => `\`${key}: ${value}\``)
    .join(', ');
}

/** As the cases over tables without rows show it. */
function emptyText(kind: string): string {
  const statuses = caseNames.flatMap((name) => {
    const { check, status, counts } = cases[name]!;
    const isEmpty = counts?.startsWith('0/') ?? (status === 'no_data' && name.includes('empty'));
    return isEmpty && check.sql === undefined && kindNamed(check.kind ?? '')?.name === kind ? [status] : [];
  });
  const told = [...new Set(statuses)].sort().map((status) => `\`${status}\``);
  return told.length > 1 ? `${told.join(' or ')}, as its arguments have it` : (told[0] ?? '`no_data`');
}

function argumentsText(schema: z.ZodObject): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  const lines = Object.entries(json.properties ?? {}).map(([name, argument]) => {
    const facts = [typeText(argument), defaultText(argument, json.required?.includes(name) ?? false)];
    return `- \`${name}\` (${facts.filter((fact) => fact !== '').join(', ')}): ${argument.description ?? ''}`;
  });
  return lines.length === 0 ? 'No arguments.\n' : `Arguments:\n\n${lines.join('\n')}\n`;
}

function defaultText({ default: value }: Json, isRequired: boolean): string {
  if (value === undefined) return isRequired ? 'needed' : '';
  return `default \`${JSON.stringify(value)}\``;
}
