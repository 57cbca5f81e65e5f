import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { columns } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { CheckPlan, KindContext } from '../check-kind.ts';
import { rowsWhere } from '../count.ts';
import { doubleRows, oneRow } from '../planting.ts';

/** How a text is read before it is compared. What is left of it may be nothing: then it has no value. */
const NORMALISED = {
  alphanumeric: (text: string) => `nullif(upper(regexp_replace(${text}, '[^[:alnum:]]', '', 'g')), '')`,
  digits: (text: string) => `nullif(ltrim(regexp_replace(${text}, '[^0-9]', '', 'g'), '0'), '')`,
  upper: (text: string) => `nullif(upper(btrim(${text})), '')`,
} as const;

const Distance = z
  .union([z.number().min(0), z.string()])
  .transform(String)
  .refine((text) => isNumber(text) || isInterval(text), {
    error: `a number, '0.01', a share, '1 %', or a stretch of time, '5 days'`,
  });

const Arguments = z.strictObject({
  same: columns
    .refine((given) => given.length > 0, { error: 'needs at least one column' })
    .describe(
      'Columns, or expressions, that duplicates have in common: `[vendor_id, invoice_no, amount]`. A row without one of them is not looked at.',
    ),
  different: columns
    .default([])
    .describe(
      'Columns in which they must differ: `[vendor_id]` finds one invoice paid to two vendors. A missing value differs from any other.',
    ),
  normalise: z
    .record(z.string(), z.enum(['alphanumeric', 'digits', 'upper']))
    .default({})
    .describe(
      'How a column of `same` is read: `alphanumeric` (letters and digits, in capitals), `digits` (without zeros in front), `upper` (in capitals, without blanks around it).',
    ),
  within: z
    .record(z.string(), Distance)
    .default({})
    .describe(
      "How far two values of a column of `same` may be apart: `{invoice_date: '5 days', amount: '0.01'}`, or '1 %' of the greater one.",
    ),
  amount: z.string().optional().describe('The column of `same` that is the amount of a row.'),
  net_zero_is_fine: z
    .boolean()
    .default(false)
    .describe(
      'Whether a row and one of the opposite amount, with all else the same, cancel out and are both left out: a payment and its credit memo. With `amount`.',
    ),
});
type Arguments = z.output<typeof Arguments>;

/** Rows that look like the same thing twice: the same values, the same but for one column, or nearly the same. */
export const duplicates = checkKind({
  arguments: Arguments,
  refuse: (given) => {
    const unknown = [...Object.keys(given.normalise), ...Object.keys(given.within)].find(
      (name) => !given.same.includes(name),
    );
    if (unknown !== undefined) return `duplicates: '${unknown}' is not one of same: ${given.same.join(', ')}`;
    if (exactOf(given).length === 0)
      return 'duplicates needs a column of same that is not under within; without one every row would be compared with every other';
    if (given.net_zero_is_fine && (given.amount === undefined || !exactOf(given).includes(given.amount)))
      return 'net_zero_is_fine needs amount: a column of same that is not under within';
    return undefined;
  },
  dimension: 'uniqueness',
  of: 'relation',
  violationOf: 'row',
  finds:
    'rows that belong to a group of duplicates, each with another row of it: the same in all columns of `same` (as `normalise` reads them, and as near as `within` says) and different in each of `different`.',
  example: `duplicates:
  arguments:
    same: [vendor_id, invoice_no, amount, invoice_date]
    normalise: { invoice_no: alphanumeric }
    within: { invoice_date: 5 days }
    amount: amount
    net_zero_is_fine: true`,
  plan: (context) => {
    const { relation, where, expression, subject, arguments: given } = context;
    const exact = exactOf(given).map((written) => read(written, context));
    const near = Object.keys(given.within).map((written) => read(written, context));
    const looked = [where, ...[...exact, ...near].map((each) => `${each} is not null`)].join(' and ');
    const listed = [
      `row_number() over () as row_no`,
      `${subject} as subject_id`,
      ...exact.map((each, index) => `${each} as exact_${index}`),
      ...near.map((each, index) => `${each} as near_${index}`),
      ...given.different.map((written, index) => `(${expression(written)}) as different_${index}`),
      `${given.amount === undefined ? 'null::numeric' : `(${expression(given.amount)})::numeric`} as amount`,
    ];
    const rows = `select ${listed.join(', ')} from ${relation} as t where ${looked}`;
    const kept = given.net_zero_is_fine ? withoutPairs(rows, given) : rows;
    const isPlain = near.length === 0 && given.different.length === 0 && !given.net_zero_is_fine;
    return {
      population: rowsWhere(looked),
      found: isPlain
        ? {
            query: `select coalesce(sum(times), 0)::bigint from (select count(*) as times from ${relation} as t where ${looked} group by ${exact.join(', ')} having count(*) > 1) as found`,
          }
        : undefined,
      violations: `select subject_id, ${literal(reasonOf(given))} || other as reason, amount
from (${partners(kept, given)}) as found`,
    } satisfies CheckPlan;
  },
  faults: [
    {
      name: 'a row stands twice',
      statements: ({ relation, arguments: given }) =>
        (given['different'] as readonly string[]).length === 0 ? [doubleRows(relation, oneRow(relation))] : [],
    },
    {
      name: 'every row stands twice',
      statements: ({ relation, arguments: given }) =>
        (given['different'] as readonly string[]).length === 0 ? [doubleRows(relation, 'true')] : [],
    },
    {
      name: 'a row stands once more, different in what must differ',
      statements: ({ relation, columns: all, arguments: given }) => {
        const different = given['different'] as readonly string[];
        if (different.length === 0) return [];
        const values = all.map(({ name }) => (different.includes(name) ? 'null' : `"${name}"`)).join(', ');
        return [`insert into ${relation} select ${values} from ${relation} where ${oneRow(relation)}`];
      },
    },
  ],
});

