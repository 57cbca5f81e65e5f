import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { someColumnPairs } from '../column-pairs.ts';
import { rowsWhere } from '../count.ts';
import { keyText } from '../key-text.ts';
import { doubleRows, oneRow } from '../planting.ts';
import { isBeyond, tolerance } from '../tolerance.ts';

const Arguments = z.strictObject({
  keys: someColumnPairs.describe(
    'What has a balance: account, business unit, currency ... All of them; with `to` also `{ours: theirs}`.',
  ),
  period: someColumnPairs.describe('The column, or columns, that put its periods in order: `[fiscal_year, period]`.'),
  opening: z.string().describe('The balance at the beginning of a period: a column or an expression.'),
  closing: z.string().describe('The balance at its end.'),
  activity: z.string().optional().describe('What came in between, in the same row. Or `to`.'),
  to: relationName.optional().describe('The relation with the rows that came in between.'),
  to_amount: z.string().optional().describe('Their amount, with its sign: a column or an expression. With `to`.'),
  to_where: z.string().optional().describe('SQL that says which of them count.'),
  no_activity: z
    .enum(['zero', 'violation'])
    .default('zero')
    .describe('What it means when `to` has no row for a balance: that nothing came in, or a violation.'),
  carried: z
    .boolean()
    .default(true)
    .describe('Whether an opening balance is the closing balance of the period before.'),
  tolerance: tolerance
    .default('0')
    .describe("How far two balances may be apart: a decimal, or '0.5 %' of the closing one."),
});
type Arguments = z.output<typeof Arguments>;

/** Opening + activity = closing, key by key and period by period, and each opening is the closing before it. Nothing that is missing is taken for zero. */
export const rollForward = checkKind({
  arguments: Arguments,
  relations: ['to'],
  refuse: (given) => {
    if ((given.activity === undefined) === (given.to === undefined))
      return 'roll_forward needs activity, or to with to_amount: one of the two';
    if ((given.to === undefined) !== (given.to_amount === undefined))
      return 'roll_forward needs to and to_amount together';
    return given.to_where !== undefined && given.to === undefined
      ? 'to_where speaks of another relation: give to'
      : undefined;
  },
  dimension: 'accuracy',
  of: 'relation',
  violationOf: 'row',
  finds:
    'balances where opening + activity is not closing, or where the opening is not the closing of the period before; a null in any of them; a key that stands twice in a period or has a part missing; and activity of a key and period that has no balance.',
  example: `roll_forward:
  arguments:
    keys: [account, business_unit]
    period: period
    opening: amount_beginning
    closing: amount_ending
    to: ref('journal_lines')
    to_amount: signed_amount`,
  thresholds: ['tolerance'],
  plan: (context) => {
    const { relation, where, resolve, arguments: given } = context;
    const { to } = given;
    const judged = judgedRows(context);
    if (to === undefined) return { population: rowsWhere(where), violations: judged };
    const onlyThere = `select count(*) from (select ${keysOf(context, 'theirs')} from ${resolve(to)} as t where ${among(context)} group by ${positions(given)}) as a where not exists (select 1 from (select ${keysOf(context, 'ours')} from ${relation} as t where ${where}) as b where ${samePeriod(given)})`;
    return {
      population: { query: `select (select count(*) from ${relation} as t where ${where}) + (${onlyThere})` },
      violations: judged,
      alsoReads: [to],
    };
  },
  faults: [
    {
      name: 'a closing balance is beyond what is forgiven',
      statements: ({ relation, arguments: given }) => {
        const { closing, tolerance: allowed } = given as Arguments;
        const more = `abs(${closing}) + ${allowed.replace(/\s*%$/, '')} + 0.01`;
        return [`update ${relation} set ${closing} = ${closing} + ${more} where ${oneRow(relation)}`];
      },
    },
    {
      name: 'an opening balance is missing',
      statements: ({ relation, arguments: given }) => [
        `update ${relation} set ${(given as Arguments).opening} = null where ${oneRow(relation)}`,
      ],
    },
    { name: 'a balance stands twice', statements: ({ relation }) => [doubleRows(relation, oneRow(relation))] },
    {
      name: 'a row of the activity is lost',
      statements: ({ resolve, arguments: given }) => {
        const { to } = given as Arguments;
        return to === undefined ? [] : [`delete from ${resolve(to)} where ${oneRow(resolve(to))}`];
      },
    },
    {
      name: 'a balance is lost',
      statements: ({ relation, arguments: { to } }) =>
        to === undefined ? [] : [`delete from ${relation} where ${oneRow(relation)}`],
    },
  ],
});

