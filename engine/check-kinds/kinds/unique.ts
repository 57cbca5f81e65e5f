import { z } from 'zod';
import { identifier, literal } from '../../sql-text.ts';
import { columns } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { rowsWhere, valuesWhere } from '../count.ts';
import { doubleRows, oneRow } from '../planting.ts';

const Arguments = z.strictObject({
  columns: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('The columns, or expressions over them, whose combination must be unique; not under a column.'),
  nulls: z
    .enum(['ignore', 'equal'])
    .optional()
    .describe(
      'Rows with a null among the values are left out (ignore, the default), or a null is a value like any other (equal).',
    ),
});
type Arguments = z.output<typeof Arguments>;

const Combination = z.strictObject({
  combination_of_columns: columns
    .refine((given) => given.length > 0, { error: 'needs at least one column' })
    .describe('Columns, or expressions over them.'),
  quote_columns: z.boolean().default(false).describe('Whether they are names to be quoted.'),
});

/** No value, or combination of values, stands twice. A violation is a value, not a row. */
export const unique = checkKind({
  arguments: Arguments,
  aliases: ['dbt_utils.unique_combination_of_columns'],
  aliasArguments: { 'dbt_utils.unique_combination_of_columns': Combination },
  translate: (given) => {
    const { combination_of_columns: names, quote_columns: quoted } = given as z.output<typeof Combination>;
    return { columns: names.map((name) => (quoted ? asQuoted(name) : asUnquoted(name))), nulls: 'equal' };
  },
  dimension: 'uniqueness',
  of: 'column',
  violationOf: 'key',
  finds:
    'values, or combinations of values, that stand in more than one row. Each is one violation, however many rows have it. Rows with a null among the values are left out, unless `nulls: equal`.',
  example: `unique:
  columns: [journal_id, line_number]`,
  plan: (context) => {
    const { relation, where, columnName, shown, arguments: given } = context;
    const written = given.columns ?? [columnName];
    const keys = keysOf(context);
    const complete = keys.map((each) => `${each} is not null`).join(' and ');
    const among = given.nulls === 'equal' ? where : `${where} and ${complete}`;
    const subject = keys.map((key, index) => shown(key, written[index] ?? columnName)).join(', ');
    return {
      population: given.nulls === 'equal' ? rowsWhere(where) : valuesWhere(where, ...keys),
      found: { groups: { keys, where: among, having: 'count(*) > 1' } },
      violations: `select concat_ws('/', ${subject}) as subject_id, ${literal(`${written.join(', ')} stands `)} || count(*) || ' times' as reason
from ${relation} as t
where ${among}
group by ${keys.join(', ')}
having count(*) > 1`,
    };
  },
  faults: [
    { name: 'a row stands twice', statements: ({ relation }) => [doubleRows(relation, oneRow(relation))] },
    { name: 'every row stands twice', statements: ({ relation }) => [doubleRows(relation, 'true')] },
  ],
});

function keysOf({ column, expression, arguments: { columns: named } }: KindContext<Arguments>): string[] {
  return named?.map((name) => (isName(name) ? `t.${identifier(name)}` : expression(name))) ?? [column];
}

/** A name of letters is quoted as it is; any other here, so that it is not taken for an expression. */
function asQuoted(name: string): string {
  return isName(name) ? name : identifier(name);
}

/** What nobody quotes Postgres reads in lower case. */
function asUnquoted(name: string): string {
  return isName(name) ? name.toLowerCase() : name;
}

function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_ $]*$/.test(text);
}
