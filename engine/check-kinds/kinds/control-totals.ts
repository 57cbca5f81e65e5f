import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { columnPairs } from '../column-pairs.ts';
import { rowsWhere } from '../count.ts';
import { keyText } from '../key-text.ts';
import { doubleRows } from '../planting.ts';
import { isBeyond, tolerance } from '../tolerance.ts';

const Arguments = z.strictObject({
  to: relationName.describe('The relation with the control figures, such as a landed control file.'),
  match: columnPairs
    .default([])
    .describe(
      'Columns that pair rows with their control row; {ours: theirs} where the names differ. Without them there is one control row for all.',
    ),
  rows: z.string().optional().describe('The column of the control row that says how many rows there are.'),
  totals: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Sums to tie out: our column, or an expression, and the column of the control row: {amount: control_amount}.',
    ),
  tolerance: tolerance
    .default('0')
    .describe(`By how much a sum may differ: '0.01', or '0.5 %' of the control. A row count must agree.`),
  to_where: z.string().optional().describe('Which control rows count, as SQL.'),
});
type Arguments = z.output<typeof Arguments>;

/** Row counts and sums are those of a control table, for each of its rows. */
export const controlTotals = checkKind({
  arguments: Arguments,
  refuse: ({ rows, totals }) =>
    rows === undefined && Object.keys(totals).length === 0
      ? 'control_totals needs rows or totals; without them there is nothing to tie out'
      : undefined,
  dimension: 'completeness',
  of: 'relation',
  relations: ['to'],
  violationOf: 'group',
  finds:
    'groups whose number of rows or sums are not those of their control row; groups without a control row or with several; control rows without rows, unless their own row count is 0. Null is not zero: a sum over no value, and a control figure that is null, agree with nothing.',
  example: `control_totals:
  arguments:
    to: source('erp', 'gl_control')
    match: [fiscal_year, period]
    rows: line_count
    totals: { amount: total_amount }`,
  thresholds: ['tolerance'],
  plan: (context) => {
    const { label, where, arguments: given } = context;
    const keys = given.match.map((_, index) => `key_${index}`);
    const named =
      keys.length === 0
        ? literal(label)
        : keyText(keys.map((key, index) => context.shown(key, given.match[index]?.ours ?? '')));
    const [first] = Object.keys(given.totals);
    return {
      population: rowsWhere(where),
      violations: `with ${pairedSides(context)}
select ${named} as subject_id, reason, ${first === undefined ? 'rows_here - rows_there' : 'here_0 - there_0'} as amount
from paired
cross join lateral (select nullif(concat_ws('; ', ${problems(context).join(', ')}), '') as reason) as judged
where reason is not null`,
      alsoReads: [given.to],
    };
  },
  faults: [
    { name: 'all rows are lost', statements: ({ relation }) => [`delete from ${relation}`] },
    { name: 'every row comes twice', statements: ({ relation }) => [doubleRows(relation, 'true')] },
    {
      name: 'the control rows are lost',
      statements: ({ resolve, arguments: given }) => [`delete from ${resolve(String(given['to']))}`],
    },
  ],
});

/** One row for each key of either side: both sides one below the other, because a full join could not pair keys that are null. */
function pairedSides({
  relation,
  where,
  resolve,
  expression,
  render,
  arguments: given,
}: KindContext<Arguments>): string {
  const totals = Object.entries(given.totals);
  const among = given.to_where === undefined ? 'true' : `(${render(given.to_where)})`;
  const ours = given.match.map((pair) => expression(pair.ours));
  const theirs = given.match.map((pair) => expression(pair.theirs));
  const keys = given.match.map((_, index) => `key_${index}`);
  const list = (parts: readonly string[]): string => parts.map((part) => `, ${part}`).join('');
  const grouped = keys.length === 0 ? '' : ` group by ${keys.join(', ')}`;
  const named = (columns: readonly string[]): string =>
    columns.map((column, index) => `${column} as key_${index}, `).join('');
  return `sides as (
  select ${named(ours)}count(*)::numeric as rows_here, null::numeric as rows_there, 0 as controls${list(totals.map(([ours], index) => `sum((${expression(ours)})::numeric) as here_${index}, null::numeric as there_${index}`))}
  from ${relation} as t where ${where}${ours.length === 0 ? '' : ` group by ${ours.join(', ')}`}
  union all
  select ${named(theirs)}0, ${given.rows === undefined ? 'null' : `(${expression(given.rows)})::numeric`}, 1${list(totals.map(([, theirs]) => `null, (${expression(theirs)})::numeric`))}
  from ${resolve(given.to)} as t where ${among}
),
paired as (
  select ${[...keys, ''].join(', ')}max(rows_here) as rows_here, max(rows_there) as rows_there, sum(controls) as controls${list(totals.map((_, index) => `max(here_${index}) as here_${index}, max(there_${index}) as there_${index}`))}
  from sides${grouped}
)`;
}

/** SQL texts, each null where that figure ties out. */
function problems({ label, arguments: given }: KindContext<Arguments>): string[] {
  const { to, tolerance: allowed } = given;
  const when = (condition: string, text: string): string => `case when ${condition} then ${text} end`;
  const isPaired = 'controls = 1';
  const saysNone = given.rows === undefined ? 'false' : 'rows_there = 0';
  const figure = (name: string, here: string, there: string, differs: string): string =>
    when(
      `${isPaired} and (rows_here > 0 or ${saysNone}) and (${here} is null or ${there} is null or ${differs})`,
      `${literal(`${name}: `)} || coalesce(trim_scale(${here})::text, 'no value') || ${literal(` in ${label}, `)} || coalesce(trim_scale(${there})::text, 'no value') || ${literal(` in ${to}`)}`,
    );
  const total = (ours: string, index: number): string => {
    // The sum over no rows is 0 where the control row itself says that there are none.
    const here = `(case when rows_here = 0 then 0 else here_${index} end)`;
    return figure(ours.replaceAll(/\s+/g, ' '), here, `there_${index}`, isBeyond(here, `there_${index}`, allowed));
  };
  return [
    when('controls = 0', literal(`no control row in ${to}`)),
    when('controls > 1', `controls || ${literal(` control rows in ${to}; expected one`)}`),
    when(
      `${isPaired} and rows_here = 0 and ${saysNone} is not true`,
      literal(`no rows in ${label} for a control row in ${to}`),
    ),
    ...(given.rows === undefined ? [] : [figure('rows', 'rows_here', 'rows_there', 'rows_here <> rows_there')]),
    ...Object.keys(given.totals).map(total),
  ];
}
