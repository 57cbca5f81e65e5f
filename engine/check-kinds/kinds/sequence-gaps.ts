import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { columns } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { valuesWhere } from '../count.ts';
import { groupKey } from '../group-key.ts';
import { isNumber, strangeValue, typeOf } from '../planting.ts';
import { sequenceSql } from '../sequence-sql.ts';

/** Exact at any length: a number in YAML beyond 2^53 would have been rounded, so that one is given as text. */
const whole = z
  .union([z.int(), z.string().regex(/^-?\d+$/, 'a whole number')])
  .transform((written) => BigInt(written).toString());
const group = z
  .union([z.string(), z.array(z.string())])
  .transform((written) => [written].flat())
  .optional()
  .describe('Of which group or prefix; of all when left out.');

const Arguments = z.strictObject({
  pattern: z
    .string()
    .optional()
    .describe(
      `Of texts: a regular expression of the whole value, with one group for the number: 'INV-(\\d+)'. What stands before the number is a series of its own.`,
    ),
  group_by: columns.default([]).describe('Columns whose values have numbers of their own: a branch, a year.'),
  step: z.int().min(1).default(1).describe('The distance from one number to the next.'),
  ranges: z
    .array(z.strictObject({ from: whole, to: whole, group }))
    .default([])
    .describe(
      'The ranges that were given out. A number outside of all is a violation, and so are numbers that lack at the start of one.',
    ),
  complete: z
    .boolean()
    .default(false)
    .describe('Whether the ranges are used up, so that numbers that lack at their end count too.'),
  known_gaps: z
    .array(z.strictObject({ from: whole, to: whole, reason: z.string().min(1), group }))
    .default([])
    .describe('Numbers that are known to lack, each with the reason.'),
});
export type SequenceArguments = z.output<typeof Arguments>;

/** Numbers follow each other without a hole. */
export const sequenceGaps = checkKind({
  arguments: Arguments,
  refuse,
  dimension: 'completeness',
  of: 'column',
  violationOf: 'group',
  finds:
    'holes in running numbers, one violation for each hole with its first and last number and, as its amount, how many lack; also numbers outside of every declared range, numbers that are not on the step, and values that are no whole number. Numbers that stand twice are not found: say unique.',
  example: `sequence_gaps:
  arguments:
    pattern: 'INV-(\\d+)'
    known_gaps: [{ from: 1041, to: 1043, reason: voided forms }]`,
  plan: (context) => {
    const { where, column, columnName, shown, subject, relation, arguments: given } = context;
    const groups = groupKey(given.group_by, context);
    const { number, prefix } = numberOf(context);
    const series = prefix === undefined ? groups.key : `${groups.key} || array[${prefix}]`;
    const named =
      prefix === undefined
        ? groups.named('series')
        : given.group_by.length === 0
          ? `coalesce(nullif(series[1], ''), ${literal(context.label)})`
          : `${groups.named('series')} || '/' || series[${given.group_by.length + 1}]`;
    const single = given.group_by.length === 0 && prefix === undefined;
    const outside =
      given.ranges.length === 0 ? 'not on the step' : 'outside of every declared range or not on the step';
    return {
      population: valuesWhere(where, column),
      violations: `with numbered as (
  select ${series} as series, coalesce(${number}, 'NaN') as number
  from ${relation} as t
  where ${where} and ${column} is not null
  group by 1, 2
),
${sequenceSql(given, single)}
select ${named} as subject_id,
  case when missing = 1 then '1 number is missing: ' || first else missing || ' numbers are missing: ' || first || ' to ' || last end as reason,
  missing as amount
from holes
union all
select subject_id, ${literal(`${columnName} is `)} || case when number = 'NaN' then 'no whole number: ' else ${literal(`${outside}: `)} end || ${shown('written', columnName)}, null
from (
  select ${subject} as subject_id, ${column} as written, ${series} as series, coalesce(${number}, 'NaN') as number
  from ${relation} as t
  where ${where} and ${column} is not null
) as each_row
join wrong using (series, number)`,
    };
  },
  faults: [
    {
      name: 'the second number is lost',
      statements: ({ relation, column }) => [
        `delete from ${relation} where ${column} = (select ${column} from ${relation} order by ${column} limit 1 offset 1)`,
      ],
    },
    {
      name: 'a number becomes one that nobody gave out',
      statements: (ground) => {
        const { relation, column } = ground;
        const strange = isNumber({ type: typeOf(ground) }) ? '987654321' : strangeValue(typeOf(ground));
        return [
          `update ${relation} set ${column} = ${strange} where ${column} = (select max(${column}) from ${relation})`,
        ];
      },
    },
  ],
});

function numberOf({ column, arguments: { pattern } }: KindContext<SequenceArguments>): {
  readonly number: string;
  readonly prefix?: string;
} {
  const text = `(${column})::text`;
  if (pattern === undefined) {
    const isWhole = `pg_typeof(${column}) = any ('{smallint,integer,bigint}'::regtype[]) or ${text} ~ '^[+-]?\\d+(\\.0+)?$'`;
    return { number: `case when ${isWhole} then trunc((${text})::numeric) end` };
  }
  const fitting = literal(`^(?:${pattern})$`);
  const found = `substring(${text} from ${fitting})`;
  return {
    number: `case when ${found} ~ '^\\d+$' then (${found})::numeric end`,
    prefix: `coalesce(left(${text}, regexp_instr(${text}, ${fitting}, 1, 1, 0, '', 1) - 1), '')`,
  };
}

function refuse({ pattern, ranges, known_gaps: known, complete, group_by: by }: SequenceArguments): string | undefined {
  const turned = [...ranges, ...known].find(({ from, to }) => BigInt(to) < BigInt(from));
  if (turned) return `${turned.from} to ${turned.to} ends before it begins`;
  if (complete && ranges.length === 0) return 'complete is about ranges: declare them';
  const parts = by.length + (pattern === undefined ? 0 : 1);
  const wrong = [...ranges, ...known].find(({ group: of }) => of !== undefined && of.length !== parts);
  if (wrong) return `group ${wrong.group?.join(', ')} has ${wrong.group?.length} parts, but series have ${parts}`;
  const overlap = ranges.find((one, index) =>
    ranges
      .slice(index + 1)
      .some(
        (other) =>
          BigInt(one.from) <= BigInt(other.to) &&
          BigInt(other.from) <= BigInt(one.to) &&
          (!one.group || !other.group || one.group.join('\0') === other.group.join('\0')),
      ),
  );
  if (overlap) return `the range ${overlap.from} to ${overlap.to} overlaps another`;
  if (pattern !== undefined && groupsIn(pattern) !== 1)
    return `pattern needs exactly one group in brackets, for the number: 'INV-(\\d+)'`;
  return undefined;
}

/** Opening brackets that catch what is inside. */
function groupsIn(pattern: string): number {
  const plain = pattern.replaceAll(/\\./g, '').replaceAll(/\[\]?[^\]]*\]/g, '');
  return plain.match(/\((?!\?)/g)?.length ?? 0;
}