function judgedRows(context: KindContext<Arguments>): string {
  const { relation, label, where, expression, resolve, shown, arguments: given } = context;
  const { to } = given;
  const pairs = keyPairs(given);
  const keys = given.keys.map((_, index) => `key_${index}`);
  const periods = given.period.map((_, index) => `key_${given.keys.length + index}`);
  const all = [...keys, ...periods];
  const activity = given.activity === undefined ? 'null::numeric' : `(${expression(given.activity)})`;
  const balances = `select ${keysOf(context, 'ours')}, (${expression(given.opening)}) as opening, (${expression(given.closing)}) as closing, ${activity} as activity from ${relation} as t where ${where}`;
  const ordered = `select balances.*, true as is_here, lag(closing) over in_order as carried, row_number() over in_order > 1 as is_later, count(*) over (partition by ${all.join(', ')}) as times
from (${balances}) as balances
window in_order as (partition by ${keys.join(', ')} order by ${periods.join(', ')})`;
  const movements =
    to === undefined
      ? ''
      : `select ${keysOf(context, 'theirs')}, true as is_there, sum(${movement(context)}) as moved, count(*) - count(${movement(context)}) as without_amount from ${resolve(to)} as t where ${among(context)} group by ${positions(given)}`;
  const moved =
    to === undefined
      ? 'b.activity'
      : `case when a.is_there then case when a.without_amount = 0 then a.moved end else ${given.no_activity === 'zero' ? '0' : 'null'} end`;
  const joined = `select ${to === undefined ? 'true' : 'b.is_here'} as is_here, b.opening, b.closing, b.carried, b.is_later, b.times, ${moved} as activity, ${to === undefined ? 'true' : 'a.is_there'} as is_there,
  num_nulls(${all.map((key) => `b.${key}`).join(', ')}) > 0 as lacks_key,
  ${keyText(all.map((key, index) => shown(to === undefined ? `b.${key}` : `coalesce(b.${key}, a.${key})`, pairs[index]?.ours ?? '')))} as subject_id
from (${ordered}) as b${to === undefined ? '' : ` full join (${movements}) as a on ${samePeriod(given)}`}`;
  const faults: readonly (readonly [condition: string, said: string])[] = [
    ...(to === undefined
      ? []
      : [['is_here is null', literal(`has activity in ${to} but no balance in ${label}`)] as const]),
    ['is_here and lacks_key', literal('a part of its key is missing')],
    ['is_here and times > 1', `'stands ' || times || ' times in one period'`],
    ['is_here and opening is null', literal('has no opening balance')],
    ['is_here and closing is null', literal('has no closing balance')],
    [
      'is_here and activity is null',
      literal(to === undefined ? 'has no activity' : `has no activity in ${to}, or one without an amount`),
    ],
    [
      `is_here and ${isBeyond('(opening + activity)', 'closing', given.tolerance)}`,
      `'opening ' || opening || ' + activity ' || activity || ' is ' || (opening + activity) || ', closing is ' || closing`,
    ],
    ...(given.carried
      ? [
          [
            `is_here and is_later and ${isBeyond('carried', 'opening', given.tolerance)}`,
            `'opening is ' || opening || ', the closing before it ' || carried`,
          ] as const,
        ]
      : []),
  ];
  return `select subject_id, concat_ws('; ', ${faults.map(([condition, said]) => `case when ${condition} then ${said} end`).join(', ')}) as reason, (opening + activity - closing)::numeric as amount
from (${joined}) as joined
where ${faults.map(([condition]) => `(${condition})`).join(' or ')}`;
}

function keyPairs({ keys, period }: Arguments): Arguments['keys'] {
  return [...keys, ...period];
}

function keysOf({ expression, arguments: given }: KindContext<Arguments>, side: 'ours' | 'theirs'): string {
  return keyPairs(given)
    .map((pair, index) => `(${expression(pair[side])}) as key_${index}`)
    .join(', ');
}

function positions(given: Arguments): string {
  return keyPairs(given)
    .map((_, index) => String(index + 1))
    .join(', ');
}

function samePeriod(given: Arguments): string {
  return keyPairs(given)
    .map((_, index) => `b.key_${index} = a.key_${index}`)
    .join(' and ');
}

function movement({ expression, arguments: given }: KindContext<Arguments>): string {
  return `(${expression(given.to_amount ?? '')})`;
}

function among({ render, arguments: { to_where: where } }: KindContext<Arguments>): string {
  return where === undefined ? 'true' : `(${render(where)})`;
}
