import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { NAMED_FORMATS } from '../named-formats.ts';
import type { FormatName } from '../named-formats.ts';
import { setOne } from '../planting.ts';
import { wrongRows } from '../wrong-rows.ts';

const NAMES = Object.keys(NAMED_FORMATS) as [FormatName, ...FormatName[]];

const Arguments = z.strictObject({
  is: z
    .enum(NAMES)
    .optional()
    .describe(`A format by its name: ${NAMES.map((name) => `\`${name}\`, ${NAMED_FORMATS[name].means}`).join('; ')}.`),
  matches: z
    .string()
    .min(1)
    .optional()
    .describe('A regular expression, in the words of Postgres, that the whole value matches.'),
  not_matches: z.string().min(1).optional().describe('One that the whole value does not match.'),
  anywhere: z
    .boolean()
    .default(false)
    .describe('Whether an expression may match a part of the value instead of all of it.'),
  ignore_case: z.boolean().default(false).describe('Whether capitals and small letters are the same to an expression.'),
});

/** Every value has a named format, or matches a regular expression in the database; nulls are left out. */
export const format = checkKind({
  arguments: Arguments,
  refuse: ({ is, matches, not_matches: excluded }) =>
    (is ?? matches ?? excluded) === undefined
      ? 'format needs is, matches or not_matches; without them it could only pass'
      : undefined,
  dimension: 'validity',
  of: 'column',
  violationOf: 'row',
  finds:
    'rows whose value does not have the named format, does not match `matches` or does match `not_matches`. An expression speaks of the whole value, unless `anywhere: true`. Nulls are left out; a blank before or after a value counts.',
  example: `format:
  arguments: { matches: '[0-9]{4}-[0-9]{2}' }`,
  plan: (context) => {
    const { column, columnName, shown, arguments: given } = context;
    const text = `(${column})::text`;
    const regex = (written: string): string => {
      const like = given.ignore_case ? '~*' : '~';
      // Asked of nothing, a wrong expression is refused also where there are no rows, and as it was written.
      return `('' ${like} ${literal(written)}) is not null and ${text} ${like} ${literal(given.anywhere ? written : whole(written))}`;
    };
    const holds = [
      ...(given.is === undefined ? [] : [NAMED_FORMATS[given.is].holds(text)]),
      ...(given.matches === undefined ? [] : [`(${regex(given.matches)})`]),
      ...(given.not_matches === undefined ? [] : [`not (${regex(given.not_matches)})`]),
    ];
    const expected =
      given.is === undefined ? 'does not have the expected form' : `is not ${NAMED_FORMATS[given.is].means}`;
    return wrongRows(context, {
      looked: `${column} is not null`,
      wrong: `not (${holds.join(' and ')})`,
      reason: `${literal(`${columnName} ${expected}: `)} || ${shown(column, columnName)}`,
    });
  },
  faults: [
    {
      name: 'a value is of another form',
      statements: ({ relation, column, arguments: { is, matches } }) =>
        (is ?? matches) === undefined ? [] : [setOne(relation, column, 'chr(1)')],
    },
    {
      name: 'a value is cut',
      statements: ({ relation, column, arguments: { is } }) =>
        hasOneLength(is) ? [setOne(relation, column, `left(${column}, -1)`)] : [],
    },
    {
      name: 'a blank stands behind a value',
      statements: ({ relation, column, arguments: { is } }) =>
        is === undefined ? [] : [setOne(relation, column, `${column} || ' '`)],
    },
    {
      name: 'two neighbouring digits are swapped',
      statements: ({ relation, column, arguments: { is } }) =>
        is === 'iban' || is === 'lei' || is === 'luhn' ? [setOne(relation, column, swapped(column))] : [],
    },
  ],
});

/** An expression about the whole value. Options that may only stand at its beginning, `(?i)`, stay there; `\\A` and `\\Z` mean the whole value under any of them. */
function whole(written: string): string {
  const [, options = '', rest = ''] = /^(\(\?[a-z]+\))?([\s\S]*)$/.exec(written) ?? [];
  return `${options}\\A(?:${rest})\\Z`;
}

/** Of the others a value that lost its last character may still be one. */
function hasOneLength(is: unknown): boolean {
  return ['uuid', 'iso_date', 'iban', 'bic', 'currency_code', 'country_code', 'lei'].includes(is as string);
}

/** The first two digits that stand side by side and differ, the other way round; but 0 and 9, which Luhn's check digit does not tell apart. */
function swapped(column: string): string {
  const digits = Array.from({ length: 10 }, (_, digit) => String(digit));
  const pairs = digits.flatMap((a) =>
    digits.filter((b) => a !== b && `${a}${b}` !== '09' && `${a}${b}` !== '90').map((b) => `${a}(?=${b})`),
  );
  return `regexp_replace(${column}, '(${pairs.join('|')})(.)', '\\2\\1')`;
}