/** Columns that must be the very same. */
function exactOf({ same, within }: Arguments): readonly string[] {
  return same.filter((written) => !Object.hasOwn(within, written));
}

function read(written: string, { expression, arguments: given }: KindContext<Arguments>): string {
  const how = given.normalise[written];
  const sql = `(${expression(written)})`;
  return how === undefined ? sql : NORMALISED[how](`${sql}::text`);
}

/** Each row that has a partner, with its subject. Sorted within the exact columns where a neighbour tells it; else the rows of the same exact columns are joined. */
function partners(rows: string, given: Arguments): string {
  const exact = exactOf(given).map((_, index) => `exact_${index}`);
  const within = Object.values(given.within);
  const by = `partition by ${exact.join(', ')}`;
  if (given.different.length === 0 && within.length <= 1) {
    const [distance] = within;
    const isNear = (side: string): string =>
      distance === undefined ? `${side}_no is not null` : near('near_0', `${side}_near`, distance);
    const order = `order by ${distance === undefined ? '' : 'near_0, '}subject_id, row_no`;
    return `select subject_id, amount, case when ${isNear('before')} then before_id when ${isNear('after')} then after_id end as other
from (
  select looked.*, lag(subject_id) over of_same as before_id, lead(subject_id) over of_same as after_id,
    lag(row_no) over of_same as before_no, lead(row_no) over of_same as after_no${distance === undefined ? '' : ', lag(near_0) over of_same as before_near, lead(near_0) over of_same as after_near'}
  from (${rows}) as looked
  window of_same as (${by} ${order})
) as neighbours
where ${isNear('before')} or ${isNear('after')}`;
  }
  if (given.different.length === 1 && within.length === 0) {
    return `select subject_id, amount, case when different_0 is distinct from first_different then first_id else last_id end as other
from (
  select looked.*, first_value(different_0) over of_same as first_different, last_value(different_0) over of_same as last_different,
    first_value(subject_id) over of_same as first_id, last_value(subject_id) over of_same as last_id
  from (${rows}) as looked
  window of_same as (${by} order by different_0, subject_id, row_no rows between unbounded preceding and unbounded following)
) as extremes
where first_different is distinct from last_different`;
  }
  const on = [
    ...exact.map((column) => `a.${column} = b.${column}`),
    'a.row_no <> b.row_no',
    ...within.map((distance, index) => near(`a.near_${index}`, `b.near_${index}`, distance)),
    ...given.different.map((_, index) => `a.different_${index} is distinct from b.different_${index}`),
  ];
  return `with looked as materialized (${rows})
select a.subject_id, a.amount, min(b.subject_id) as other
from looked as a join looked as b on ${on.join(' and ')}
group by a.row_no, a.subject_id, a.amount`;
}

function near(a: string, b: string, distance: string): string {
  if (distance.endsWith('%'))
    return `abs(${a} - ${b}) * 100 <= ${distance.replace(/\s*%$/, '')} * greatest(abs(${a}), abs(${b}))`;
  if (isNumber(distance)) return `abs(${a} - ${b}) <= ${distance}`;
  const time = `interval ${literal(distance)}`;
  return `${a} between ${b} - ${time} and ${b} + ${time}`;
}

/** Of the rows that are the same but for the sign of their amount, as many of one sign as there are of the other are left out. */
function withoutPairs(rows: string, given: Arguments): string {
  const others = exactOf(given).flatMap((written, index) => (written === given.amount ? [] : [`exact_${index}`]));
  const opposite = `partition by ${[...others, 'abs(amount)'].join(', ')}`;
  return `select numbered.* from (
  select looked.*, row_number() over (${opposite}, sign(amount) order by subject_id, row_no) as nth,
    count(*) filter (where amount > 0) over (${opposite}) as debits, count(*) filter (where amount < 0) over (${opposite}) as credits
  from (${rows}) as looked
) as numbered
where nth > least(debits, credits)`;
}

function reasonOf(given: Arguments): string {
  const near = Object.entries(given.within)
    .map(([name, distance]) => `, ${name} within ${distance}`)
    .join('');
  const other = given.different.length === 0 ? '' : `, another ${given.different.join(' and ')}`;
  return `has the same ${exactOf(given).join(', ')}${near}${other} as `;
}

function isNumber(text: string): boolean {
  return /^\d+(\.\d+)?(\s*%)?$/.test(text);
}

function isInterval(text: string): boolean {
  return /^\d+\s*(second|minute|hour|day|week|month|year)s?$/.test(text);
}
