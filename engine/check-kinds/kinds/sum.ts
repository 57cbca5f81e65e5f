import { z } from 'zod';
import { EngineError } from '../../errors.ts';
import { literal } from '../../sql-text.ts';
import { decimal, relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { CheckPlan, KindContext } from '../check-kind.ts';
import { columnPairs } from '../column-pairs.ts';
import { countQuery, rowsWhere } from '../count.ts';
import { groupsOf } from '../groups-of.ts';
import { keyText } from '../key-text.ts';
import { doubleRows, oneRow } from '../planting.ts';
import { beyondInWords, isBeyond, tolerance } from '../tolerance.ts';

const Arguments = z.strictObject({
  value: z
    .string()
    .optional()
    .describe('An SQL aggregate, `sum(amount) - sum(tax)`; the sum of the column when left out.'),
  equals: decimal.optional().describe('The number that it is.'),
  min: decimal.optional().describe('The least that it is.'),
  max: decimal.optional().describe('The most that it is.'),
  to: relationName.optional().describe('Another relation, which has the same.'),
  to_value: z.string().optional().describe('The aggregate there; the same as here when left out.'),
  to_where: z.string().optional().describe('SQL that says which rows there count.'),
  group_by: columnPairs
    .default([])
    .describe('Columns whose values form the groups; with `to` also `{ours: theirs}`. None: all rows are one group.'),
  tolerance: tolerance
    .default('0')
    .describe("How far it may be from `equals` or from the other relation: a decimal, or '0.5 %' of that."),
});
type Arguments = z.output<typeof Arguments>;

/** A sum, or another aggregate, is a number, lies within bounds, or is that of another relation; of each group. */
export const sum = checkKind({
  arguments: Arguments,
  relations: ['to'],
  refuse: ({ equals, min, max, to, to_value: value, to_where: where }) => {
    if ((equals ?? min ?? max ?? to) === undefined)
      return 'sum needs equals, min, max or to; without them it could only pass';
    if (to === undefined && (value ?? where) !== undefined)
      return 'to_value and to_where speak of another relation: give to';
    if (to !== undefined && (equals ?? min ?? max) !== undefined)
      return 'sum takes to, or equals, min and max, not both';
    return undefined;
  },
  dimension: 'accuracy',
  of: 'either',
  violationOf: 'group',
  finds:
    'groups of rows (all rows, without group_by) whose sum is not the number, lies outside of the bounds, or is not that of the other relation; a group that only one relation has; a sum that has no value because every row of it is null.',
  example: `sum:
  arguments: { value: 'sum(debit) - sum(credit)', equals: 0, group_by: [fiscal_year] }`,
  thresholds: ['equals', 'min', 'max', 'tolerance'],
  plan: (context) => (context.arguments.to === undefined ? judged(context) : compared(context, context.arguments.to)),
  faults: [
    {
      name: 'a row is lost',
      statements: ({ relation, arguments: { min, max } }) =>
        min === undefined && max === undefined ? [`delete from ${relation} where ${oneRow(relation)}`] : [],
    },
    {
      name: 'a row stands twice',
      statements: ({ relation, arguments: { min, max } }) =>
        min === undefined && max === undefined ? [doubleRows(relation, oneRow(relation))] : [],
    },
    {
      name: 'every row stands a thousand times',
      statements: ({ relation, arguments: { max } }) =>
        max === undefined ? [] : [`insert into ${relation} select t.* from ${relation} as t, generate_series(2, 1000)`],
    },
    {
      name: 'the column has no value',
      statements: ({ relation, column }) => (column === '' ? [] : [`update ${relation} set ${column} = null`]),
    },
  ],
});

/** Of rows `t`; of each group when the statement has groups. */
function valueOf({ definition, column, render, arguments: given }: KindContext<Arguments>): string {
  if (given.value !== undefined) return `(${render(given.value)})`;
  if (column !== '') return `sum(${column})`;
  const place = { file: definition.file, line: definition.line };
  const message = `check ${definition.id}: sum needs a value, or stands under a column`;
  throw new EngineError('CHECK_INVALID', message, { place });
}

function nameOf({ columnName, arguments: given }: KindContext<Arguments>): string {
  return given.value ?? `sum of ${columnName}`;
}

function judged(context: KindContext<Arguments>): CheckPlan {
  const { relation, where, arguments: given } = context;
  const groups = groupsOf(
    given.group_by.map(({ ours }) => ours),
    context,
  );
  const { equals, min, max } = given;
  const outside = (value: string): string =>
    [
      `${value} is null`,
      ...(equals === undefined ? [] : [isBeyond(value, `(${equals})`, given.tolerance)]),
      ...(min === undefined ? [] : [`${value} < ${min}`]),
      ...(max === undefined ? [] : [`${value} > ${max}`]),
    ].join(' or ');
  const expected = [
    ...(equals === undefined ? [] : [`${equals}${isExact(given) ? '' : `, or within ${given.tolerance} of it`}`]),
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ].join(' and ');
  const value = valueOf(context);
  const wrong = `count(*) > 0 and (${outside(value)})`;
  const from = `from ${relation} as t
where ${where}${groups.groupBy}
having ${wrong}`;
  // An aggregate that somebody wrote cannot be told which rows count.
  const found =
    given.value !== undefined && given.group_by.length === 0 && where !== 'true'
      ? { query: `select count(*) from (select 1 ${from}) as found` }
      : groups.found((aggregate) =>
          given.value === undefined
            ? `${aggregate('count(*)')} > 0 and (${outside(aggregate(value))})`
            : `${aggregate('count(*)')} > 0 and (${outside(value)})`,
        );
  return {
    population: rowsWhere(where),
    found,
    violations: `select ${groups.subject} as subject_id, ${literal(`${nameOf(context)} is `)} || coalesce((${value})::text, 'null') || ${literal(`; expected ${expected}`)} as reason${equals === undefined ? '' : `, (${value} - ${equals})::numeric as amount`}
${from}`,
  };
}

function isExact({ tolerance: allowed }: Arguments): boolean {
  return beyondInWords(allowed) === '';
}

/** Both sides' groups in one list, so that a group of nulls meets its counterpart too. */
function compared(context: KindContext<Arguments>, to: string): CheckPlan {
  const { relation, label, where, resolve, expression, render, shown, columnName, arguments: given } = context;
  const among = given.to_where === undefined ? 'true' : `(${render(given.to_where)})`;
  const other = `${resolve(to)} as t`;
  const ours = valueOf(context);
  const theirs =
    given.to_value !== undefined
      ? `(${render(given.to_value)})`
      : given.value === undefined
        ? `sum(${expression(columnName)})`
        : `(${render(given.value)})`;
  const keys = given.group_by.map((_, index) => `key_${index}`);
  const side = (from: string, value: string, columns: readonly string[], isHere: boolean): string =>
    `select ${columns.map((written, index) => `${expression(written)} as ${keys[index]}, `).join('')}${value} as value, ${isHere} as is_here from ${from}${columns.length === 0 ? '' : ` group by ${columns.map(expression).join(', ')}`} having count(*) > 0`;
  const here = side(
    `${relation} as t where ${where}`,
    ours,
    given.group_by.map((pair) => pair.ours),
    true,
  );
  const there = side(
    `${other} where ${among}`,
    theirs,
    given.group_by.map((pair) => pair.theirs),
    false,
  );
  const subject =
    keys.length === 0
      ? literal(label)
      : keyText(keys.map((key, index) => shown(key, given.group_by[index]?.ours ?? '')));
  const [a, b] = [`max(value) filter (where is_here)`, `max(value) filter (where not is_here)`];
  const count = (from: string, which: string): string => countQuery(rowsWhere(which), from);
  return {
    population: { query: `select (${count(relation, where)}) + (${count(resolve(to), among)})` },
    violations: `select subject_id, case
    when not is_there then ${literal(`is in ${label} but not in ${to}`)}
    when not is_here then ${literal(`is in ${to} but not in ${label}`)}
    else ${literal(`${nameOf(context)} is `)} || coalesce(here::text, 'null') || ${literal(` in ${label} and `)} || coalesce(there::text, 'null') || ${literal(` in ${to}`)} end as reason, (here - there)::numeric as amount
from (
  select ${subject} as subject_id, bool_or(is_here) as is_here, bool_or(not is_here) as is_there, ${a} as here, ${b} as there
  from (${here} union all ${there}) as both_sides
  group by (${keys.join(', ')})
  having count(*) > 0
) as compared
where not is_here or not is_there or here is null or there is null or ${isBeyond('here', 'there', given.tolerance)}`,
    alsoReads: [to],
  };
}
