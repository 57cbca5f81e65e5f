import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { setOne, typeOf } from '../planting.ts';
import { wrongRows } from '../wrong-rows.ts';

// Blanks, tabs, line ends and the blank that does not break.
const BLANKS = `U&' \\0009\\000A\\000D\\00A0'`;

/** A column has a value in the sense that people have of it: texts that stand for nothing are nothing. */
export const missing = checkKind({
  arguments: z.strictObject({
    also: z
      .array(z.string())
      .default([''])
      .describe(`Texts that count as missing, whatever their case and blanks around them: ['', 'n/a', '-'].`),
  }),
  dimension: 'completeness',
  of: 'column',
  violationOf: 'row',
  finds: `rows whose column is null, blank or one of the listed texts. For a share of them say error_if: '> 5 %'.`,
  example: `missing:
  arguments: { also: ['', 'N/A', unknown] }
  error_if: '> 5 %'`,
  plan: (context) => {
    const { column, columnName, arguments: given } = context;
    const written = `lower(btrim((${column})::text, ${BLANKS}))`;
    const texts = given.also.map((text) => `lower(btrim(${literal(text)}, ${BLANKS}))`);
    const isText = texts.length === 0 ? '' : ` or ${written} in (${texts.join(', ')})`;
    return wrongRows(context, {
      looked: 'true',
      wrong: `${column} is null${isText}`,
      reason: `case when ${column} is null then ${literal(`${columnName} has no value`)} else ${literal(`${columnName} has a text that stands for no value`)} end`,
    });
  },
  faults: [
    { name: 'a value is taken away', statements: ({ relation, column }) => [setOne(relation, column, 'null')] },
    {
      name: 'a value becomes a text that stands for nothing',
      statements: (ground) => {
        const [text] = (ground.arguments['also'] as readonly string[] | undefined) ?? [];
        const holds = text !== undefined && typeOf(ground).startsWith('text');
        return [setOne(ground.relation, ground.column, holds ? literal(` ${text} `) : 'null')];
      },
    },
  ],
});
