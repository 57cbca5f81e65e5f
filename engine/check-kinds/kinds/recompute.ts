import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { CheckPlan, KindContext } from '../check-kind.ts';
import { columnPairs } from '../column-pairs.ts';
import { keyText } from '../key-text.ts';
import { oneRow, setOne } from '../planting.ts';
import { isBeyond, tolerance } from '../tolerance.ts';
import { wrongRows } from '../wrong-rows.ts';

const Arguments = z.strictObject({
  expression: z
    .string()
    .optional()
    .describe('What the value has to be, from the same row: `quantity * price`. Or `to`.'),
  to: relationName.optional().describe('The relation that it is recomputed from.'),
  to_value: z.string().optional().describe('An SQL aggregate over the rows there: `sum(amount)`. With `to`.'),
  to_where: z.string().optional().describe('SQL that says which rows there count.'),
  keys: columnPairs
    .default([])
    .describe('Columns that say which rows there belong to a row here; also `{ours: theirs}`. With `to`.'),
  tolerance: tolerance
    .default('0')
    .describe("How far the two may be apart: a decimal, or '0.5 %' of the recomputed one."),
});
type Arguments = z.output<typeof Arguments>;

/** A reported value is what it is when it is computed anew, from its own row or from the rows of another relation. */
export const recompute = checkKind({
  arguments: Arguments,
  relations: ['to'],
  refuse: (given) => {
    if ((given.expression === undefined) === (given.to === undefined))
      return 'recompute needs expression, or to with keys and to_value: one of the two';
    if (given.to === undefined)
      return given.keys.length > 0 || (given.to_value ?? given.to_where) !== undefined
        ? 'keys, to_value and to_where speak of another relation: give to'
        : undefined;
    return given.keys.length === 0 || given.to_value === undefined
      ? 'recompute from another relation needs keys and to_value'
      : undefined;
  },
  dimension: 'accuracy',
  of: 'column',
  violationOf: 'row',
  finds:
    'rows whose value is not the recomputed one; rows where one of the two has no value (null is not 0; where neither has one, there is nothing to compare). With `to`: also keys that only one side has, and keys that stand twice here.',
  example: `recompute:
  arguments: { expression: quantity * unit_price, tolerance: '0.01' }`,
  thresholds: ['tolerance'],
  plan: (context) => {
    const { column, columnName, shown, expression, arguments: given } = context;
    if (given.to !== undefined) return fromOther(context, given.to);
    const anew = `(${expression(given.expression ?? '')})`;
    return wrongRows(context, {
      looked: `num_nonnulls(${column}, ${anew}) > 0`,
      wrong: `${column} is null or ${anew} is null or ${isBeyond(column, anew, given.tolerance)}`,
      reason: `${literal(`${columnName} is `)} || coalesce(${shown(column, columnName)}, 'null') || '; recomputed ' || coalesce(${shown(anew, given.expression ?? '')}, 'null')`,
      amount: `(${column} - ${anew})::numeric`,
    });
  },
  faults: [
    {
      name: 'a value is twice what it was and a cent beyond what is forgiven',
      statements: ({ relation, column, arguments: given }) => {
        const { tolerance: allowed } = given as Arguments;
        return [setOne(relation, column, `${column} * 2 + ${allowed.replace(/\s*%$/, '')} + 0.01`)];
      },
    },
    {
      name: 'a value has the other sign',
      statements: ({ relation, column }) => [setOne(relation, column, `- ${column}`)],
    },
    { name: 'a value is missing', statements: ({ relation, column }) => [setOne(relation, column, 'null')] },
    {
      name: 'a row that it is recomputed from is lost',
      statements: ({ resolve, arguments: given }) => {
        const { to } = given as Arguments;
        return to === undefined ? [] : [`delete from ${resolve(to)} where ${oneRow(resolve(to))}`];
      },
    },
    {
      name: 'a row is lost',
      statements: ({ relation, arguments: { to } }) =>
        to === undefined ? [] : [`delete from ${relation} where ${oneRow(relation)}`],
    },
  ],
});

function fromOther(context: KindContext<Arguments>, to: string): CheckPlan {
  const { relation, label, where, column, columnName, resolve, expression, render, shown, arguments: given } = context;
  const keys = given.keys.map((_, index) => `key_${index}`);
  const numbers = keys.map((_, index) => String(index + 1)).join(', ');
  const keysOf = (side: 'ours' | 'theirs'): string =>
    given.keys.map((pair, index) => `(${expression(pair[side])}) as ${keys[index]}`).join(', ');
  const among = given.to_where === undefined ? 'true' : `(${render(given.to_where)})`;
  const here = `select ${keysOf('ours')}, true as is_here, min(${column}) as value, count(*) as times from ${relation} as t where ${where} group by ${numbers}`;
  const there = `select ${keysOf('theirs')}, true as is_there, (${render(given.to_value ?? '')}) as anew from ${resolve(to)} as t where ${among} group by ${numbers}`;
  const joined = `(${here}) as a full join (${there}) as b on ${keys.map((key) => `a.${key} = b.${key}`).join(' and ')}`;
  const subject = keyText(
    keys.map((key, index) => shown(`coalesce(a.${key}, b.${key})`, given.keys[index]?.ours ?? '')),
  );
  const looked = 'is_here is null or is_there is null or num_nonnulls(value, anew) > 0';
  return {
    population: { query: `select count(*) from ${joined} where ${looked}` },
    violations: `select ${subject} as subject_id, case
    when is_there is null then ${literal(`is in ${label} but not in ${to}`)}
    when is_here is null then ${literal(`is in ${to} but not in ${label}`)}
    when times > 1 then 'stands ' || times || ${literal(` times in ${label}`)}
    else ${literal(`${columnName} is `)} || coalesce(${shown('value', columnName)}, 'null') || ${literal(`; recomputed from ${to} `)} || coalesce(anew::text, 'null') end as reason, (value - anew)::numeric as amount
from ${joined}
where is_here is null or is_there is null or times > 1 or (value is null) <> (anew is null) or ${isBeyond('value', 'anew', given.tolerance)}`,
    alsoReads: [to],
  };
}
