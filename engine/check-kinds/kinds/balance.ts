import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { columns, value } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { rowsWhere } from '../count.ts';
import { groupsOf } from '../groups-of.ts';
import { oneRow } from '../planting.ts';
import { isBeyond, tolerance } from '../tolerance.ts';

const Arguments = z.strictObject({
  debit: z.string().optional().describe('The debit of a row: a column or an SQL expression. With `credit`.'),
  credit: z.string().optional().describe('The credit of a row.'),
  amount: z
    .string()
    .optional()
    .describe('Or one column, or expression, for both; with `side`, `debit_values` and `credit_values`.'),
  side: z.string().optional().describe('The column that says which side an amount is on.'),
  debit_values: z.array(value).min(1).optional().describe('What it says of a debit.'),
  credit_values: z.array(value).min(1).optional().describe('What it says of a credit.'),
  group_by: columns.default([]).describe('What balances: the columns that name an entry. None: all rows together.'),
  tolerance: tolerance
    .default('0')
    .describe("How far debits and credits may be apart: a decimal, or '0.5 %' of the credits."),
});
type Arguments = z.output<typeof Arguments>;

/** Debits are credits, of each entry. A row without an amount, or of a side that nobody declared, is not taken for zero. */
export const balance = checkKind({
  arguments: Arguments,
  refuse: (given) => {
    const apart = [given.debit, given.credit];
    const together = [given.amount, given.side, given.debit_values, given.credit_values];
    const isApart = apart.every((one) => one !== undefined) && together.every((one) => one === undefined);
    const isTogether = together.every((one) => one !== undefined) && apart.every((one) => one === undefined);
    if (!isApart && !isTogether)
      return 'balance needs debit and credit; or amount, side, debit_values and credit_values';
    const both = given.debit_values?.find((one) => given.credit_values?.some((other) => String(other) === String(one)));
    return both === undefined ? undefined : `'${String(both)}' cannot be a debit and a credit`;
  },
  dimension: 'accuracy',
  of: 'relation',
  violationOf: 'group',
  finds:
    'entries (all rows together, without group_by) whose debits are not their credits, or that have a row without an amount or of a side that is neither. With `debit` and `credit` a row needs one of them; the other may be null.',
  example: `balance:
  arguments:
    group_by: [journal_id]
    amount: amount
    side: amount_credit_debit_indicator
    debit_values: [D]
    credit_values: [C]`,
  thresholds: ['tolerance'],
  plan: (context) => {
    const { relation, where, arguments: given } = context;
    const groups = groupsOf(given.group_by, context);
    const { debits, credits, unclear, unclearMeans } = sidesOf(context);
    const wrong = (aggregate: (written: string, only: string) => string): string =>
      `${aggregate('count(*)', unclear)} > 0 or ${isBeyond(`coalesce(${aggregate(...debits)}, 0)`, `coalesce(${aggregate(...credits)}, 0)`, given.tolerance)}`;
    const only = (aggregate: string, condition: string): string => `${aggregate} filter (where ${condition})`;
    const plain = wrong((aggregate, condition) => only(aggregate, condition));
    // Groups have `where` before them; all rows as one have it in each aggregate, so that one scan does for many checks.
    const found = groups.found(() =>
      given.group_by.length > 0
        ? plain
        : wrong((aggregate, condition) => only(aggregate, where === 'true' ? condition : `${where} and ${condition}`)),
    );
    const [debit, credit] = [`coalesce(${only(...debits)}, 0)`, `coalesce(${only(...credits)}, 0)`];
    const count = only('count(*)', unclear);
    return {
      population: rowsWhere(where),
      found,
      violations: `select ${groups.subject} as subject_id, 'debits ' || ${debit} || ', credits ' || ${credit} || case when ${count} > 0 then ', ' || ${count} || ${literal(` rows ${unclearMeans}`)} else '' end as reason, (${debit} - ${credit})::numeric as amount
from ${relation} as t
where ${where}${groups.groupBy}
having ${plain}`,
    };
  },
  faults: [
    { name: 'a line is lost', statements: ({ relation }) => [`delete from ${relation} where ${oneRow(relation)}`] },
    {
      name: 'a line has no amount',
      statements: ({ relation, arguments: given }) => [
        `update ${relation} set ${amountsOf(given as Arguments)
          .map((amount) => `${amount} = null`)
          .join(', ')} where ${oneRow(relation)}`,
      ],
    },
    {
      name: 'one amount is a cent more than is forgiven',
      statements: ({ relation, arguments: given }) => {
        const { tolerance: allowed } = given as Arguments;
        const [amount = ''] = amountsOf(given as Arguments);
        const more = `${allowed.replace(/\s*%$/, '')} + 0.01`;
        return [`update ${relation} set ${amount} = coalesce(${amount}, 0) + ${more} where ${oneRow(relation)}`];
      },
    },
    {
      name: 'a line is of an unknown side',
      statements: ({ relation, arguments: given }) => {
        const { side } = given as Arguments;
        return side === undefined ? [] : [`update ${relation} set ${side} = null where ${oneRow(relation)}`];
      },
    },
  ],
});

function amountsOf({ debit, credit, amount }: Arguments): readonly string[] {
  return [debit, credit, amount].filter((one) => one !== undefined);
}

interface Sides {
  /** An aggregate with the condition of its rows. */
  readonly debits: readonly [aggregate: string, condition: string];
  readonly credits: readonly [aggregate: string, condition: string];
  readonly unclear: string;
  readonly unclearMeans: string;
}

function sidesOf({ expression, arguments: given }: KindContext<Arguments>): Sides {
  if (given.debit !== undefined && given.credit !== undefined) {
    const [debit, credit] = [`(${expression(given.debit)})`, `(${expression(given.credit)})`];
    return {
      debits: [`sum(${debit})`, `${debit} is not null`],
      credits: [`sum(${credit})`, `${credit} is not null`],
      unclear: `(${debit} is null and ${credit} is null)`,
      unclearMeans: 'without a debit and a credit',
    };
  }
  const amount = `(${expression(given.amount ?? '')})`;
  const side = `(${expression(given.side ?? '')})::text`;
  const among = (values: Arguments['debit_values']): string =>
    `${side} in (${(values ?? []).map((one) => literal(String(one))).join(', ')})`;
  const [isDebit, isCredit] = [among(given.debit_values), among(given.credit_values)];
  return {
    debits: [`sum(${amount})`, isDebit],
    credits: [`sum(${amount})`, isCredit],
    unclear: `(${amount} is null or not coalesce(${isDebit} or ${isCredit}, false))`,
    unclearMeans: 'without an amount or of a side that is neither',
  };
}
