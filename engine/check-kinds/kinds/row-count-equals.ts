import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { columnPairs } from '../column-pairs.ts';
import { rowsWhere } from '../count.ts';
import { keyText } from '../key-text.ts';
import { doubleRows } from '../planting.ts';
import { beyondInWords, isBeyond, tolerance } from '../tolerance.ts';

const Arguments = z.strictObject({
  to: relationName.describe('The other relation: a source, or a table with control counts.'),
  count: z
    .string()
    .optional()
    .describe(
      'A column of the other relation that holds a number of rows; it is added up. Without it, its rows are counted.',
    ),
  to_where: z.string().optional().describe('Which rows of the other relation count, as SQL.'),
  group_by: columnPairs
    .default([])
    .describe(
      'Columns whose values form groups that are compared each by itself; {ours: theirs} where the names differ.',
    ),
  tolerance: tolerance.default('0').describe(`By how many rows they may differ: '10', or '0.5 %' of the other side.`),
});
type Arguments = z.output<typeof Arguments>;

/** As many rows as another relation has, or as a control count says, in each group. */
export const rowCountEquals = checkKind({
  arguments: Arguments,
  dimension: 'completeness',
  of: 'relation',
  relations: ['to'],
  violationOf: 'group',
  finds:
    'groups (all rows, without group_by) whose number of rows is not that of the other relation, or not the number in its control column. A group that only one side has is found too, and a control count that is null or missing is no number to agree with.',
  example: `row_count_equals:
  arguments:
    to: source('erp', 'gl_detail')
    tolerance: '0'`,
  thresholds: ['tolerance'],
  plan: (context) => {
    const { label, where, arguments: given } = context;
    const { to, count, tolerance: allowed } = given;
    const differs = `there is null or ${isBeyond('here', 'there', allowed)}`;
    const keys = given.group_by.map((_, index) => `key_${index}`);
    const named =
      keys.length === 0
        ? literal(label)
        : keyText(keys.map((key, index) => context.shown(key, given.group_by[index]?.ours ?? '')));
    const missing = count === undefined ? '0 rows' : 'no row count';
    return {
      population: rowsWhere(where),
      violations: `with ${sides(context)},
counted as (
  select ${[...keys, ''].join(', ')}sum(here) as here, sum(there) as there
  from sides${keys.length === 0 ? '' : `\n  group by ${keys.join(', ')}`}
)
select ${named} as subject_id,
  here || ${literal(` rows in ${label}, `)} || coalesce(trim_scale(there)::text || ${literal(count === undefined ? ' rows' : ` by ${count}`)}, ${literal(missing)}) || ${literal(` in ${to}; expected as many${beyondInWords(allowed).replace(' by more than', ' within')}`)} as reason,
  here - there as amount
from counted
where ${differs}`,
      alsoReads: [to],
    };
  },
  faults: [
    { name: 'all rows are lost', statements: ({ relation }) => [`delete from ${relation}`] },
    { name: 'every row comes twice', statements: ({ relation }) => [doubleRows(relation, 'true')] },
  ],
});

/** Both sides' counts one below the other: a full join could not pair keys that are null. */
function sides({ relation, where, resolve, expression, render, arguments: given }: KindContext<Arguments>): string {
  const { group_by: pairs, count } = given;
  const among = given.to_where === undefined ? 'true' : `(${render(given.to_where)})`;
  const select = (names: readonly string[]): string => names.map((name, index) => `${name} as key_${index}, `).join('');
  const ours = pairs.map((pair) => expression(pair.ours));
  const theirs = pairs.map((pair) => expression(pair.theirs));
  const group = (names: readonly string[]): string => (names.length === 0 ? '' : ` group by ${names.join(', ')}`);
  // A sum over some counts, and a null for one that is missing, would be no count.
  const counted = count === undefined ? '' : `(${expression(count)})::numeric`;
  const control =
    count === undefined ? 'count(*)::numeric' : `case when count(*) = count(${counted}) then sum(${counted}) end`;
  const none = count === undefined ? '0::numeric' : 'null::numeric';
  return `sides as (
  select ${select(ours)}count(*)::numeric as here, ${none} as there from ${relation} as t where ${where}${group(ours)}
  union all
  select ${select(theirs)}0::numeric, ${control} from ${resolve(given.to)} as t where ${among}${group(theirs)}
)`;
}
