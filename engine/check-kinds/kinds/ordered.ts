import { z } from 'zod';
import { identifier, literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { stepOf } from '../planting.ts';
import { wrongRows } from '../wrong-rows.ts';

const Arguments = z.strictObject({
  columns: z
    .array(z.string())
    .min(2)
    .describe('Two or more columns, or expressions over them, in the order that their values must have.'),
  strict: z.boolean().default(false).describe('Whether two equal values are a violation too.'),
  allow_null: z
    .boolean()
    .default(true)
    .describe(
      'Whether a value may be missing: the others are compared then, and a row with fewer than two is not looked at. With `false` a missing value is a violation.',
    ),
});

/** Within each row no value comes before the one that is named before it: entered, then approved, then paid. */
export const ordered = checkKind({
  arguments: Arguments,
  dimension: 'validity',
  of: 'relation',
  violationOf: 'row',
  finds: 'rows in which a value is before (`strict`: or the same as) that of a column named earlier.',
  example: `ordered:
  arguments: { columns: [entered_date, effective_date] }`,
  plan: (context) => {
    const { expression, shown, arguments: given } = context;
    const columns = given.columns.map((written) => ({ written, sql: `(${expression(written)})` }));
    const values = columns.map(({ sql }) => sql).join(', ');
    // Every pair, so that a missing value between two others does not hide their order.
    const pairs = columns.flatMap((before, index) => columns.slice(index + 1).map((after) => ({ before, after })));
    const breach = ({ before, after }: (typeof pairs)[number]): string =>
      `${after.sql} ${given.strict ? '<=' : '<'} ${before.sql}`;
    const said = pairs.map(
      (pair) =>
        `case when ${breach(pair)} then ${literal(`${pair.after.written} `)} || ${shown(pair.after.sql, pair.after.written)} || ${literal(` is ${given.strict ? 'not after' : 'before'} ${pair.before.written} `)} || ${shown(pair.before.sql, pair.before.written)} end`,
    );
    const missing = `case when num_nulls(${values}) > 0 then 'a value is missing' end`;
    return wrongRows(context, {
      looked: given.allow_null ? `num_nonnulls(${values}) > 1` : 'true',
      wrong: [...(given.allow_null ? [] : [`num_nulls(${values}) > 0`]), ...pairs.map(breach)].join(' or '),
      reason: `concat_ws('; ', ${[...(given.allow_null ? [] : [missing]), ...said].join(', ')})`,
    });
  },
  faults: [
    {
      name: 'a value is before the one that it follows',
      statements: ({ relation, columns, arguments: given }) => {
        const [first, second] = named(given);
        if (first === undefined || second === undefined) return [];
        const type = columns.find(({ name }) => identifier(name) === first)?.type ?? '';
        return [
          `update ${relation} set ${second} = ${first} - ${stepOf(type)} where ctid = (select min(ctid) from ${relation} where ${first} is not null)`,
        ];
      },
    },
    {
      name: 'a value is missing',
      statements: ({ relation, arguments: given }) => {
        const [first] = named(given);
        return given['allow_null'] === false && first !== undefined ? [`update ${relation} set ${first} = null`] : [];
      },
    },
  ],
});

/** Those of the columns that are names, quoted. */
function named(given: Readonly<Record<string, unknown>>): readonly string[] {
  return (given['columns'] as readonly string[])
    .filter((written) => /^[a-z_][a-z0-9_]*$/.test(written))
    .map(identifier);
}
