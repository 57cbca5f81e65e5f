import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { setOne } from '../planting.ts';
import { wrongRows } from '../wrong-rows.ts';

const Arguments = z.strictObject({
  trimmed: z.boolean().default(false).describe('Whether a blank before or after the text is a violation.'),
  one_line: z.boolean().default(false).describe('Whether a line break or a tab is a violation.'),
  min_length: z.int().min(0).optional().describe('The least number of characters.'),
  max_length: z.int().min(0).optional().describe('The greatest number of characters.'),
});

// What a byte from 80 to BF became when it was read as Latin-1 or as Windows-1252. Closing marks apart: they may rightly stand behind a
// capital at the end of a quotation, so a letter has to follow them.
const CONTINUED = String.raw`\u0080-\u00ba\u00bc-\u00bf\u20ac\u201a\u0192\u201e\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u201c\u2022\u02dc\u2122\u0161\u203a\u0153\u017e\u0178`;
const CLOSING = String.raw`\u00bb\u2026\u2019\u201d\u2013\u2014`;

/** Signs of a UTF-8 text that was read as another encoding: `Ã¼` for ü, `Â°` for °, `â€™` for ’, `ï»¿` for a byte order mark, pairs of `Ð` and `Ñ` for Cyrillic. */
const MISREAD = [
  String.raw`[\u00c2\u00c3](?:[${CONTINUED}]|[${CLOSING}](?=[[:alpha:]]))`,
  String.raw`\u00e2[\u0080\u20ac][\u0080-\u00bf\u20ac\u2122\u0153\u017e\u0161\u02dc\u201c\u201d\u2019\u2018\u00a6\u00a2]`,
  String.raw`\u00ef\u00bb\u00bf`,
  String.raw`(?:[\u00d0\u00d1][${CONTINUED}${CLOSING}]){2}`,
].join('|');

/** Control characters but tab and line breaks. Those of 80 to 9F are no text either: Windows-1252 read as Latin-1. */
const CONTROL = String.raw`[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]`;

/** Characters that nobody sees: zero width, and those that turn the direction of what is shown. */
const INVISIBLE = String.raw`[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff]`;

/** Texts can be read: no sign of damaged encoding, no control and no invisible character; nulls are left out. */
export const readableText = checkKind({
  arguments: Arguments,
  dimension: 'validity',
  of: 'column',
  violationOf: 'row',
  finds:
    'rows whose text shows damage: U+FFFD (what a reader writes for bytes it could not read), UTF-8 that was read as Latin-1 or Windows-1252 (`Ã¼` for ü), control characters but tab and line breaks, characters that nobody sees; and, where told, blanks at its ends, line breaks, or a wrong length. Nulls are left out.',
  example: `readable_text:
  arguments: { trimmed: true, max_length: 200 }`,
  plan: (context) => {
    const { column, columnName, shown, arguments: given } = context;
    const text = `(${column})::text`;
    const faults = faultsOf(text, given);
    return wrongRows(context, {
      looked: `${column} is not null`,
      wrong: faults.map(([condition]) => condition).join(' or '),
      reason: `${literal(`${columnName} `)} || concat_ws(', ', ${faults.map(([condition, said]) => `case when ${condition} then ${literal(said)} end`).join(', ')}) || ': ' || ${shown(column, columnName)}`,
    });
  },
  faults: [
    {
      name: 'UTF-8 is read as Latin-1',
      statements: ({ relation, column }) => [
        setOne(relation, column, `overlay(${column} placing U&'\\00C3\\00BC' from 1 for 1)`),
      ],
    },
    {
      name: 'a letter that could not be read is lost',
      statements: ({ relation, column }) => [
        setOne(relation, column, `overlay(${column} placing chr(65533) from 1 for 1)`),
      ],
    },
    {
      name: 'a control character is in a text',
      statements: ({ relation, column }) => [setOne(relation, column, `${column} || chr(7)`)],
    },
    {
      name: 'blanks stand at the ends',
      statements: ({ relation, column, arguments: { trimmed } }) =>
        trimmed === true ? [setOne(relation, column, `' ' || ${column}`)] : [],
    },
    {
      name: 'a text is cut',
      statements: ({ relation, column, arguments: { min_length: least } }) =>
        typeof least === 'number' && least > 0 ? [setOne(relation, column, `left(${column}, ${least - 1})`)] : [],
    },
  ],
});

function faultsOf(
  text: string,
  given: z.output<typeof Arguments>,
): readonly (readonly [condition: string, said: string])[] {
  const has = (pattern: string): string => `${text} ~ ${literal(pattern)}`;
  const blanks = String.raw`E' \t\n\r\u00a0'`;
  return [
    [has(String.raw`\ufffd`), 'holds U+FFFD, in place of what could not be read'],
    [has(MISREAD), 'holds signs of UTF-8 read as another encoding'],
    [has(CONTROL), 'holds a control character'],
    [has(INVISIBLE), 'holds an invisible character'],
    ...(given.one_line ? [[has(String.raw`[\t\n\r]`), 'holds a line break or a tab'] as const] : []),
    ...(given.trimmed ? [[`${text} <> btrim(${text}, ${blanks})`, 'has blanks at an end'] as const] : []),
    ...(given.min_length === undefined
      ? []
      : [[`length(${text}) < ${given.min_length}`, `is shorter than ${given.min_length} characters`] as const]),
    ...(given.max_length === undefined
      ? []
      : [[`length(${text}) > ${given.max_length}`, `is longer than ${given.max_length} characters`] as const]),
  ];
}
